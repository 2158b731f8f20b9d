package config

import (
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// placeholderEncryptionKey is long enough to pass the length rule, so it has a rule of its own.
const placeholderEncryptionKey = "change-me-32-char-encryption-key"

func checkPort(config *Config, refuse func(string, string, ...any)) {
	if config.Port < 1 || config.Port > 65535 {
		refuse("CERTCTL_SERVER_PORT", "%d is not in 1 to 65535", config.Port)
	}
}

func checkTLSPair(config *Config, refuse func(string, string, ...any)) {
	if config.TLSCertificatePath == "" {
		refuse("CERTCTL_SERVER_TLS_CERT_PATH", "is required: the server speaks HTTPS only")
	}
	if config.TLSKeyPath == "" {
		refuse("CERTCTL_SERVER_TLS_KEY_PATH", "is required: the server speaks HTTPS only")
	}
	if config.TLSCertificatePath == "" || config.TLSKeyPath == "" {
		return
	}
	if _, err := config.Files.Read(config.TLSCertificatePath); err != nil {
		refuse("CERTCTL_SERVER_TLS_CERT_PATH", "is not readable: %v", err)
		return
	}
	if _, err := config.Files.Read(config.TLSKeyPath); err != nil {
		refuse("CERTCTL_SERVER_TLS_KEY_PATH", "is not readable: %v", err)
		return
	}
	if _, err := config.Files.KeyPair(config.TLSCertificatePath, config.TLSKeyPath); err != nil {
		refuse("CERTCTL_SERVER_TLS_CERT_PATH", "and CERTCTL_SERVER_TLS_KEY_PATH are not a PEM pair: %v", err)
	}
}

func checkEncryptionKey(config *Config, refuse func(string, string, ...any)) {
	key := config.EncryptionKey
	if key != "" && len(key) < 32 {
		refuse("CERTCTL_CONFIG_ENCRYPTION_KEY", "has %d bytes, at least 32 are required", len(key))
	}
	if key == placeholderEncryptionKey && !config.Auth.DemoAcknowledge {
		refuse("CERTCTL_CONFIG_ENCRYPTION_KEY", "is the placeholder of the examples; make one of your own")
	}
}

func checkRateLimit(config *Config, refuse func(string, string, ...any)) {
	if backend := config.RateLimit.Backend; backend != "memory" && backend != "postgres" {
		refuse("CERTCTL_RATE_LIMIT_BACKEND", "%q is not one of memory, postgres", backend)
	}
	if interval := config.RateLimit.JanitorInterval; interval < time.Minute {
		refuse("CERTCTL_RATE_LIMIT_JANITOR_INTERVAL", "%s is shorter than 1m", interval)
	}
}

func checkDatabase(config *Config, refuse func(string, string, ...any)) {
	// The environment cannot reach this: an empty variable is an unset one, and unset has a default.
	if config.Database.URL == "" {
		refuse("CERTCTL_DATABASE_URL", "is required")
	}
	if config.Database.MaxConnections < 1 {
		refuse("CERTCTL_DATABASE_MAX_CONNS", "%d is less than 1", config.Database.MaxConnections)
	}
}

func checkLog(config *Config, refuse func(string, string, ...any)) {
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, config.LogLevel) {
		refuse("CERTCTL_LOG_LEVEL", "%q is not one of debug, info, warn, error", config.LogLevel)
	}
	if config.LogFormat != "json" && config.LogFormat != "text" {
		refuse("CERTCTL_LOG_FORMAT", "%q is not one of json, text", config.LogFormat)
	}
}

func checkACMEInsecure(config *Config, refuse func(string, string, ...any)) {
	if config.ACMEInsecure && !config.ACMEInsecureAcknowledge {
		refuse("CERTCTL_ACME_INSECURE", "true needs CERTCTL_ACME_INSECURE_ACK=true")
	}
}

func checkScheduler(config *Config, refuse func(string, string, ...any)) {
	intervals := []struct {
		variable          string
		fallback, minimum time.Duration
	}{
		{"CERTCTL_SCHEDULER_RENEWAL_CHECK_INTERVAL", time.Hour, time.Minute},
		{"CERTCTL_SCHEDULER_JOB_PROCESSOR_INTERVAL", 30 * time.Second, time.Second},
		{"CERTCTL_SCHEDULER_RETRY_INTERVAL", 5 * time.Minute, time.Second},
		{"CERTCTL_SCHEDULER_NOTIFICATION_PROCESS_INTERVAL", time.Minute, time.Second},
		{"CERTCTL_NOTIFICATION_RETRY_INTERVAL", 2 * time.Minute, time.Second},
		{"CERTCTL_SCHEDULER_AGENT_HEALTH_CHECK_INTERVAL", 2 * time.Minute, time.Second},
		{"CERTCTL_JOB_TIMEOUT_INTERVAL", 10 * time.Minute, time.Second},
		{"CERTCTL_JOB_AWAITING_CSR_TIMEOUT", 24 * time.Hour, time.Second},
		{"CERTCTL_JOB_AWAITING_APPROVAL_TIMEOUT", 168 * time.Hour, time.Second},
	}
	for _, interval := range intervals {
		if value := config.Environment.Duration(interval.variable, interval.fallback); value < interval.minimum {
			refuse(interval.variable, "%s is shorter than %s", value, interval.minimum)
		}
	}
}

func isLoopback(host string) bool {
	address := net.ParseIP(host)
	return host == "localhost" || address != nil && address.IsLoopback()
}

// Warnings are accepted and logged (facts: how-values-are-read).
func (config *Config) Warnings() []string {
	database, err := url.Parse(config.Database.URL)
	if err != nil || database.Query().Get("sslmode") != "disable" {
		return nil
	}
	host := database.Hostname()
	if slices.Contains([]string{"localhost", "postgres", "certctl-postgres"}, host) || strings.HasSuffix(host, ".svc.cluster.local") {
		return nil
	}
	return []string{"CERTCTL_DATABASE_URL: sslmode=disable to " + host + " sends everything in clear over the network"}
}
