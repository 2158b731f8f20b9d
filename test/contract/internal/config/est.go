package config

import (
	"cmp"
	"slices"
)

// ESTProfile is one of EST (facts: enrollment). The legacy single profile has only an issuer and a
// certificate profile, and no authentication.
type ESTProfile struct {
	prefix string
	Slug   string

	IssuerID           string
	ProfileID          string
	EnrollmentPassword string
	MTLSEnabled        bool
	MTLSBundlePath     string
	ChannelBinding     bool
	AuthModes          []string
	PrincipalLimit24   int
	ServerKeygen       bool
}

func loadEST(env Environment) []ESTProfile {
	return profiles(env, "CERTCTL_EST", func(prefix, slug string) ESTProfile {
		profile := ESTProfile{
			prefix: prefix, Slug: slug,
			IssuerID:  defaultIssuer(env, prefix, slug),
			ProfileID: env(prefix + "PROFILE_ID"),
		}
		if slug == "" {
			return profile
		}
		profile.EnrollmentPassword = env(prefix + "ENROLLMENT_PASSWORD")
		profile.MTLSEnabled = env.Bool(prefix+"MTLS_ENABLED", false)
		profile.MTLSBundlePath = env(prefix + "MTLS_CLIENT_CA_TRUST_BUNDLE_PATH")
		profile.ChannelBinding = env.Bool(prefix+"CHANNEL_BINDING_REQUIRED", false)
		profile.AuthModes = env.List(prefix + "ALLOWED_AUTH_MODES")
		profile.PrincipalLimit24 = env.Int(prefix+"RATE_LIMIT_PER_PRINCIPAL_24H", 0)
		profile.ServerKeygen = env.Bool(prefix+"SERVERKEYGEN_ENABLED", false)
		return profile
	})
}

func checkESTSettings(config *Config, refuse func(string, string, ...any)) {
	var slugs []string
	for _, profile := range config.EST {
		slugs = append(slugs, profile.Slug)
		if profile.IssuerID == "" {
			refuse(profile.prefix+"ISSUER_ID", "is required")
		}
		if profile.MTLSEnabled && profile.MTLSBundlePath == "" {
			refuse(profile.prefix+"MTLS_CLIENT_CA_TRUST_BUNDLE_PATH", "is required with MTLS_ENABLED")
		}
		if profile.ChannelBinding && !profile.MTLSEnabled {
			refuse(profile.prefix+"CHANNEL_BINDING_REQUIRED", "needs MTLS_ENABLED")
		}
		for _, mode := range profile.AuthModes {
			if mode != "mtls" && mode != "basic" {
				refuse(profile.prefix+"ALLOWED_AUTH_MODES", "%q is not one of mtls, basic", mode)
			}
		}
		if slices.Contains(profile.AuthModes, "mtls") && !profile.MTLSEnabled {
			refuse(profile.prefix+"ALLOWED_AUTH_MODES", "mtls needs MTLS_ENABLED")
		}
		if slices.Contains(profile.AuthModes, "basic") && profile.EnrollmentPassword == "" {
			refuse(profile.prefix+"ENROLLMENT_PASSWORD", "is required with auth mode basic")
		}
		if profile.ServerKeygen && profile.ProfileID == "" {
			refuse(profile.prefix+"PROFILE_ID", "is required with SERVERKEYGEN_ENABLED")
		}
		if profile.PrincipalLimit24 < 0 {
			refuse(profile.prefix+"RATE_LIMIT_PER_PRINCIPAL_24H", "%d is negative", profile.PrincipalLimit24)
		}
	}
	checkSlugs("CERTCTL_EST", slugs, refuse)
}

func checkESTFiles(config *Config, refuse func(string, string, ...any)) {
	for _, profile := range config.EST {
		if profile.MTLSEnabled {
			checkBundle(config, profile.prefix+"MTLS_CLIENT_CA_TRUST_BUNDLE_PATH", profile.MTLSBundlePath, refuse)
		}
	}
}

// EnrollmentIssuers maps each EST and SCEP profile's issuer to the variable that names it (facts:
// refusals-to-start).
func (config *Config) EnrollmentIssuers() map[string]string {
	issuers := map[string]string{}
	for _, profile := range config.EST {
		issuers[profile.IssuerID] = cmp.Or(issuers[profile.IssuerID], profile.prefix+"ISSUER_ID")
	}
	for _, profile := range config.SCEP {
		issuers[profile.IssuerID] = cmp.Or(issuers[profile.IssuerID], profile.prefix+"ISSUER_ID")
	}
	return issuers
}
