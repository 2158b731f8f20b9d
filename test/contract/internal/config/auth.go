package config

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

func checkAuthType(config *Config, refuse func(string, string, ...any)) {
	switch config.Auth.Type {
	case "api-key", "none", "oidc":
	case "jwt": // removed upstream because it silently meant less than it said (facts: refusals-to-start)
		refuse("CERTCTL_AUTH_TYPE", "jwt was removed; use oidc, or api-key behind an authenticating gateway")
	default:
		refuse("CERTCTL_AUTH_TYPE", "%q is not one of api-key, none, oidc", config.Auth.Type)
	}
}

func checkAPIKeyMode(config *Config, refuse func(string, string, ...any)) {
	if config.Auth.Type != "api-key" {
		return
	}
	switch config.Auth.Secret {
	case "": // required even when named keys make its value void
		refuse("CERTCTL_AUTH_SECRET", "is required with CERTCTL_AUTH_TYPE=api-key, also when CERTCTL_API_KEYS_NAMED is set")
	case "change-me-in-production":
		refuse("CERTCTL_AUTH_SECRET", "is the placeholder of the examples; make one of your own")
	}
}

func checkNoneMode(config *Config, refuse func(string, string, ...any)) {
	if config.Auth.Type == "none" && !isLoopback(config.Host) && !config.Auth.DemoAcknowledge {
		refuse("CERTCTL_AUTH_TYPE", "none on CERTCTL_SERVER_HOST %q, which is not loopback, needs CERTCTL_DEMO_MODE_ACK=true", config.Host)
	}
}

func checkBootstrapToken(config *Config, refuse func(string, string, ...any)) {
	auth := config.Auth
	if auth.BootstrapToken == "" && auth.DenyEmptyBootstrap && !auth.DemoAcknowledge {
		refuse("CERTCTL_AGENT_BOOTSTRAP_TOKEN", "is required unless CERTCTL_AGENT_BOOTSTRAP_TOKEN_DENY_EMPTY=false")
	}
}

// checkDemoAcknowledgement makes the demo mode expire: a pod that restarts a day later does not come back
// (facts: refusals-to-start).
func checkDemoAcknowledgement(config *Config, refuse func(string, string, ...any)) {
	if !config.Auth.DemoAcknowledge {
		return
	}
	seconds, err := strconv.ParseInt(config.Auth.DemoAcknowledgeTime, 10, 64)
	if err != nil {
		refuse("CERTCTL_DEMO_MODE_ACK_TS", "must be the time of the acknowledgement in unix seconds, not %q", config.Auth.DemoAcknowledgeTime)
		return
	}
	age := config.Now().Sub(time.Unix(seconds, 0))
	if age > 24*time.Hour {
		refuse("CERTCTL_DEMO_MODE_ACK_TS", "is more than 24h old (%s)", age.Round(time.Second))
	}
	if age < -time.Minute {
		refuse("CERTCTL_DEMO_MODE_ACK_TS", "is more than 1m in the future (%s)", (-age).Round(time.Second))
	}
}

func checkKeygenAndCORS(config *Config, refuse func(string, string, ...any)) {
	switch config.KeygenMode {
	case "agent":
	case "server":
		if !config.Auth.DemoAcknowledge {
			refuse("CERTCTL_KEYGEN_MODE", "server needs CERTCTL_DEMO_MODE_ACK=true")
		}
	default:
		refuse("CERTCTL_KEYGEN_MODE", "%q is not one of agent, server", config.KeygenMode)
	}
	if slices.Contains(config.CORSOrigins, "*") && !config.Auth.DemoAcknowledge {
		refuse("CERTCTL_CORS_ORIGINS", "* needs CERTCTL_DEMO_MODE_ACK=true")
	}
}

// NamedKey is one entry of CERTCTL_API_KEYS_NAMED. A name may have several keys while one is being rotated.
type NamedKey struct {
	Name  string
	Key   string
	Admin bool
}

var namedKeyName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// checkNamedKeys tells entries apart by their place, never by their text: what stands before a colon may be a
// key in the wrong place.
func checkNamedKeys(config *Config, refuse func(string, string, ...any)) {
	const variable = "CERTCTL_API_KEYS_NAMED"
	if config.Auth.NamedKeys == "" {
		return
	}
	seen := map[string][]NamedKey{}
	for i, entry := range strings.Split(config.Auth.NamedKeys, ",") {
		named, problem := parseNamedKey(entry)
		if problem != "" {
			refuse(variable, "entry %d: %s", i+1, problem)
			continue
		}
		for _, other := range seen[named.Name] {
			if other.Key == named.Key {
				refuse(variable, "entry %d: the same name and key as an earlier entry", i+1)
			}
			if other.Admin != named.Admin {
				refuse(variable, "entry %d: its name is admin in one entry and not in another", i+1)
			}
		}
		seen[named.Name] = append(seen[named.Name], named)
	}
}

func parseNamedKey(entry string) (NamedKey, string) {
	parts := strings.Split(entry, ":")
	switch {
	case len(parts) < 2 || len(parts) > 3:
		return NamedKey{}, "is not name:key or name:key:admin (a key holds no ':' and no ',')"
	case !namedKeyName.MatchString(parts[0]):
		return NamedKey{}, "the name may hold letters, digits, '_' and '-' only"
	case parts[1] == "":
		return NamedKey{}, "the key is empty"
	case len(parts) == 3 && parts[2] != "admin":
		return NamedKey{}, "the third part may only be admin"
	}
	return NamedKey{Name: parts[0], Key: parts[1], Admin: len(parts) == 3}, ""
}

// Keys are the entries of CERTCTL_API_KEYS_NAMED, after the check has passed.
func (auth Auth) Keys() []NamedKey {
	var keys []NamedKey
	if auth.NamedKeys != "" {
		for entry := range strings.SplitSeq(auth.NamedKeys, ",") {
			if named, problem := parseNamedKey(entry); problem == "" {
				keys = append(keys, named)
			}
		}
	}
	return keys
}
