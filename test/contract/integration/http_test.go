package integration

import (
	"crypto/tls"
	"fmt"
	"strings"
	"testing"
)

func TestWhoMayDoWhat(t *testing.T) {
	env, _ := withDatabase(t)
	_, api := serving(t, env)
	for _, test := range []struct {
		method, path, key, body string
		status                  int
	}{
		{"GET", "/health", "", "", 200},
		{"GET", "/ready", "", "", 200},
		{"GET", "/api/v1/version", "", "", 200},
		{"GET", "/api/v1/auth/info", "", "", 200},
		{"GET", "/readyz", "", "", 200}, // the dashboard
		{"GET", "/acme/directory", "", "", 200},
		{"GET", "/api/v1/metrics/prometheus", "", "", 401},
		{"GET", "/api/v1/metrics/prometheus", "wrong", "", 401},
		{"GET", "/api/v1/metrics/prometheus", metricsKey, "", 200},
		{"GET", "/api/v1/metrics", metricsKey, "", 200},
		{"GET", "/api/v1/agents", metricsKey, "", 200},
		{"GET", "/api/v1/auth/keys", metricsKey, "", 403},
		{"GET", "/api/v1/auth/roles", fleetKey, "", 403},
		{"POST", "/api/v1/agents", enrollKey, `{"name":"a","hostname":"a"}`, 403}, // viewer only
		{"POST", "/api/v1/agents", adminKey, `{"name":"a","hostname":"a"}`, 401},  // allowed, but not the token
		{"POST", "/api/v1/auth/keys/fleet/roles", adminKey, `{"role_id":"r-none"}`, 404},
		{"POST", "/api/v1/auth/keys/nobody/roles", adminKey, `{"role_id":"r-agent"}`, 404},
		{"POST", "/api/v1/auth/keys/fleet/roles", adminKey, `{"role_id":"r-agent"}`, 204},
		{"POST", "/api/v1/auth/keys/fleet/roles", adminKey, `{"role_id":"r-agent"}`, 204},
		{"POST", "/api/v1/auth/roles", adminKey, `{"name":"viewer"}`, 409},
		{"POST", "/api/v1/agents/agent-0/heartbeat", metricsKey, "{}", 403},
		{"POST", "/api/v1/agents/agent-0/heartbeat", fleetKey, "{}", 500}, // never registered
		{"GET", "/api/v1/nothing", "", "", 401},
		{"GET", "/api/v1/nothing", adminKey, "", 404},
	} {
		if status, body := api.call(test.method, test.path, test.key, test.body); status != test.status {
			t.Errorf("%s %s with %q: %d, wanted %d: %s", test.method, test.path, test.key, status, test.status, body)
		}
	}
}

func TestLegacyKeysMayOnlyRead(t *testing.T) {
	env, _ := withDatabase(t)
	_, api := serving(t, env.with("CERTCTL_API_KEYS_NAMED=", "CERTCTL_AUTH_SECRET=one,two", "CERTCTL_AGENT_BOOTSTRAP_TOKEN=one"))
	for _, key := range []string{"one", "two"} {
		api.expect(200, "GET", "/api/v1/metrics/prometheus", key, "")
		api.expect(403, "POST", "/api/v1/agents", key, `{"name":"a","hostname":"a"}`)
	}
}

func TestTwoKeysOfOneNameWorkWhileOneIsRotated(t *testing.T) {
	env, _ := withDatabase(t)
	_, api := serving(t, env.with("CERTCTL_API_KEYS_NAMED=metrics:old,metrics:new"))
	api.expect(200, "GET", "/api/v1/metrics/prometheus", "old", "")
	api.expect(200, "GET", "/api/v1/metrics/prometheus", "new", "")
}

