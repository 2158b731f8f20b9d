// Package integration starts the built programs, against a real PostgreSQL where CONTRACT_TEST_DATABASE_URL
// names one.
package integration

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq"

	"certctl.test/contract/internal/testpki"
)

var programs string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if programs, err = os.MkdirTemp("", "contract"); err != nil {
			panic(err)
		}
		defer os.RemoveAll(programs)
		_ = os.Chmod(programs, 0o755) // one test starts the agent as another user
		build := exec.Command("go", "build", "-o", programs, "../cmd/...")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if output, err := build.CombinedOutput(); err != nil {
			panic(string(output))
		}
		return m.Run()
	}())
}

const (
	adminKey, enrollKey, fleetKey, metricsKey = "admin-key-1", "enroll-key-1", "fleet-key-1", "metrics-key-1"
	encryptionKey                             = "an-encryption-key-of-32-bytes-ok"
)

// environment is what a program is started with.
type environment map[string]string

func (env environment) with(changes ...string) environment {
	changed := maps.Clone(env)
	for _, change := range changes {
		name, value, _ := strings.Cut(change, "=")
		changed[name] = value
	}
	return changed
}

// accepted is a configuration with nothing wrong, on a free port, with files in a folder of the test.
func accepted(t *testing.T) environment {
	t.Helper()
	folder := t.TempDir()
	server := testpki.Write(t, folder, "server", testpki.Kind{})
	authority := testpki.Write(t, folder, "ca", testpki.Kind{CA: true})
	return environment{
		"CERTCTL_SERVER_PORT": freePort(t), "CERTCTL_SERVER_TLS_CERT_PATH": server.Certificate, "CERTCTL_SERVER_TLS_KEY_PATH": server.Key,
		"CERTCTL_CA_CERT_PATH": authority.Certificate, "CERTCTL_CA_KEY_PATH": authority.Key,
		"CERTCTL_DATABASE_URL": "postgres://certctl@127.0.0.1:1/certctl?sslmode=disable", "CERTCTL_LOG_LEVEL": "debug",
		"CERTCTL_AUTH_SECRET": "unused-legacy-secret", "CERTCTL_AGENT_BOOTSTRAP_TOKEN": enrollKey, "CERTCTL_CONFIG_ENCRYPTION_KEY": encryptionKey,
		"CERTCTL_API_KEYS_NAMED": "admin:" + adminKey + ":admin,enroll:" + enrollKey + ",fleet:" + fleetKey + ",metrics:" + metricsKey,
		"CERTCTL_RATE_LIMIT_RPS": "1000", "CERTCTL_RATE_LIMIT_BURST": "1000",
	}
}

// withDatabase is accepted with a database of the test's own.
func withDatabase(t *testing.T) (environment, *sql.DB) {
	t.Helper()
	address := os.Getenv("CONTRACT_TEST_DATABASE_URL")
	if address == "" {
		t.Skip("CONTRACT_TEST_DATABASE_URL is not set")
	}
	maintenance, err := sql.Open("postgres", address)
	must(t, err)
	name := fmt.Sprintf("contract_%d", time.Now().UnixNano())
	_, err = maintenance.Exec("CREATE DATABASE " + name)
	must(t, err)
	parsed, err := url.Parse(address)
	must(t, err)
	parsed.Path = "/" + name
	db, err := sql.Open("postgres", parsed.String())
	must(t, err)
	t.Cleanup(func() {
		_ = db.Close()
		_, err := maintenance.Exec("DROP DATABASE " + name + " WITH (FORCE)")
		must(t, err)
		_ = maintenance.Close()
	})
	return accepted(t).with("CERTCTL_DATABASE_URL=" + parsed.String()), db
}

// program is one that was started.
type program struct {
	t       *testing.T
	command *exec.Cmd
	ended   chan struct{}
	lock    sync.Mutex
	output  bytes.Buffer
}

func (program *program) Write(text []byte) (int, error) {
	program.lock.Lock()
	defer program.lock.Unlock()
	return program.output.Write(text)
}

func (program *program) log() string {
	program.lock.Lock()
	defer program.lock.Unlock()
	return program.output.String()
}

// lookAtSources makes a change in the programs count: go test keeps results by the files a test has looked
// at.
var lookAtSources = sync.OnceFunc(func() {
	_ = filepath.WalkDir("..", func(path string, _ os.DirEntry, _ error) error {
		_, err := os.Stat(path)
		return err
	})
})

