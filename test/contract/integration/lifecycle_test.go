package integration

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"certctl.test/contract/internal/testpki"
)

func TestANewCertificateIsServedAfterSIGHUPAndABadOneIsNot(t *testing.T) {
	env, _ := withDatabase(t)
	server, old := serving(t, env)
	replace := func(pair testpki.Pair) {
		for from, to := range map[string]string{pair.Certificate: env["CERTCTL_SERVER_TLS_CERT_PATH"], pair.Key: env["CERTCTL_SERVER_TLS_KEY_PATH"]} {
			content, err := os.ReadFile(from)
			must(t, err)
			must(t, os.WriteFile(to, content, 0o600))
		}
	}
	next, stray := testpki.Write(t, t.TempDir(), "next", testpki.Kind{}), testpki.Write(t, t.TempDir(), "stray", testpki.Kind{})
	replace(testpki.Pair{Certificate: next.Certificate, Key: stray.Key})
	old.expect(200, "GET", "/health", "", "") // nothing watches the files
	server.signal(syscall.SIGHUP)
	server.says("the old certificate stays")
	old.expect(200, "GET", "/health", "", "")

	replace(next)
	server.signal(syscall.SIGHUP)
	server.says("TLS certificate reloaded")
	env.client(t).expect(200, "GET", "/health", "", "")
	if _, err := old.http.Get(old.base + "/health"); err == nil {
		t.Error("the old certificate is still served")
	}
}

// slowRequest is a request whose body is still being written. The client waits for "100 Continue", which the
// server sends when it begins to read, so the first write returns only when the request is being handled.
func slowRequest(t *testing.T, api client, path, key, beginning string) (body *io.PipeWriter, answered chan int) {
	t.Helper()
	reader, body := io.Pipe()
	request, err := http.NewRequest(http.MethodPost, api.base+path, reader)
	must(t, err)
	request.Header.Set("Authorization", "Bearer "+key)
	request.Header.Set("Expect", "100-continue")
	api.http.Transport.(*http.Transport).ExpectContinueTimeout = time.Minute
	answered = make(chan int, 1)
	go func() {
		response, err := api.http.Do(request)
		if err != nil {
			answered <- 0
			return
		}
		_ = response.Body.Close()
		answered <- response.StatusCode
	}()
	_, err = body.Write([]byte(beginning))
	must(t, err)
	return body, answered
}

func TestRequestsThatHaveBegunAreAnsweredBeforeTheEnd(t *testing.T) {
	env, db := withDatabase(t)
	server, api := serving(t, env)
	api.expect(204, "POST", "/api/v1/auth/keys/enroll/roles", adminKey, `{"role_id":"r-operator"}`)
	body, answered := slowRequest(t, api, "/api/v1/agents", enrollKey, `{"name":"slow",`)
	server.signal(syscall.SIGTERM)
	eventually(t, "the listener is closed", func() bool {
		connection, err := net.Dial("tcp", "127.0.0.1:"+env["CERTCTL_SERVER_PORT"])
		if err == nil {
			_ = connection.Close()
		}
		return err != nil
	})
	_, err := body.Write([]byte(`"hostname":"slow"}`))
	must(t, err)
	must(t, body.Close())
	if status := <-answered; status != http.StatusCreated {
		t.Error(status)
	}
	if code := server.exit(); code != 0 {
		t.Error(code, server.log())
	}
	if count(t, db, "SELECT count(*) FROM audit_events WHERE resource = '/api/v1/agents'") != 1 {
		t.Error("its audit row was not flushed")
	}
}

func TestARequestThatDoesNotEndIsCutOffAfterTheBudget(t *testing.T) {
	env, _ := withDatabase(t)
	server, api := serving(t, env.with("CERTCTL_AUDIT_FLUSH_TIMEOUT_SECONDS=1"))
	body, _ := slowRequest(t, api, "/api/v1/auth/roles", adminKey, "{")
	defer body.Close()
	began := time.Now()
	server.signal(syscall.SIGTERM)
	if code, took := server.exit(), time.Since(began); code != 0 || took < time.Second || took > 10*time.Second {
		t.Error(code, took, server.log())
	}
}

// relay stands between server and database, and can be cut.
type relay struct {
	target   string
	address  string
	lock     sync.Mutex
	listener net.Listener
	open     []net.Conn
}

func (relay *relay) up(t *testing.T) {
	t.Helper()
	listener, err := net.Listen("tcp", relay.address)
	must(t, err)
	relay.lock.Lock()
	defer relay.lock.Unlock()
	relay.listener, relay.address = listener, listener.Addr().String()
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", relay.target)
			if err != nil {
				_ = near.Close()
				continue
			}
			relay.lock.Lock()
			relay.open = append(relay.open, near, far)
			relay.lock.Unlock()
			go func() { _, _ = io.Copy(far, near); _ = far.Close() }()
			go func() { _, _ = io.Copy(near, far); _ = near.Close() }()
		}
	}()
}

func (relay *relay) down() {
	relay.lock.Lock()
	defer relay.lock.Unlock()
	_ = relay.listener.Close()
	for _, connection := range relay.open {
		_ = connection.Close()
	}
	relay.open = nil
}

func TestALostDatabaseIsNotReadyAndComesBackByItself(t *testing.T) {
	env, _ := withDatabase(t)
	address, err := url.Parse(env["CERTCTL_DATABASE_URL"])
	must(t, err)
	between := &relay{target: address.Host, address: "127.0.0.1:0"}
	between.up(t)
	defer between.down()
	address.Host = between.address
	server, api := serving(t, env.with("CERTCTL_DATABASE_URL="+address.String()))
	api.expect(200, "GET", "/ready", "", "")

	between.down()
	api.expect(503, "GET", "/ready", "", "")
	api.expect(200, "GET", "/health", "", "")
	api.expect(500, "GET", "/api/v1/metrics/prometheus", metricsKey, "")
	between.up(t)
	eventually(t, "ready again", func() bool { status, _ := api.call("GET", "/ready", "", ""); return status == 200 })
	api.expect(200, "GET", "/api/v1/metrics/prometheus", metricsKey, "")
	for _, value := range []string{adminKey, enrollKey, fleetKey, metricsKey, encryptionKey, os.Getenv("PGPASSWORD")} {
		if value != "" && strings.Contains(server.log(), value) {
			t.Error("a secret is in the log")
		}
	}
}