func TestAgentsAreRegisteredOnceAndListedInPages(t *testing.T) {
	env, db := withDatabase(t)
	_, api := serving(t, env)
	api.expect(204, "POST", "/api/v1/auth/keys/enroll/roles", adminKey, `{"role_id":"r-operator"}`)
	ids := map[string]bool{}
	for i := range 7 {
		body := api.expect(201, "POST", "/api/v1/agents", enrollKey, fmt.Sprintf(`{"id":"mine","name":"n%d","hostname":"h"}`, i))
		if !strings.HasPrefix(body, `{"id":"agent-`) || !strings.Contains(body, fmt.Sprintf(`","name":"n%d",`, i)) {
			t.Error(body)
		}
		ids[read[struct{ ID string }](t, body).ID] = true
	}
	api.expect(409, "POST", "/api/v1/agents", enrollKey, `{"name":"n3","hostname":"h"}`)
	api.expect(400, "POST", "/api/v1/agents", enrollKey, `{"name":"n8"}`)
	type page struct {
		Data    []struct{ ID, Name string }
		PerPage int `json:"per_page"`
	}
	for number, want := range map[int]int{1: 3, 2: 3, 3: 1, 4: 0} {
		got := read[page](t, api.expect(200, "GET", fmt.Sprintf("/api/v1/agents?per_page=3&page=%d", number), enrollKey, ""))
		if len(got.Data) != want {
			t.Errorf("page %d: %v", number, got)
		}
		for _, agent := range got.Data {
			delete(ids, agent.ID)
		}
	}
	if len(ids) != 0 {
		t.Error("missing in the pages: ", ids)
	}
	if got := read[page](t, api.expect(200, "GET", "/api/v1/agents?per_page=9999", enrollKey, "")); got.PerPage != 500 {
		t.Error(got.PerPage)
	}
	retired := read[page](t, api.expect(200, "GET", "/api/v1/agents", enrollKey, "")).Data[0]
	api.expect(204, "DELETE", "/api/v1/agents/"+retired.ID, adminKey, "")
	if list := api.expect(200, "GET", "/api/v1/agents", enrollKey, ""); strings.Contains(list, retired.ID) {
		t.Error("a retired agent is listed")
	}
	api.expect(409, "POST", "/api/v1/agents", enrollKey, `{"name":"`+retired.Name+`","hostname":"h"}`)
	api.expect(204, "POST", "/api/v1/auth/keys/fleet/roles", adminKey, `{"role_id":"r-agent"}`)
	api.expect(410, "POST", "/api/v1/agents/"+retired.ID+"/heartbeat", fleetKey, "{}")
	if count(t, db, "SELECT count(*) FROM agents WHERE last_heartbeat_at > registered_at") != 0 {
		t.Error("registration alone looks like a heartbeat")
	}
}

func TestAScrapeShowsTheNamesOfTheFacts(t *testing.T) {
	env, db := withDatabase(t)
	_, api := serving(t, env)
	_, err := db.Exec(`INSERT INTO managed_certificates (id, name, common_name, issuer_id, status, expires_at, created_at)
		SELECT i, i, i, 'iss-local', 'Active', now() + interval '5 days', now() - i * interval '1 day' FROM generate_series(1, 61) AS i`)
	must(t, err)
	text := api.expect(200, "GET", "/api/v1/metrics/prometheus", metricsKey, "")
	if names := strings.Count(text, "# TYPE certctl_"); names != 18 { // (facts: metrics)
		t.Errorf("%d names: %s", names, text)
	}
	for _, line := range []string{"certctl_certificate_total 61", "certctl_certificate_expiring_soon 50", `certctl_ocsp_counter_total{label="issuer_not_found"} 0`, "certctl_agent_total 0"} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("%s is not in %s", line, text)
		}
	}
}

func TestEveryAPICallIsAudited(t *testing.T) {
	env, db := withDatabase(t)
	_, api := serving(t, env)
	for range 20 {
		api.expect(200, "GET", "/api/v1/metrics/prometheus", metricsKey, "")
	}
	api.expect(401, "GET", "/api/v1/agents", "wrong", "")
	api.expect(200, "GET", "/health", "", "")
	eventually(t, "21 rows", func() bool { return count(t, db, "SELECT count(*) FROM audit_events") == 21 })
	// The right check of a chain: by its links, not by time (facts: audit-events).
	const links = "SELECT count(*) FILTER (WHERE prev_hash IS NULL) = 1 AND count(DISTINCT prev_hash) = 20 AND count(*) = 21 FROM audit_events"
	if count(t, db, "SELECT ("+links+")::int") != 1 {
		t.Error("the chain does not fit")
	}
	if count(t, db, "SELECT count(*) FROM audit_events WHERE actor = 'anonymous'") != 1 {
		t.Error("the refused call has an actor")
	}
}

func TestTheLimitCountsAddressesBeforeItLooksAtKeys(t *testing.T) {
	env, _ := withDatabase(t)
	_, api := serving(t, env.with("CERTCTL_RATE_LIMIT_RPS=0.001", "CERTCTL_RATE_LIMIT_BURST=3"))
	for range 3 {
		api.expect(200, "GET", "/health", "", "")
	}
	api.expect(429, "GET", "/api/v1/issuers", adminKey, "")
	api.expect(429, "GET", "/health", "", "")
}

func TestTheLimitCanBeSwitchedOff(t *testing.T) {
	env, _ := withDatabase(t)
	_, api := serving(t, env.with("CERTCTL_RATE_LIMIT_ENABLED=false", "CERTCTL_RATE_LIMIT_BURST=1"))
	for range 5 {
		api.expect(200, "GET", "/health", "", "")
	}
}

func TestOnlyTLS13IsSpoken(t *testing.T) {
	env, _ := withDatabase(t)
	serving(t, env)
	address := "127.0.0.1:" + env["CERTCTL_SERVER_PORT"]
	for version, accepted := range map[uint16]bool{tls.VersionTLS12: false, tls.VersionTLS13: true} {
		connection, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, MinVersion: version, MaxVersion: version, NextProtos: []string{"h2"}})
		if (err == nil) != accepted {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
		if err == nil {
			if protocol := connection.ConnectionState().NegotiatedProtocol; protocol != "h2" {
				t.Error("HTTP/2 is not offered: ", protocol)
			}
			_ = connection.Close()
		}
	}
}
