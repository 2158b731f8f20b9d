package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"certctl.test/contract/internal/logging"
)

func settingsFor(t *testing.T, changes map[string]string) Settings {
	t.Helper()
	values := map[string]string{"CERTCTL_API_KEY": "key", "CERTCTL_AGENT_ID": "agent-1"}
	for name, value := range changes {
		values[name] = value
	}
	return Load(func(name string) string { return values[name] })
}

func TestRefusals(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ variable, value, refused string }{
		{"CERTCTL_LOG_LEVEL", "nonsense", ""}, // only debug differs
		{"CERTCTL_SERVER_URL", "https://certctl-server:8443", ""},
		{"CERTCTL_SERVER_URL", "", ""},
		{"CERTCTL_SERVER_URL", "http://certctl-server:8443", "CERTCTL_SERVER_URL"},
		{"CERTCTL_SERVER_URL", "certctl-server:8443", "CERTCTL_SERVER_URL"},
		{"CERTCTL_API_KEY", "", "CERTCTL_API_KEY"},
		{"CERTCTL_AGENT_ID", "", "CERTCTL_AGENT_ID"},
		{"CERTCTL_SERVER_CA_BUNDLE_PATH", "", ""},
		{"CERTCTL_SERVER_CA_BUNDLE_PATH", filepath.Join(t.TempDir(), "missing"), "CERTCTL_SERVER_CA_BUNDLE_PATH"},
		{"CERTCTL_SERVER_CA_BUNDLE_PATH", empty, "CERTCTL_SERVER_CA_BUNDLE_PATH"},
	} {
		refusals := settingsFor(t, map[string]string{test.variable: test.value}).Refusals()
		if test.refused == "" && len(refusals) > 0 || test.refused != "" && (len(refusals) != 1 || refusals[0].Variable != test.refused) {
			t.Errorf("%s=%q: %v", test.variable, test.value, refusals)
		}
	}
}

// server answers agents with one status, and hands out one job.
type server struct {
	*httptest.Server
	status   atomic.Int64
	requests atomic.Int64
	reports  chan map[string]string
}

func newServer(t *testing.T) *server {
	t.Helper()
	fake := &server{reports: make(chan map[string]string, 10)}
	fake.status.Store(http.StatusOK)
	var once sync.Once
	fake.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fake.requests.Add(1)
		if r.Header.Get("Authorization") != "Bearer key" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		status := int(fake.status.Load())
		w.WriteHeader(status)
		switch {
		case status != http.StatusOK:
		case strings.HasSuffix(r.URL.Path, "/work"):
			jobs := `{"jobs":[]}`
			once.Do(func() { jobs = `{"jobs":[{"id":"job-1","type":"Issue","certificate_id":"mc-1"}]}` })
			_, _ = w.Write([]byte(jobs))
		case strings.HasSuffix(r.URL.Path, "/status"):
			var report map[string]string
			if err := json.NewDecoder(r.Body).Decode(&report); err != nil {
				t.Error(err)
			}
			fake.reports <- report
		}
	}))
	t.Cleanup(fake.Close)
	return fake
}

// against makes quick settings for a server, trusting its certificate by a bundle file.
func (fake *server) against(t *testing.T, changes map[string]string) Settings {
	t.Helper()
	bundle := filepath.Join(t.TempDir(), "ca.crt")
	content := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: fake.Certificate().Raw})
	if err := os.WriteFile(bundle, content, 0o600); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{
		"CERTCTL_SERVER_URL": fake.URL, "CERTCTL_SERVER_CA_BUNDLE_PATH": bundle, "CERTCTL_KEY_DIR": filepath.Join(t.TempDir(), "keys"),
		"CONTRACT_AGENT_HEARTBEAT_INTERVAL": "10ms", "CONTRACT_AGENT_POLL_INTERVAL": "10ms", "CONTRACT_AGENT_START_DELAY": "1ms",
	}
	for name, value := range changes {
		all[name] = value
	}
	return settingsFor(t, all)
}

