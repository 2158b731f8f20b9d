package integration

import (
	"net"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestIssuersOfTheEnvironmentAreReadOnce(t *testing.T) {
	env, db := withDatabase(t)
	first, api := serving(t, env.with("CERTCTL_ACME_EMAIL=first@example.test", "CERTCTL_VAULT_ADDR=https://vault", "CERTCTL_VAULT_TOKEN=vault-token-1"))
	list := api.expect(200, "GET", "/api/v1/issuers", adminKey, "")
	for _, text := range []string{`{"id":"iss-local","name":`, `"id":"iss-acme-prod"`, `"id":"iss-acme-staging"`, `"id":"iss-vault"`, "first@example.test"} {
		if !strings.Contains(list, text) {
			t.Errorf("%s is not in %s", text, list)
		}
	}
	if strings.Contains(list, "vault-token-1") || count(t, db, "SELECT count(*) FROM issuers WHERE config::text LIKE '%vault-token-1%'") != 0 {
		t.Error("the token can be read")
	}
	first.signal(syscall.SIGTERM)
	first.exit()
	_, api = serving(t, env.with("CERTCTL_ACME_EMAIL=second@example.test", "CERTCTL_STEPCA_URL=https://step"))
	if list := api.expect(200, "GET", "/api/v1/issuers", adminKey, ""); strings.Contains(list, "second@") || strings.Contains(list, "iss-stepca") {
		t.Error(list)
	}
}

func TestAWrongEncryptionKeyIsReadyWithoutIssuers(t *testing.T) {
	env, db := withDatabase(t)
	server, api := serving(t, env)
	for issuer, status := range map[string]int{"iss-local": 500, "iss-acme-prod": 501, "iss-none": 404} {
		api.expect(status, "GET", "/.well-known/pki/ocsp/"+issuer+"/0a", "", "")
	}
	eventually(t, "a CRL", func() bool { return count(t, db, "SELECT count(*) FROM crl_cache") == 1 })
	server.signal(syscall.SIGTERM)
	server.exit()

	server, api = serving(t, env.with("CERTCTL_CONFIG_ENCRYPTION_KEY=another-encryption-key-of-32-byt"))
	server.says(`"msg":"issuer registry","loaded":0`)
	for path, status := range map[string]int{
		"/ready": 200, "/.well-known/pki/crl/iss-local": 200, "/.well-known/pki/ocsp/iss-local/0a": 404, "/.well-known/pki/ocsp/iss-acme-prod/0a": 404,
	} {
		api.expect(status, "GET", path, "", "")
	}
	api.expect(200, "GET", "/api/v1/issuers", adminKey, "")
}

func TestWithoutAnEncryptionKeyNothingIsWrittenOverTheAPI(t *testing.T) {
	env, _ := withDatabase(t)
	const issuer = `{"name":"second","type":"acme","config":{"directory_url":"https://acme.example.test"}}`
	open := env.with("CERTCTL_CONFIG_ENCRYPTION_KEY=")
	server, api := serving(t, open)
	server.says("CERTCTL_CONFIG_ENCRYPTION_KEY is empty")
	api.expect(500, "GET", "/.well-known/pki/ocsp/iss-local/0a", "", "")
	api.expect(500, "POST", "/api/v1/issuers", adminKey, issuer)
	server.signal(syscall.SIGTERM)
	server.exit()

	server, api = serving(t, env)
	made := read[struct{ ID string }](t, api.expect(201, "POST", "/api/v1/issuers", adminKey, issuer))
	api.expect(501, "GET", "/.well-known/pki/ocsp/"+made.ID+"/0a", "", "")
	api.expect(409, "POST", "/api/v1/issuers", adminKey, issuer)
	server.signal(syscall.SIGTERM)
	server.exit()
	exits(t, 1, `"variable":"CERTCTL_CONFIG_ENCRYPTION_KEY"`, "server", open)
}

func TestTheStrictDemoRuleNeedsACleanUpFirst(t *testing.T) {
	env, _ := withDatabase(t)
	strict := env.with("CERTCTL_DEMO_MODE_RESIDUAL_STRICT=true")
	exits(t, 1, "CERTCTL_DEMO_MODE_RESIDUAL_STRICT", "server", strict)
	server, api := serving(t, env)
	api.expect(403, "POST", "/api/v1/auth/demo-residual/cleanup", metricsKey, "")
	api.expect(200, "POST", "/api/v1/auth/demo-residual/cleanup", adminKey, "")
	server.signal(syscall.SIGTERM)
	server.exit()
	serving(t, strict)
}

func TestEnrollmentNeedsAnIssuerWithACA(t *testing.T) {
	env, _ := withDatabase(t)
	enrollment := env.with("CERTCTL_EST_ENABLED=true")
	exits(t, 1, "CERTCTL_EST_ISSUER_ID", "server", enrollment.with("CERTCTL_EST_ISSUER_ID=iss-acme-prod"))
	exits(t, 1, "CERTCTL_EST_ISSUER_ID", "server", enrollment.with("CERTCTL_EST_ISSUER_ID=iss-none"))
	serving(t, enrollment)
}

func TestABadCAPairEndsTheBoot(t *testing.T) {
	env, _ := withDatabase(t)
	exits(t, 1, "CERTCTL_CA_CERT_PATH", "server", env.with("CERTCTL_CA_KEY_PATH="+env["CERTCTL_SERVER_TLS_KEY_PATH"]))
}

func TestRolesOfNamedKeysComeBackAtEachBoot(t *testing.T) {
	env, db := withDatabase(t)
	for boot := 1; boot <= 2; boot++ {
		server, _ := serving(t, env)
		if got := count(t, db, "SELECT count(*) FROM actor_roles WHERE actor_id = 'enroll' AND role_id = 'r-viewer'"); got != boot {
			t.Errorf("boot %d: %d rows", boot, got)
		}
		server.signal(syscall.SIGTERM)
		server.exit()
	}
	if count(t, db, "SELECT count(*) FROM actor_roles WHERE actor_id LIKE 'legacy-key-%'") != 0 {
		t.Error("CERTCTL_AUTH_SECRET counts beside named keys")
	}
}

func TestTwoReplicasMayStartTogetherOnAnEmptyDatabase(t *testing.T) {
	env, db := withDatabase(t)
	first := start(t, "server", env)
	second := start(t, "server", env.with("CERTCTL_SERVER_PORT="+freePort(t)))
	first.says(`"msg":"listening"`)
	second.says(`"msg":"listening"`)
	if got := count(t, db, "SELECT count(*) FROM issuers"); got != 3 {
		t.Error(got)
	}
}

func TestAPortThatIsTakenLeavesTheProcessUp(t *testing.T) {
	env, _ := withDatabase(t)
	taken, err := net.Listen("tcp", "127.0.0.1:"+env["CERTCTL_SERVER_PORT"])
	must(t, err)
	defer taken.Close()
	server := start(t, "server", env)
	server.says("cannot listen")
	time.Sleep(200 * time.Millisecond)
	server.signal(syscall.SIGTERM)
	if code := server.exit(); code != 0 {
		t.Error(code, server.log())
	}
}

// A server that waits for the migration lock has not come to listening yet.
func TestASignalBeforeListeningEndsTheProcessAtOnce(t *testing.T) {
	env, db := withDatabase(t)
	connection, err := db.Conn(t.Context())
	must(t, err)
	defer connection.Close()
	_, err = connection.ExecContext(t.Context(), "SELECT pg_advisory_lock(7283164759461502341)")
	must(t, err)
	// PostgreSQL does not notice that a waiting session has lost its client, so the sessions add up.
	for i, signal := range []syscall.Signal{syscall.SIGHUP, syscall.SIGTERM} {
		waiting := start(t, "server", env)
		eventually(t, "a waiting server", func() bool {
			return count(t, db, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == i+1
		})
		waiting.signal(signal)
		if code := waiting.exit(); code != -1 {
			t.Errorf("%s: exit code %d: %s", signal, code, waiting.log())
		}
	}
}