// start gives a program nothing but this environment and the PG* variables of the test.
func start(t *testing.T, name string, env environment, words ...string) *program {
	t.Helper()
	lookAtSources()
	started := &program{t: t, command: exec.Command(filepath.Join(programs, name), words...), ended: make(chan struct{})}
	started.command.Dir = "/"
	started.command.Env = []string{}
	for _, variable := range os.Environ() {
		if strings.HasPrefix(variable, "PG") {
			started.command.Env = append(started.command.Env, variable)
		}
	}
	for variable, value := range env {
		started.command.Env = append(started.command.Env, variable+"="+value)
	}
	started.command.Stdout, started.command.Stderr = started, started
	must(t, started.command.Start())
	go func() { _ = started.command.Wait(); close(started.ended) }()
	t.Cleanup(func() { started.signal(syscall.SIGKILL); <-started.ended })
	return started
}

func (program *program) signal(signal syscall.Signal) {
	select {
	case <-program.ended: // its process id may belong to somebody else by now
	default:
		_ = program.command.Process.Signal(signal)
	}
}

// exit waits for the end and gives the exit code, -1 after a signal.
func (program *program) exit() int {
	program.t.Helper()
	select {
	case <-program.ended:
	case <-time.After(20 * time.Second):
		program.t.Fatal("still running: ", program.log())
	}
	return program.command.ProcessState.ExitCode()
}

// exits runs a program to its end and checks the code, and that the log has a text.
func exits(t *testing.T, code int, text, name string, env environment, words ...string) {
	t.Helper()
	run := start(t, name, env, words...)
	if got := run.exit(); got != code || !strings.Contains(run.log(), text) {
		t.Errorf("%s %v ended with %d, wanted %d and %q: %s", name, words, got, code, text, run.log())
	}
}

// says waits for a text in the log.
func (program *program) says(text string) {
	program.t.Helper()
	eventually(program.t, text, func() bool { return strings.Contains(program.log(), text) })
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatal("never: " + what)
}

// client talks to the server of an environment and trusts its certificate, as it is now.
type client struct {
	t    *testing.T
	http *http.Client
	base string
}

func (env environment) client(t *testing.T) client {
	t.Helper()
	pem, err := os.ReadFile(env["CERTCTL_SERVER_TLS_CERT_PATH"])
	must(t, err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}
	return client{t, &http.Client{Transport: transport, Timeout: 10 * time.Second}, "https://127.0.0.1:" + env["CERTCTL_SERVER_PORT"]}
}

// call gives status and body. A key makes a bearer, a body makes JSON.
func (client client) call(method, path, key, body string) (int, string) {
	client.t.Helper()
	request, err := http.NewRequestWithContext(client.t.Context(), method, client.base+path, strings.NewReader(body))
	must(client.t, err)
	if key != "" {
		request.Header.Set("Authorization", "Bearer "+key)
	}
	response, err := client.http.Do(request)
	must(client.t, err)
	defer response.Body.Close()
	var text bytes.Buffer
	_, err = text.ReadFrom(response.Body)
	must(client.t, err)
	return response.StatusCode, text.String()
}

// expect is call with one good answer.
func (client client) expect(status int, method, path, key, body string) string {
	client.t.Helper()
	got, text := client.call(method, path, key, body)
	if got != status {
		client.t.Fatalf("%s %s answered %d, wanted %d: %s", method, path, got, status, text)
	}
	return text
}

// serving starts a server and waits until it listens.
func serving(t *testing.T, env environment) (*program, client) {
	t.Helper()
	server := start(t, "server", env)
	eventually(t, "the server listens", func() bool {
		select {
		case <-server.ended:
			t.Fatal(server.log())
		default:
		}
		if strings.Contains(server.log(), "cannot listen") {
			t.Fatal(server.log())
		}
		return strings.Contains(server.log(), `"msg":"listening"`)
	})
	return server, env.client(t)
}

func read[T any](t *testing.T, text string) (value T) {
	t.Helper()
	must(t, json.Unmarshal([]byte(text), &value))
	return value
}

// freePort is below the range that connections take their own ports from: one of those could take it before
// the server does.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		port := fmt.Sprint(20000 + rand.IntN(12000))
		if listener, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			must(t, listener.Close())
			return port
		}
	}
	t.Fatal("no free port")
	return ""
}

func count(t *testing.T, db *sql.DB, query string, values ...any) (rows int) {
	t.Helper()
	must(t, db.QueryRow(query, values...).Scan(&rows))
	return rows
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
