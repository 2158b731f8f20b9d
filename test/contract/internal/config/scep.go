package config

import (
	"cmp"
	"os"
	"regexp"
	"strings"
	"time"
)

// SCEPProfile is one of SCEP (facts: enrollment). The legacy single profile has no slug and its own variable
// names.
type SCEPProfile struct {
	prefix string
	Slug   string

	IssuerID            string
	ChallengePassword   string
	RACertificatePath   string
	RAKeyPath           string
	MTLSEnabled         bool
	MTLSBundlePath      string
	IntuneEnabled       bool
	IntuneBundlePath    string
	IntuneValidity      time.Duration
	IntuneClockSkew     time.Duration
	IntuneDeviceLimit24 int
}

var pathSlug = regexp.MustCompile(`^[a-z0-9-]+$`)

// profiles calls read for each profile of a family: the named ones, or else the legacy one with an empty
// name.
func profiles[T any](env Environment, family string, read func(prefix, slug string) T) []T {
	if !env.Bool(family+"_ENABLED", false) {
		return nil
	}
	names := env.List(family + "_PROFILES")
	if len(names) == 0 {
		return []T{read(family+"_", "")}
	}
	var all []T
	for _, name := range names {
		// Upper case in the variable, lower case in the path (facts: enrollment).
		all = append(all, read(family+"_PROFILE_"+strings.ToUpper(name)+"_", strings.ToLower(name)))
	}
	return all
}

// checkSlugs refuses what cannot be a path segment, and the same one twice.
func checkSlugs(family string, slugs []string, refuse func(string, string, ...any)) {
	seen := map[string]bool{}
	for _, slug := range slugs {
		if slug != "" && !pathSlug.MatchString(slug) {
			refuse(family+"_PROFILES", "%q may hold a-z, 0-9 and - only", slug)
		}
		if seen[slug] {
			refuse(family+"_PROFILES", "%q is there twice", slug)
		}
		seen[slug] = true
	}
}

// defaultIssuer is iss-local for the legacy profile only.
func defaultIssuer(env Environment, prefix, slug string) string {
	if slug == "" {
		return cmp.Or(env(prefix+"ISSUER_ID"), "iss-local")
	}
	return env(prefix + "ISSUER_ID")
}

func loadSCEP(env Environment) []SCEPProfile {
	return profiles(env, "CERTCTL_SCEP", func(prefix, slug string) SCEPProfile {
		profile := SCEPProfile{
			prefix: prefix, Slug: slug,
			IssuerID:          defaultIssuer(env, prefix, slug),
			ChallengePassword: env(prefix + "CHALLENGE_PASSWORD"),
			RACertificatePath: env(prefix + "RA_CERT_PATH"),
			RAKeyPath:         env(prefix + "RA_KEY_PATH"),
		}
		if slug == "" {
			return profile
		}
		profile.MTLSEnabled = env.Bool(prefix+"MTLS_ENABLED", false)
		profile.MTLSBundlePath = env(prefix + "MTLS_CLIENT_CA_TRUST_BUNDLE_PATH")
		profile.IntuneEnabled = env.Bool(prefix+"INTUNE_ENABLED", false)
		profile.IntuneBundlePath = env(prefix + "INTUNE_CONNECTOR_CERT_PATH")
		profile.IntuneValidity = env.Duration(prefix+"INTUNE_CHALLENGE_VALIDITY", time.Hour)
		profile.IntuneClockSkew = env.Duration(prefix+"INTUNE_CLOCK_SKEW_TOLERANCE", time.Minute)
		profile.IntuneDeviceLimit24 = env.Int(prefix+"INTUNE_PER_DEVICE_RATE_LIMIT_24H", 3)
		return profile
	})
}

func checkSCEPSettings(config *Config, refuse func(string, string, ...any)) {
	var slugs []string
	for _, profile := range config.SCEP {
		slugs = append(slugs, profile.Slug)
		required := []struct{ name, value string }{
			{"ISSUER_ID", profile.IssuerID},
			{"CHALLENGE_PASSWORD", profile.ChallengePassword},
			{"RA_CERT_PATH", profile.RACertificatePath},
			{"RA_KEY_PATH", profile.RAKeyPath},
		}
		if profile.MTLSEnabled {
			required = append(required, struct{ name, value string }{"MTLS_CLIENT_CA_TRUST_BUNDLE_PATH", profile.MTLSBundlePath})
		}
		if profile.IntuneEnabled {
			required = append(required, struct{ name, value string }{"INTUNE_CONNECTOR_CERT_PATH", profile.IntuneBundlePath})
			if profile.IntuneClockSkew >= profile.IntuneValidity {
				refuse(profile.prefix+"INTUNE_CLOCK_SKEW_TOLERANCE", "%s is not shorter than the validity of a challenge, %s", profile.IntuneClockSkew, profile.IntuneValidity)
			}
		}
		for _, setting := range required {
			if setting.value == "" {
				refuse(profile.prefix+setting.name, "is required")
			}
		}
		if profile.IntuneDeviceLimit24 < 0 {
			refuse(profile.prefix+"INTUNE_PER_DEVICE_RATE_LIMIT_24H", "%d is negative", profile.IntuneDeviceLimit24)
		}
	}
	checkSlugs("CERTCTL_SCEP", slugs, refuse)
}

func checkSCEPFiles(config *Config, refuse func(string, string, ...any)) {
	for _, profile := range config.SCEP {
		checkRAPair(config, profile, refuse)
		if profile.MTLSEnabled {
			checkBundle(config, profile.prefix+"MTLS_CLIENT_CA_TRUST_BUNDLE_PATH", profile.MTLSBundlePath, refuse)
		}
		if profile.IntuneEnabled {
			checkBundle(config, profile.prefix+"INTUNE_CONNECTOR_CERT_PATH", profile.IntuneBundlePath, refuse)
		}
	}
}

func checkRAPair(config *Config, profile SCEPProfile, refuse func(string, string, ...any)) {
	info, err := os.Stat(config.Files.Path(profile.RAKeyPath))
	if err != nil {
		refuse(profile.prefix+"RA_KEY_PATH", "is not readable: %v", err)
		return
	}
	// A Secret volume with fsGroup is widened to the group, and fails here (facts: files-and-modes).
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		refuse(profile.prefix+"RA_KEY_PATH", "has mode %04o: group and others must have no right to it", mode)
	}
	pair, err := config.Files.KeyPair(profile.RACertificatePath, profile.RAKeyPath)
	if err != nil {
		refuse(profile.prefix+"RA_CERT_PATH", "and RA_KEY_PATH are not a PEM pair: %v", err)
		return
	}
	if config.Now().After(pair.Leaf.NotAfter) {
		refuse(profile.prefix+"RA_CERT_PATH", "expired on %s", pair.Leaf.NotAfter.Format(time.DateOnly))
	}
}

func checkBundle(config *Config, variable, path string, refuse func(string, string, ...any)) {
	if path == "" {
		return // already refused as a setting
	}
	if _, err := config.Files.TrustBundle(path, config.Now()); err != nil {
		refuse(variable, "is not a usable trust bundle: %v", err)
	}
}
