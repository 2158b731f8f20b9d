package config

import "strings"

// A case names the row (facts: refusals-to-start), the change to an accepted configuration, and the variable
// that must be refused (empty: none). count is how many refusals the change may cause: a bad name of a
// profile also leaves its settings unset.
type refusalCase struct {
	row, changes, refused string
	count                 int
}

const (
	demo   = "DEMO_MODE_ACK=true DEMO_MODE_ACK_TS=NOW-1h "
	scep   = "SCEP_ENABLED=true SCEP_PROFILES=iot SCEP_PROFILE_IOT_ISSUER_ID=iss-local SCEP_PROFILE_IOT_CHALLENGE_PASSWORD=SECRET SCEP_PROFILE_IOT_RA_CERT_PATH=FILE/ra.crt SCEP_PROFILE_IOT_RA_KEY_PATH=FILE/ra.key "
	intune = scep + "SCEP_PROFILE_IOT_INTUNE_ENABLED=true SCEP_PROFILE_IOT_INTUNE_CONNECTOR_CERT_PATH=FILE/bundle.crt "
	est    = "EST_ENABLED=true EST_PROFILES=corp EST_PROFILE_CORP_ISSUER_ID=iss-local "
	estTLS = est + "EST_PROFILE_CORP_MTLS_ENABLED=true EST_PROFILE_CORP_MTLS_CLIENT_CA_TRUST_BUNDLE_PATH=FILE/bundle.crt "
)

