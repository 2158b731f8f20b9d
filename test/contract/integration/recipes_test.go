package integration

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// recipe runs a script of testdata. Its text is changed in nothing but addresses: where the server is,
// and where the pod's mounts are.
func recipe(t *testing.T, env environment, name string, variables ...string) (code int, output string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	must(t, err)
	mounts, server := t.TempDir(), "https://certctl-server:"+env["CERTCTL_SERVER_PORT"]
	must(t, os.Mkdir(filepath.Join(mounts, "tmp"), 0o700))
	bundle, err := os.ReadFile(env["CERTCTL_SERVER_TLS_CERT_PATH"])
	must(t, err)
	for path, content := range map[string]string{"admin/key": adminKey, "enroll/key": enrollKey, "ca-bundle/ca.crt": string(bundle)} {
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(mounts, path)), 0o700))
		must(t, os.WriteFile(filepath.Join(mounts, path), []byte(content), 0o600))
	}
	script := strings.NewReplacer(
		"https://certctl-server:8443", server, "/etc/certctl/", mounts+"/", "/tmp/", mounts+"/tmp/",
		"curl ", "curl --resolve certctl-server:"+env["CERTCTL_SERVER_PORT"]+":127.0.0.1 ",
	).Replace(string(text))
	command := exec.CommandContext(t.Context(), "sh", "-c", script)
	command.Env = append([]string{"PATH=" + os.Getenv("PATH"), "CERTCTL_SERVER_URL=" + server}, variables...)
	combined, err := command.CombinedOutput()
	if command.ProcessState == nil {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), string(combined)
}

func TestTheRecipesProvisionAndEnroll(t *testing.T) {
	env, db := withDatabase(t)
	exits(t, 0, "migrations done", "server", env, "--migrate-only")
	server, _ := serving(t, env.with("CERTCTL_MIGRATIONS_VIA_HOOK=true"))
	home := t.TempDir()
	if code, output := recipe(t, env, "enroll.sh", "AGENT_NAME=agents-0", "AGENT_HOME="+home); code != 1 || !strings.Contains(output, "registration answered 403") {
		t.Error("enrolled before the role was granted: ", output)
	}
	if code, output := recipe(t, env, "provision.sh"); code != 0 || !strings.Contains(output, "granted r-agent to fleet") || !strings.Contains(output, "issuer iss-local loaded (OCSP answers 500)") {
		t.Fatal(output)
	}
	grants := count(t, db, "SELECT count(*) FROM actor_roles")
	if code, output := recipe(t, env, "provision.sh"); code != 0 || !strings.Contains(output, "fleet has r-agent") {
		t.Fatal(output)
	}
	if count(t, db, "SELECT count(*) FROM actor_roles") != grants {
		t.Error("the second run granted again")
	}

	for _, want := range []string{"(201)", "agent agents-0 is agent-", "(409)"} {
		code, output := recipe(t, env, "enroll.sh", "AGENT_NAME=agents-0", "AGENT_HOME="+home)
		if code != 0 || !strings.Contains(output, want) {
			t.Fatal(want, output)
		}
		if want == "agent agents-0 is agent-" {
			must(t, os.Remove(filepath.Join(home, "agent-id"))) // a lost identity is found again by name
		}
	}
	if count(t, db, "SELECT count(*) FROM agents") != 1 {
		t.Error("a duplicate")
	}
	server.signal(syscall.SIGTERM)
	server.exit()

	serving(t, env.with("CERTCTL_CONFIG_ENCRYPTION_KEY=another-encryption-key-of-32-byt"))
	if code, output := recipe(t, env, "provision.sh"); code != 1 || !strings.Contains(output, "is not loaded") {
		t.Error("provisioned with the wrong key: ", output)
	}
}

func TestAnAgentBeatsWorksAndRetires(t *testing.T) {
	env, db := withDatabase(t)
	_, api := serving(t, env)
	if code, output := recipe(t, env, "provision.sh"); code != 0 {
		t.Fatal(output)
	}
	id := read[struct{ ID string }](t, api.expect(201, "POST", "/api/v1/agents", enrollKey, `{"name":"node-1","hostname":"node-1"}`)).ID
	agentEnv := environment{
		"CERTCTL_SERVER_URL": api.base, "CERTCTL_SERVER_CA_BUNDLE_PATH": env["CERTCTL_SERVER_TLS_CERT_PATH"], "CERTCTL_API_KEY": fleetKey,
		"CERTCTL_AGENT_ID": id, "CERTCTL_KEY_DIR": filepath.Join(t.TempDir(), "state", "keys"), "CERTCTL_DISCOVERY_DIRS": filepath.Dir(env["CERTCTL_SERVER_TLS_CERT_PATH"]),
		"CONTRACT_AGENT_HEARTBEAT_INTERVAL": "50ms", "CONTRACT_AGENT_POLL_INTERVAL": "50ms", "CONTRACT_AGENT_START_DELAY": "1ms",
	}
	agent := start(t, "agent", agentEnv)
	eventually(t, "a heartbeat", func() bool {
		return count(t, db, "SELECT count(*) FROM agents WHERE last_heartbeat_at > registered_at") == 1
	})
	agent.says(`"msg":"discovery"`)
	_, err := db.Exec("INSERT INTO managed_certificates (id, name, common_name, issuer_id) VALUES ('mc-1', 'mc-1', 'a.example.test', 'iss-local')")
	must(t, err)
	_, err = db.Exec("INSERT INTO jobs (id, type, certificate_id, agent_id) VALUES ('job-1', 'Issue', 'mc-1', $1)", id)
	must(t, err)
	eventually(t, "the job is done", func() bool { return count(t, db, "SELECT count(*) FROM jobs WHERE status = 'Completed'") == 1 })
	info, err := os.Stat(filepath.Join(agentEnv["CERTCTL_KEY_DIR"], "mc-1.key"))
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Error(info.Mode())
	}
	api.expect(204, "DELETE", "/api/v1/agents/"+id, adminKey, "")
	if code := agent.exit(); code != 0 || !strings.Contains(agent.log(), "retired") || strings.Contains(agent.log(), fleetKey) {
		t.Error(code, agent.log())
	}
}

// A mount point of root's cannot be hardened by the agent's own user, whatever its mode
// (facts: key-directory).
func TestAKeyDirectoryOfAnotherUserIsReported(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root to be somebody else")
	}
	folder, err := os.MkdirTemp("", "keys")
	must(t, err)
	defer os.RemoveAll(folder)
	must(t, os.Chmod(folder, 0o777))
	command := exec.Command(filepath.Join(programs, "agent"))
	command.Env = []string{"CERTCTL_API_KEY=k", "CERTCTL_AGENT_ID=a", "CERTCTL_KEY_DIR=" + folder, "CONTRACT_AGENT_START_DELAY=1h"}
	command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	var output program
	command.Stdout = &output
	must(t, command.Start())
	eventually(t, "key dir hardening failed", func() bool { return strings.Contains(output.log(), "key dir hardening failed") })
	time.Sleep(50 * time.Millisecond) // it goes on all the same
	must(t, command.Process.Signal(syscall.SIGTERM))
	must(t, command.Wait())
}
