package config

import (
	"strings"
	"time"
)

// Config is what the server reads at start. Settings that the facts call dead are not read.
type Config struct {
	Environment Environment
	Files       Files
	Now         func() time.Time

	Host               string
	Port               int
	TLSCertificatePath string
	TLSKeyPath         string
	MaxBodySize        int64
	ShutdownBudget     time.Duration // HTTP drain and audit flush, from the signal on (facts: shutdown-and-signals)

	LogLevel      string
	LogFormat     string
	KeygenMode    string
	CORSOrigins   []string
	EncryptionKey string

	Database  Database
	Auth      Auth
	RateLimit RateLimit

	ACMEInsecure            bool
	ACMEInsecureAcknowledge bool
	CACertificatePath       string
	CAKeyPath               string

	SCEP []SCEPProfile
	EST  []ESTProfile
}

// Database says where it is (facts: database-variables).
type Database struct {
	URL               string
	MaxConnections    int
	MigrationsPath    string // empty: the migrations in the binary
	MigrationsViaHook bool
}

// Auth says who may call (facts: keys-and-roles).
type Auth struct {
	Type                string
	Secret              string
	NamedKeys           string
	BootstrapToken      string // CERTCTL_AGENT_BOOTSTRAP_TOKEN
	DenyEmptyBootstrap  bool
	DemoAcknowledge     bool
	DemoAcknowledgeTime string
	ResidualStrict      bool
}

// RateLimit is per address (facts: rate-limits).
type RateLimit struct {
	Enabled           bool
	RequestsPerSecond float64
	Burst             int
	BucketLifetime    time.Duration
	Backend           string
	JanitorInterval   time.Duration
}

// Load reads the environment. It cannot fail: what cannot be read is its default.
func Load(env Environment) Config {
	return Config{
		Environment: env,
		Files:       Files{Root: env("CONTRACT_ROOT")},
		Now:         time.Now,

		Host:               env.Text("CERTCTL_SERVER_HOST", "127.0.0.1"),
		Port:               env.Int("CERTCTL_SERVER_PORT", 8080),
		TLSCertificatePath: env("CERTCTL_SERVER_TLS_CERT_PATH"),
		TLSKeyPath:         env("CERTCTL_SERVER_TLS_KEY_PATH"),
		MaxBodySize:        int64(env.Int("CERTCTL_MAX_BODY_SIZE", 1<<20)),
		ShutdownBudget:     time.Duration(env.Int("CERTCTL_AUDIT_FLUSH_TIMEOUT_SECONDS", 30)) * time.Second,

		LogLevel:      env.Text("CERTCTL_LOG_LEVEL", "info"),
		LogFormat:     env.Text("CERTCTL_LOG_FORMAT", "json"),
		KeygenMode:    env.Text("CERTCTL_KEYGEN_MODE", "agent"),
		CORSOrigins:   env.List("CERTCTL_CORS_ORIGINS"),
		EncryptionKey: env("CERTCTL_CONFIG_ENCRYPTION_KEY"),

		Database:  loadDatabase(env),
		Auth:      loadAuth(env),
		RateLimit: loadRateLimit(env),

		ACMEInsecure:            env.Bool("CERTCTL_ACME_INSECURE", false),
		ACMEInsecureAcknowledge: env.Bool("CERTCTL_ACME_INSECURE_ACK", false),
		CACertificatePath:       env("CERTCTL_CA_CERT_PATH"),
		CAKeyPath:               env("CERTCTL_CA_KEY_PATH"),

		SCEP: loadSCEP(env),
		EST:  loadEST(env),
	}
}

func loadDatabase(env Environment) Database {
	// The placeholder is replaced without URL encoding, so a password with a "/" breaks the URL here
	// as it does there (facts: versions).
	url := strings.ReplaceAll(env.Text("CERTCTL_DATABASE_URL", "postgres://localhost/certctl"), "$(POSTGRES_PASSWORD)", env("POSTGRES_PASSWORD"))
	return Database{
		URL:            url,
		MaxConnections: env.Int("CERTCTL_DATABASE_MAX_CONNS", 50),
		MigrationsPath: env("CERTCTL_DATABASE_MIGRATIONS_PATH"),
		// Only the word true, in any case (facts: migrations); not the booleans' 1 and yes.
		MigrationsViaHook: strings.EqualFold(env("CERTCTL_MIGRATIONS_VIA_HOOK"), "true"),
	}
}

func loadAuth(env Environment) Auth {
	return Auth{
		Type:                env.Text("CERTCTL_AUTH_TYPE", "api-key"),
		Secret:              env("CERTCTL_AUTH_SECRET"),
		NamedKeys:           env("CERTCTL_API_KEYS_NAMED"),
		BootstrapToken:      env("CERTCTL_AGENT_BOOTSTRAP_TOKEN"),
		DenyEmptyBootstrap:  env.Bool("CERTCTL_AGENT_BOOTSTRAP_TOKEN_DENY_EMPTY", true),
		DemoAcknowledge:     env.Bool("CERTCTL_DEMO_MODE_ACK", false),
		DemoAcknowledgeTime: env("CERTCTL_DEMO_MODE_ACK_TS"),
		ResidualStrict:      env.Bool("CERTCTL_DEMO_MODE_RESIDUAL_STRICT", false),
	}
}

func loadRateLimit(env Environment) RateLimit {
	return RateLimit{
		Enabled:           env.Bool("CERTCTL_RATE_LIMIT_ENABLED", true),
		RequestsPerSecond: env.Float("CERTCTL_RATE_LIMIT_RPS", 50),
		Burst:             env.Int("CERTCTL_RATE_LIMIT_BURST", 100),
		// A minimum of one minute is known, and no refusal for it (facts: rate-limits): a smaller value is raised.
		BucketLifetime:  max(env.Duration("CERTCTL_RATE_LIMIT_BUCKET_TTL", time.Hour), time.Minute),
		Backend:         env.Text("CERTCTL_RATE_LIMIT_BACKEND", "memory"),
		JanitorInterval: env.Duration("CERTCTL_RATE_LIMIT_JANITOR_INTERVAL", 5*time.Minute),
	}
}