// start runs an agent and gives what stops it and waits for its end.
func start(t *testing.T, settings Settings) (stop func() error, log *bytes.Buffer) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	log = &bytes.Buffer{}
	var lock sync.Mutex
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, settings, logger(&locked{&lock, log})) }()
	return func() error { cancel(); return <-ended }, log
}

type locked struct {
	lock *sync.Mutex
	out  *bytes.Buffer
}

func (out *locked) Write(text []byte) (int, error) {
	out.lock.Lock()
	defer out.lock.Unlock()
	return out.out.Write(text)
}

func logger(out *locked) *slog.Logger { return logging.New(out, "debug") }

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatal("never: " + what)
}

func TestAJobLeavesAKeyOnlyItsOwnerCanRead(t *testing.T) {
	fake := newServer(t)
	settings := fake.against(t, nil)
	stop, _ := start(t, settings)
	if report := <-fake.reports; report["status"] != "Completed" {
		t.Error(report)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	for path, mode := range map[string]os.FileMode{settings.KeyDirectory: 0o700, filepath.Join(settings.KeyDirectory, "mc-1.key"): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v %v", path, info, err)
		}
	}
}

func TestAKeyIsMadeOnceAndKept(t *testing.T) {
	settings := settingsFor(t, map[string]string{"CERTCTL_KEY_DIR": filepath.Join(t.TempDir(), "keys")})
	path := filepath.Join(settings.KeyDirectory, "mc-1.key")
	if made, err := settings.ensureKey("mc-1"); !made || err != nil {
		t.Fatal(made, err)
	}
	first, _ := os.ReadFile(path)
	if made, err := settings.ensureKey("mc-1"); made || err != nil {
		t.Fatal(made, err)
	}
	if second, _ := os.ReadFile(path); !bytes.Equal(first, second) {
		t.Error("the key changed")
	}
}

func TestAWideDirectoryOfItsOwnIsNarrowed(t *testing.T) {
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := settingsFor(t, map[string]string{"CERTCTL_KEY_DIR": folder}).hardenKeyDirectory(); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(folder); info.Mode().Perm() != 0o700 {
		t.Error(info.Mode())
	}
}

func TestAJobFailsWhereTheKeyDirectoryCannotBeMade(t *testing.T) {
	fake := newServer(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	stop, log := start(t, fake.against(t, map[string]string{"CERTCTL_KEY_DIR": filepath.Join(file, "keys")}))
	if report := <-fake.reports; report["status"] != "Failed" || !strings.Contains(report["error"], "key dir hardening failed") {
		t.Error(report)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "key dir hardening failed") {
		t.Error(log)
	}
}

func TestARetiredAgentEndsWell(t *testing.T) {
	fake := newServer(t)
	fake.status.Store(http.StatusGone)
	if err := Run(t.Context(), fake.against(t, nil), slog.New(slog.DiscardHandler)); err != nil {
		t.Error(err)
	}
}

func TestAnUnknownAgentGoesOnAndSlowsDown(t *testing.T) {
	fake := newServer(t)
	fake.status.Store(http.StatusInternalServerError)
	stop, _ := start(t, fake.against(t, nil))
	eventually(t, "four requests", func() bool { return fake.requests.Load() >= 4 })
	fake.status.Store(http.StatusOK)
	eventually(t, "a job after the errors", func() bool { return len(fake.reports) == 1 })
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestBackOffDoublesUpToItsLimit(t *testing.T) {
	repeat := repeat{interval: time.Minute, longest: 5 * time.Minute}
	for failures, want := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 5 * time.Minute, 5 * time.Minute} {
		got := repeat.next(failures)
		if low, high := want*9/10, want*11/10; got < low || got > high {
			t.Errorf("after %d failures: %s", failures, got)
		}
	}
}

func TestTheBundleIsReadOnce(t *testing.T) {
	fake := newServer(t)
	settings := fake.against(t, nil)
	client, err := newClient(settings)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(settings.CABundlePath); err != nil {
		t.Fatal(err)
	}
	if err := client.heartbeat(t.Context()); err != nil {
		t.Error(err)
	}
}
