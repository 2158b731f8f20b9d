// Package agent is a stand-in for the certctl agent: identity, keys on disk, heartbeat, work poll (facts:
// agent-settings, agent-behaviour).
package agent

import (
	"crypto/tls"
	"crypto/x509"
	"net/url"
	"time"

	"certctl.test/contract/internal/config"
)

// Settings are certctl's (facts: agent-settings), and the intervals, which certctl does not let anyone
// change: they are the stand-in's own.
type Settings struct {
	Files              config.Files
	ServerURL          string
	APIKey             string
	ID                 string
	Name               string
	KeyDirectory       string
	DiscoveryFolders   []string
	CABundlePath       string
	InsecureSkipVerify bool
	LogLevel           string

	HeartbeatInterval time.Duration
	PollInterval      time.Duration
	StartDelay        time.Duration
	LongestBackOff    time.Duration
}

func Load(env config.Environment) Settings {
	level := "info"
	if env("CERTCTL_LOG_LEVEL") == "debug" {
		level = "debug" // the only word that makes a difference
	}
	return Settings{
		Files:              config.Files{Root: env("CONTRACT_ROOT")},
		ServerURL:          env.Text("CERTCTL_SERVER_URL", "https://localhost:8443"),
		APIKey:             env("CERTCTL_API_KEY"),
		ID:                 env("CERTCTL_AGENT_ID"),
		Name:               env.Text("CERTCTL_AGENT_NAME", "certctl-agent"),
		KeyDirectory:       env.Text("CERTCTL_KEY_DIR", "/var/lib/certctl/keys"),
		DiscoveryFolders:   env.List("CERTCTL_DISCOVERY_DIRS"),
		CABundlePath:       env("CERTCTL_SERVER_CA_BUNDLE_PATH"),
		InsecureSkipVerify: env.Bool("CERTCTL_SERVER_TLS_INSECURE_SKIP_VERIFY", false),
		LogLevel:           level,

		HeartbeatInterval: env.Duration("CONTRACT_AGENT_HEARTBEAT_INTERVAL", time.Minute),
		PollInterval:      env.Duration("CONTRACT_AGENT_POLL_INTERVAL", 30*time.Second),
		StartDelay:        env.Duration("CONTRACT_AGENT_START_DELAY", time.Minute),
		LongestBackOff:    env.Duration("CONTRACT_AGENT_MAX_BACKOFF", 5*time.Minute),
	}
}

// Refusals are the reasons to exit 1 at start, in certctl's order (facts: agent-settings).
func (settings Settings) Refusals() []config.Refusal {
	var refusals []config.Refusal
	refuse := func(variable, reason string) {
		refusals = append(refusals, config.Refusal{Variable: variable, Reason: reason})
	}
	if server, err := url.Parse(settings.ServerURL); err != nil || server.Scheme != "https" || server.Host == "" {
		refuse("CERTCTL_SERVER_URL", "must be an https:// URL")
	}
	if settings.APIKey == "" {
		refuse("CERTCTL_API_KEY", "is required")
	}
	if settings.ID == "" {
		refuse("CERTCTL_AGENT_ID", "is required: register the agent first")
	}
	if _, err := settings.trust(); err != nil {
		refuse("CERTCTL_SERVER_CA_BUNDLE_PATH", err.Error())
	}
	return refusals
}

// trust reads the CA bundle. It is called once: a bundle that changes later is not seen before the next start
// (facts: agent-settings).
func (settings Settings) trust() (*tls.Config, error) {
	trust := &tls.Config{MinVersion: tls.VersionTLS13, InsecureSkipVerify: settings.InsecureSkipVerify}
	if settings.CABundlePath == "" {
		return trust, nil // the system's roots
	}
	pem, err := settings.Files.Read(settings.CABundlePath)
	if err != nil {
		return nil, err
	}
	trust.RootCAs = x509.NewCertPool()
	if !trust.RootCAs.AppendCertsFromPEM(pem) {
		return nil, errEmptyBundle
	}
	return trust, nil
}