var cases = []refusalCase{
	{"server port", "SERVER_PORT=1", "", 0},
	{"server port", "SERVER_PORT=65535", "", 0},
	{"server port", "SERVER_PORT=https", "", 0}, // unreadable: the default
	{"server port", "SERVER_PORT=0", "SERVER_PORT", 1},
	{"server port", "SERVER_PORT=65536", "SERVER_PORT", 1},
	{"server port", "SERVER_PORT=-1", "SERVER_PORT", 1},

	{"server TLS pair", "SERVER_TLS_CERT_PATH=FILE/other.crt SERVER_TLS_KEY_PATH=FILE/other.key", "", 0},
	{"server TLS pair", "SERVER_TLS_CERT_PATH=", "SERVER_TLS_CERT_PATH", 1},
	{"server TLS pair", "SERVER_TLS_KEY_PATH=", "SERVER_TLS_KEY_PATH", 1},
	{"server TLS pair", "SERVER_TLS_CERT_PATH=FILE/missing", "SERVER_TLS_CERT_PATH", 1},
	{"server TLS pair", "SERVER_TLS_KEY_PATH=FILE/missing", "SERVER_TLS_KEY_PATH", 1},
	{"server TLS pair", "SERVER_TLS_KEY_PATH=FILE/other.key", "SERVER_TLS_CERT_PATH", 1},
	{"server TLS pair", "SERVER_TLS_CERT_PATH=FILE/not.pem", "SERVER_TLS_CERT_PATH", 1},

	{"encryption key", "CONFIG_ENCRYPTION_KEY=", "", 0},
	{"encryption key", "CONFIG_ENCRYPTION_KEY=" + strings.Repeat("x", 32), "", 0},
	{"encryption key", "CONFIG_ENCRYPTION_KEY=" + strings.Repeat("x", 31), "CONFIG_ENCRYPTION_KEY", 1},
	{"encryption key", "CONFIG_ENCRYPTION_KEY=SECRET", "CONFIG_ENCRYPTION_KEY", 1},
	{"encryption key", "CONFIG_ENCRYPTION_KEY=change-me-32-char-encryption-key", "CONFIG_ENCRYPTION_KEY", 1},
	{"encryption key", demo + "CONFIG_ENCRYPTION_KEY=change-me-32-char-encryption-key", "", 0},

	{"rate limit backend, janitor interval", "RATE_LIMIT_BACKEND=memory", "", 0},
	{"rate limit backend, janitor interval", "RATE_LIMIT_BACKEND=postgres RATE_LIMIT_JANITOR_INTERVAL=1m", "", 0},
	{"rate limit backend, janitor interval", "RATE_LIMIT_BACKEND=redis", "RATE_LIMIT_BACKEND", 1},
	{"rate limit backend, janitor interval", "RATE_LIMIT_JANITOR_INTERVAL=59s", "RATE_LIMIT_JANITOR_INTERVAL", 1},
	{"rate limit backend, janitor interval", "RATE_LIMIT_JANITOR_INTERVAL=30", "", 0}, // no unit: the default

	{"database URL, connections", "DATABASE_MAX_CONNS=1", "", 0},
	{"database URL, connections", "DATABASE_MAX_CONNS=many", "", 0},
	{"database URL, connections", "DATABASE_URL=", "", 0}, // empty is unset, and unset has a default
	{"database URL, connections", "DATABASE_MAX_CONNS=0", "DATABASE_MAX_CONNS", 1},

	{"log level, format", "LOG_LEVEL=debug LOG_FORMAT=text", "", 0},
	{"log level, format", "LOG_LEVEL=warn LOG_FORMAT=json", "", 0},
	{"log level, format", "LOG_LEVEL=warning", "LOG_LEVEL", 1},
	{"log level, format", "LOG_LEVEL=INFO", "LOG_LEVEL", 1},
	{"log level, format", "LOG_FORMAT=logfmt", "LOG_FORMAT", 1},

	{"auth type", "AUTH_TYPE=api-key", "", 0},
	{"auth type", "AUTH_TYPE=oidc AUTH_SECRET=", "", 0},
	{"auth type", "AUTH_TYPE=jwt", "AUTH_TYPE", 1},
	{"auth type", "AUTH_TYPE=API-KEY", "AUTH_TYPE", 1},

	{"api-key mode", "AUTH_SECRET=a,b", "", 0},
	{"api-key mode", "AUTH_SECRET=", "AUTH_SECRET", 1},
	{"api-key mode", "AUTH_SECRET= API_KEYS_NAMED=admin:SECRET:admin", "AUTH_SECRET", 1},
	{"api-key mode", "AUTH_SECRET=change-me-in-production", "AUTH_SECRET", 1},

	{"none mode", "AUTH_TYPE=none AUTH_SECRET=", "", 0},
	{"none mode", "AUTH_TYPE=none SERVER_HOST=localhost", "", 0},
	{"none mode", "AUTH_TYPE=none SERVER_HOST=::1", "", 0},
	{"none mode", "AUTH_TYPE=none SERVER_HOST=0.0.0.0", "AUTH_TYPE", 1},
	{"none mode", demo + "AUTH_TYPE=none SERVER_HOST=0.0.0.0", "", 0},

	{"agent bootstrap token", "AGENT_BOOTSTRAP_TOKEN=SECRET", "", 0},
	{"agent bootstrap token", "AGENT_BOOTSTRAP_TOKEN=", "AGENT_BOOTSTRAP_TOKEN", 1},
	{"agent bootstrap token", "AGENT_BOOTSTRAP_TOKEN= AGENT_BOOTSTRAP_TOKEN_DENY_EMPTY=yes", "AGENT_BOOTSTRAP_TOKEN", 1},
	{"agent bootstrap token", "AGENT_BOOTSTRAP_TOKEN= AGENT_BOOTSTRAP_TOKEN_DENY_EMPTY=false", "", 0},
	{"agent bootstrap token", demo + "AGENT_BOOTSTRAP_TOKEN=", "", 0},

	{"demo acknowledgement", "DEMO_MODE_ACK=true DEMO_MODE_ACK_TS=NOW-23h59m", "", 0},
	{"demo acknowledgement", "DEMO_MODE_ACK=true DEMO_MODE_ACK_TS=NOW30s", "", 0},
	{"demo acknowledgement", "DEMO_MODE_ACK=TRUE", "", 0}, // not true at all
	{"demo acknowledgement", "DEMO_MODE_ACK=true", "DEMO_MODE_ACK_TS", 1},
	{"demo acknowledgement", "DEMO_MODE_ACK=true DEMO_MODE_ACK_TS=today", "DEMO_MODE_ACK_TS", 1},
	{"demo acknowledgement", "DEMO_MODE_ACK=true DEMO_MODE_ACK_TS=NOW-24h1m", "DEMO_MODE_ACK_TS", 1},
	{"demo acknowledgement", "DEMO_MODE_ACK=true DEMO_MODE_ACK_TS=NOW2m", "DEMO_MODE_ACK_TS", 1},

	{"keygen mode, CORS", "KEYGEN_MODE=agent CORS_ORIGINS=https://a.example.test,https://b.example.test", "", 0},
	{"keygen mode, CORS", demo + "KEYGEN_MODE=server CORS_ORIGINS=*", "", 0},
	{"keygen mode, CORS", "KEYGEN_MODE=server", "KEYGEN_MODE", 1},
	{"keygen mode, CORS", "KEYGEN_MODE=client", "KEYGEN_MODE", 1},
	{"keygen mode, CORS", "CORS_ORIGINS=https://a.example.test,*", "CORS_ORIGINS", 1},

	{"ACME insecure", "ACME_INSECURE=true ACME_INSECURE_ACK=true", "", 0},
	{"ACME insecure", "ACME_INSECURE=on", "", 0},
	{"ACME insecure", "ACME_INSECURE=1", "ACME_INSECURE", 1},

	{"named keys", "API_KEYS_NAMED=admin:SECRET:admin,fleet_1:SECRET1,fleet-2:SECRET2", "", 0},
	{"named keys", "API_KEYS_NAMED=fleet:SECRET1,fleet:SECRET2", "", 0}, // rotation
	{"named keys", "API_KEYS_NAMED=SECRET", "API_KEYS_NAMED", 1},
	{"named keys", "API_KEYS_NAMED=fleet:", "API_KEYS_NAMED", 1},
	{"named keys", "API_KEYS_NAMED=:SECRET", "API_KEYS_NAMED", 1},
	{"named keys", "API_KEYS_NAMED=fleet.1:SECRET", "API_KEYS_NAMED", 1},
	{"named keys", "API_KEYS_NAMED=fleet:SECRET:viewer", "API_KEYS_NAMED", 1},
	{"named keys", "API_KEYS_NAMED=fleet:SECRET:SECRET:admin", "API_KEYS_NAMED", 1},
	{"named keys", "API_KEYS_NAMED=fleet:SECRET,", "API_KEYS_NAMED", 1},
	{"named keys", "API_KEYS_NAMED=fleet:SECRET,fleet:SECRET", "API_KEYS_NAMED", 1},
	{"named keys", "API_KEYS_NAMED=fleet:SECRET1:admin,fleet:SECRET2", "API_KEYS_NAMED", 1},

	{"SCEP profiles: settings", scep, "", 0},
	{"SCEP profiles: settings", "SCEP_PROFILES=iot", "", 0}, // not enabled
	{"SCEP profiles: settings", intune + "SCEP_PROFILE_IOT_INTUNE_PER_DEVICE_RATE_LIMIT_24H=0", "", 0},
	{"SCEP profiles: settings", "SCEP_ENABLED=true SCEP_CHALLENGE_PASSWORD=SECRET SCEP_RA_CERT_PATH=FILE/ra.crt SCEP_RA_KEY_PATH=FILE/ra.key", "", 0},
	{"SCEP profiles: settings", "SCEP_ENABLED=true SCEP_RA_CERT_PATH=FILE/ra.crt SCEP_RA_KEY_PATH=FILE/ra.key", "SCEP_CHALLENGE_PASSWORD", 1},
	{"SCEP profiles: settings", scep + "SCEP_PROFILE_IOT_ISSUER_ID=", "SCEP_PROFILE_IOT_ISSUER_ID", 1},
	{"SCEP profiles: settings", scep + "SCEP_PROFILE_IOT_CHALLENGE_PASSWORD=", "SCEP_PROFILE_IOT_CHALLENGE_PASSWORD", 1},
	{"SCEP profiles: settings", scep + "SCEP_PROFILE_IOT_RA_CERT_PATH=", "SCEP_PROFILE_IOT_RA_CERT_PATH", 2},
	{"SCEP profiles: settings", scep + "SCEP_PROFILE_IOT_RA_KEY_PATH=", "SCEP_PROFILE_IOT_RA_KEY_PATH", 2},
	{"SCEP profiles: settings", scep + "SCEP_PROFILES=iot,IOT", "SCEP_PROFILES", 1},
	{"SCEP profiles: settings", scep + "SCEP_PROFILES=i_t", "SCEP_PROFILES", 6},
	{"SCEP profiles: settings", scep + "SCEP_PROFILE_IOT_MTLS_ENABLED=true", "SCEP_PROFILE_IOT_MTLS_CLIENT_CA_TRUST_BUNDLE_PATH", 1},
	{"SCEP profiles: settings", scep + "SCEP_PROFILE_IOT_INTUNE_ENABLED=true", "SCEP_PROFILE_IOT_INTUNE_CONNECTOR_CERT_PATH", 1},
	{"SCEP profiles: settings", intune + "SCEP_PROFILE_IOT_INTUNE_CLOCK_SKEW_TOLERANCE=60m", "SCEP_PROFILE_IOT_INTUNE_CLOCK_SKEW_TOLERANCE", 1},
	{"SCEP profiles: settings", intune + "SCEP_PROFILE_IOT_INTUNE_PER_DEVICE_RATE_LIMIT_24H=-1", "SCEP_PROFILE_IOT_INTUNE_PER_DEVICE_RATE_LIMIT_24H", 1},

	{"SCEP profiles: files", scep + "SCEP_PROFILE_IOT_MTLS_ENABLED=true SCEP_PROFILE_IOT_MTLS_CLIENT_CA_TRUST_BUNDLE_PATH=FILE/bundle.crt", "", 0},
	{"SCEP profiles: files", intune, "", 0},
	{"SCEP profiles: files", scep + "SCEP_PROFILE_IOT_RA_KEY_PATH=FILE/missing", "SCEP_PROFILE_IOT_RA_KEY_PATH", 1},
	{"SCEP profiles: files", scep + "SCEP_PROFILE_IOT_RA_CERT_PATH=FILE/wide-ra.crt SCEP_PROFILE_IOT_RA_KEY_PATH=FILE/wide-ra.key", "SCEP_PROFILE_IOT_RA_KEY_PATH", 1},
	{"SCEP profiles: files", scep + "SCEP_PROFILE_IOT_RA_KEY_PATH=FILE/other.key", "SCEP_PROFILE_IOT_RA_CERT_PATH", 1},
	{"SCEP profiles: files", scep + "SCEP_PROFILE_IOT_RA_CERT_PATH=FILE/old-ra.crt SCEP_PROFILE_IOT_RA_KEY_PATH=FILE/old-ra.key", "SCEP_PROFILE_IOT_RA_CERT_PATH", 1},
	{"SCEP profiles: files", scep + "SCEP_PROFILE_IOT_MTLS_ENABLED=true SCEP_PROFILE_IOT_MTLS_CLIENT_CA_TRUST_BUNDLE_PATH=FILE/empty", "SCEP_PROFILE_IOT_MTLS_CLIENT_CA_TRUST_BUNDLE_PATH", 1},
	{"SCEP profiles: files", intune + "SCEP_PROFILE_IOT_INTUNE_CONNECTOR_CERT_PATH=FILE/old-bundle.crt", "SCEP_PROFILE_IOT_INTUNE_CONNECTOR_CERT_PATH", 1},

	{"EST profiles: settings", "EST_ENABLED=true", "", 0}, // legacy profile
	{"EST profiles: settings", estTLS + "EST_PROFILE_CORP_CHANNEL_BINDING_REQUIRED=true EST_PROFILE_CORP_ALLOWED_AUTH_MODES=mtls,basic EST_PROFILE_CORP_ENROLLMENT_PASSWORD=SECRET", "", 0},
	{"EST profiles: settings", est + "EST_PROFILE_CORP_SERVERKEYGEN_ENABLED=true EST_PROFILE_CORP_PROFILE_ID=cp-1 EST_PROFILE_CORP_RATE_LIMIT_PER_PRINCIPAL_24H=0", "", 0},
	{"EST profiles: settings", est + "EST_PROFILE_CORP_ISSUER_ID=", "EST_PROFILE_CORP_ISSUER_ID", 1},
	{"EST profiles: settings", est + "EST_PROFILES=corp,Corp", "EST_PROFILES", 1},
	{"EST profiles: settings", est + "EST_PROFILES=corp.1", "EST_PROFILES", 2},
	{"EST profiles: settings", est + "EST_PROFILE_CORP_MTLS_ENABLED=true", "EST_PROFILE_CORP_MTLS_CLIENT_CA_TRUST_BUNDLE_PATH", 1},
	{"EST profiles: settings", est + "EST_PROFILE_CORP_CHANNEL_BINDING_REQUIRED=true", "EST_PROFILE_CORP_CHANNEL_BINDING_REQUIRED", 1},
	{"EST profiles: settings", est + "EST_PROFILE_CORP_ALLOWED_AUTH_MODES=digest", "EST_PROFILE_CORP_ALLOWED_AUTH_MODES", 1},
	{"EST profiles: settings", est + "EST_PROFILE_CORP_ALLOWED_AUTH_MODES=mtls", "EST_PROFILE_CORP_ALLOWED_AUTH_MODES", 1},
	{"EST profiles: settings", est + "EST_PROFILE_CORP_ALLOWED_AUTH_MODES=basic", "EST_PROFILE_CORP_ENROLLMENT_PASSWORD", 1},
	{"EST profiles: settings", est + "EST_PROFILE_CORP_SERVERKEYGEN_ENABLED=true", "EST_PROFILE_CORP_PROFILE_ID", 1},
	{"EST profiles: settings", est + "EST_PROFILE_CORP_RATE_LIMIT_PER_PRINCIPAL_24H=-1", "EST_PROFILE_CORP_RATE_LIMIT_PER_PRINCIPAL_24H", 1},

	{"EST profiles: files", estTLS, "", 0},
	{"EST profiles: files", estTLS + "EST_PROFILE_CORP_MTLS_CLIENT_CA_TRUST_BUNDLE_PATH=FILE/missing", "EST_PROFILE_CORP_MTLS_CLIENT_CA_TRUST_BUNDLE_PATH", 1},

	{"scheduler intervals", "SCHEDULER_RENEWAL_CHECK_INTERVAL=1m SCHEDULER_JOB_PROCESSOR_INTERVAL=1s", "", 0},
	{"scheduler intervals", "SCHEDULER_RENEWAL_CHECK_INTERVAL=30", "", 0},
	{"scheduler intervals", "SCHEDULER_RENEWAL_CHECK_INTERVAL=59s", "SCHEDULER_RENEWAL_CHECK_INTERVAL", 1},
	{"scheduler intervals", "SCHEDULER_JOB_PROCESSOR_INTERVAL=999ms", "SCHEDULER_JOB_PROCESSOR_INTERVAL", 1},
	{"scheduler intervals", "SCHEDULER_RETRY_INTERVAL=0s", "SCHEDULER_RETRY_INTERVAL", 1},
	{"scheduler intervals", "SCHEDULER_NOTIFICATION_PROCESS_INTERVAL=0s", "SCHEDULER_NOTIFICATION_PROCESS_INTERVAL", 1},
	{"scheduler intervals", "NOTIFICATION_RETRY_INTERVAL=0s", "NOTIFICATION_RETRY_INTERVAL", 1},
	{"scheduler intervals", "SCHEDULER_AGENT_HEALTH_CHECK_INTERVAL=1ms", "SCHEDULER_AGENT_HEALTH_CHECK_INTERVAL", 1},
	{"scheduler intervals", "JOB_TIMEOUT_INTERVAL=0s", "JOB_TIMEOUT_INTERVAL", 1},
	{"scheduler intervals", "JOB_AWAITING_CSR_TIMEOUT=-1h", "JOB_AWAITING_CSR_TIMEOUT", 1},
	{"scheduler intervals", "JOB_AWAITING_APPROVAL_TIMEOUT=0s", "JOB_AWAITING_APPROVAL_TIMEOUT", 1},

	{"CA pair: both or none (2.7)", "CA_CERT_PATH=FILE/ca.crt CA_KEY_PATH=FILE/ca.key", "", 0},
	{"CA pair: both or none (2.7)", "CA_CERT_PATH=FILE/ca.crt", "CA_KEY_PATH", 1},
	{"CA pair: both or none (2.7)", "CA_KEY_PATH=FILE/ca.key", "CA_CERT_PATH", 1},

	{"CA pair: files (2.7)", "CA_CERT_PATH=FILE/ca.crt CA_KEY_PATH=FILE/ca.key", "", 0},
	{"CA pair: files (2.7)", "CA_CERT_PATH=FILE/missing CA_KEY_PATH=FILE/ca.key", "CA_CERT_PATH", 1},
	{"CA pair: files (2.7)", "CA_CERT_PATH=FILE/ca.crt CA_KEY_PATH=FILE/other.key", "CA_CERT_PATH", 1},
	{"CA pair: files (2.7)", "CA_CERT_PATH=FILE/other.crt CA_KEY_PATH=FILE/other.key", "CA_CERT_PATH", 1},
	{"CA pair: files (2.7)", "CA_CERT_PATH=FILE/old-ca.crt CA_KEY_PATH=FILE/old-ca.key", "CA_CERT_PATH", 1},
}
