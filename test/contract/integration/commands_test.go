package integration

import (
	"encoding/json"
	"strings"
	"syscall"
	"testing"
	"time"

	"certctl.test/contract/internal/testpki"
)

func TestCheckConfigNeedsNoDatabase(t *testing.T) {
	env := accepted(t)
	exits(t, 0, "configuration accepted", "server", env, "--check-config")
	exits(t, 1, "CERTCTL_SERVER_PORT: 0 is not in 1 to 65535", "server", env.with("CERTCTL_SERVER_PORT=0"), "--check-config")
	exits(t, 1, "CERTCTL_CA_CERT_PATH", "server", env.with("CERTCTL_CA_CERT_PATH=/missing"), "--check-config")
}

func TestTheMigrationDoesNotLookAtFilesThatOnlyABootUses(t *testing.T) {
	env := accepted(t).with("CERTCTL_CA_CERT_PATH=/missing")
	exits(t, 0, "configuration accepted", "server", env, "--check-config", "--migrate-only")
	exits(t, 1, "CERTCTL_AUTH_SECRET", "server", env.with("CERTCTL_AUTH_SECRET="), "--check-config", "--migrate-only")
}

func TestTheWholeConfigurationIsCheckedBeforeTheMigration(t *testing.T) {
	env := accepted(t)
	for _, change := range []string{"CERTCTL_SERVER_TLS_KEY_PATH=", "CERTCTL_AGENT_BOOTSTRAP_TOKEN=", "CERTCTL_AUTH_SECRET=", "CERTCTL_SCHEDULER_RETRY_INTERVAL=0s"} {
		name, _, _ := strings.Cut(change, "=")
		exits(t, 1, name, "server", env.with(change), "--migrate-only")
	}
}

func TestAnUnreachableDatabaseEndsAtOnce(t *testing.T) {
	for _, words := range [][]string{{"--migrate-only"}, {}, {"--verbose", "--migrate-only"}} {
		began := time.Now()
		exits(t, 1, "failed to ping database", "server", accepted(t), words...)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%v took %s: it must not try again", words, took)
		}
	}
}

// This is why a password must not be in the URL (facts: the-password-in-the-url). The stand-in shows it as
// certctl does.
func TestAnUnreadableDatabaseURLIsPrintedWhole(t *testing.T) {
	env := accepted(t).with("CERTCTL_DATABASE_URL=postgres://certctl:pa/ss@db/certctl")
	exits(t, 1, "postgres://certctl:pa/ss@db/certctl", "server", env, "--migrate-only")
	exits(t, 1, "postgres://certctl:pa/ss@db/certctl", "server", env)
}

func TestEveryLineIsJSONAndARefusalNamesItsVariable(t *testing.T) {
	run := start(t, "server", accepted(t).with("CERTCTL_LOG_FORMAT=text", "CERTCTL_LOG_LEVEL=loud", "CERTCTL_AUTH_TYPE=jwt"))
	if run.exit() != 1 {
		t.Error("accepted")
	}
	refused := map[string]bool{}
	for line := range strings.Lines(run.log()) {
		var entry struct{ Level, Msg, Error, Variable string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Level == "" || entry.Msg == "" {
			t.Errorf("%q: %v", line, err)
		}
		if entry.Error != "" && strings.HasPrefix(entry.Error, entry.Variable+":") {
			refused[entry.Variable] = true
		}
	}
	if len(refused) != 2 || !refused["CERTCTL_LOG_LEVEL"] || !refused["CERTCTL_AUTH_TYPE"] {
		t.Error(run.log())
	}
}

func TestAnAgentRefusesToStart(t *testing.T) {
	bundle := testpki.Write(t, t.TempDir(), "ca", testpki.Kind{CA: true}).Certificate
	env := environment{"CERTCTL_API_KEY": "k", "CERTCTL_AGENT_ID": "agent-1", "CERTCTL_SERVER_CA_BUNDLE_PATH": bundle}
	exits(t, 0, "configuration accepted", "agent", env, "--check-config")
	exits(t, 1, "CERTCTL_API_KEY", "agent", env.with("CERTCTL_API_KEY="))
	exits(t, 1, "CERTCTL_AGENT_ID", "agent", env.with("CERTCTL_AGENT_ID="))
	exits(t, 1, "CERTCTL_SERVER_URL", "agent", env.with("CERTCTL_SERVER_URL=http://certctl-server:8443"))
	exits(t, 1, "CERTCTL_SERVER_CA_BUNDLE_PATH", "agent", env.with("CERTCTL_SERVER_CA_BUNDLE_PATH=/missing"))
}

func TestAnAgentWithoutAServerGoesOnUntilItIsStopped(t *testing.T) {
	env := environment{
		"CERTCTL_API_KEY": "k", "CERTCTL_AGENT_ID": "agent-1", "CERTCTL_SERVER_URL": "https://127.0.0.1:" + freePort(t), "CERTCTL_KEY_DIR": t.TempDir(),
		"CONTRACT_AGENT_HEARTBEAT_INTERVAL": "10ms", "CONTRACT_AGENT_POLL_INTERVAL": "10ms", "CONTRACT_AGENT_START_DELAY": "1ms",
	}
	agent := start(t, "agent", env)
	agent.says(`"failures":2`)
	agent.signal(syscall.SIGTERM)
	if code := agent.exit(); code != 0 {
		t.Error(code, agent.log())
	}
}
