package httpapi

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Metrics are the figures that belong to this process (facts: metrics).
type Metrics struct {
	Started time.Time

	lock  sync.Mutex
	ocsp  map[string]int
	chain chainFigures
}

type chainFigures struct {
	breaks, verified int
	rows, at         int64
}

var ocspLabels = []string{
	"request_get", "request_post", "request_success", "request_invalid", "issuer_not_found", "cert_not_found", "signing_failed",
	"nonce_echoed", "nonce_malformed", "rate_limited",
}

func (metrics *Metrics) Count(ocsp string) {
	metrics.lock.Lock()
	defer metrics.lock.Unlock()
	if metrics.ocsp == nil {
		metrics.ocsp = map[string]int{}
	}
	metrics.ocsp[ocsp]++
}

// VerifyChain asks the function that reports breaks without tampering (facts: audit-events): the counter is
// as false here as it is there.
func (metrics *Metrics) VerifyChain(ctx context.Context, db *sql.DB) error {
	var broken bool
	var rows int64
	if err := db.QueryRowContext(ctx, "SELECT audit_events_verify_chain() IS NOT NULL, (SELECT count(*) FROM audit_events)").Scan(&broken, &rows); err != nil {
		return err
	}
	metrics.lock.Lock()
	defer metrics.lock.Unlock()
	metrics.chain.verified++
	metrics.chain.rows, metrics.chain.at = rows, time.Now().Unix()
	if broken {
		metrics.chain.breaks++
	}
	return nil
}

type sample struct {
	name, kind, label string
	value             float64
}

// inventory reads the figures of the database. Those by status look at the 50 oldest certificates only, which
// makes them wrong above that number, as they are upstream (facts: metrics): alert rules have to live with
// it.
const inventory = `WITH oldest AS (SELECT * FROM managed_certificates ORDER BY created_at LIMIT 50)
SELECT (SELECT count(*) FROM managed_certificates),
	(SELECT count(*) FROM oldest WHERE status = 'Active'),
	(SELECT count(*) FROM oldest WHERE expires_at BETWEEN now() AND now() + interval '30 days'),
	(SELECT count(*) FROM oldest WHERE expires_at < now()),
	(SELECT count(*) FROM oldest WHERE status = 'Revoked'),
	(SELECT count(*) FROM agents WHERE retired_at IS NULL),
	(SELECT count(*) FROM agents WHERE retired_at IS NULL AND last_heartbeat_at > now() - interval '5 minutes'),
	(SELECT count(*) FROM jobs WHERE status IN ('Pending', 'AwaitingCSR', 'AwaitingApproval', 'Running')),
	(SELECT count(*) FROM jobs WHERE status = 'Completed'),
	(SELECT count(*) FROM jobs WHERE status = 'Failed'),
	(SELECT count(*) FROM notifications WHERE status = 'dead')`

// samples are the names a scrape shows before the first issuance, 18 of them (facts: metrics).
func (api *API) samples(ctx context.Context) ([]sample, error) {
	all := []sample{
		{name: "certctl_certificate_total", kind: "gauge"}, {name: "certctl_certificate_active", kind: "gauge"},
		{name: "certctl_certificate_expiring_soon", kind: "gauge"}, {name: "certctl_certificate_expired", kind: "gauge"},
		{name: "certctl_certificate_revoked", kind: "gauge"}, {name: "certctl_agent_total", kind: "gauge"},
		{name: "certctl_agent_online", kind: "gauge"}, {name: "certctl_job_pending", kind: "gauge"},
		{name: "certctl_job_completed_total", kind: "counter"}, {name: "certctl_job_failed_total", kind: "counter"},
		{name: "certctl_notification_dead_total", kind: "counter"},
	}
	into := make([]any, len(all))
	for i := range all {
		into[i] = &all[i].value
	}
	if err := api.DB.QueryRowContext(ctx, inventory).Scan(into...); err != nil {
		return nil, err
	}
	metrics := api.Metrics
	metrics.lock.Lock()
	defer metrics.lock.Unlock()
	all = append(all, sample{name: "certctl_uptime_seconds", kind: "gauge", value: time.Since(metrics.Started).Seconds()})
	for _, label := range ocspLabels {
		all = append(all, sample{name: "certctl_ocsp_counter_total", kind: "counter", label: `label="` + label + `"`, value: float64(metrics.ocsp[label])})
	}
	for _, result := range []string{"success", "failure", "not_renewable"} {
		all = append(all, sample{name: "certctl_vault_token_renewals_total", kind: "counter", label: `result="` + result + `"`})
	}
	return append(all,
		sample{name: "certctl_audit_chain_break_detected_total", kind: "counter", value: float64(metrics.chain.breaks)},
		sample{name: "certctl_audit_chain_verify_total", kind: "counter", value: float64(metrics.chain.verified)},
		sample{name: "certctl_audit_chain_rows", kind: "gauge", value: float64(metrics.chain.rows)},
		sample{name: "certctl_audit_chain_last_verified_at", kind: "gauge", value: float64(metrics.chain.at)}), nil
}

// metricsText fails as a whole when the database does, so that up is 0 then (facts: metrics).
func (api *API) metricsText(r *http.Request, _ string) answer {
	all, err := api.samples(r.Context())
	if err != nil {
		return api.internal(err)
	}
	var text strings.Builder
	for i, sample := range all {
		if i == 0 || all[i-1].name != sample.name {
			fmt.Fprintf(&text, "# TYPE %s %s\n", sample.name, sample.kind)
		}
		label := sample.label
		if label != "" {
			label = "{" + label + "}"
		}
		fmt.Fprintf(&text, "%s%s %v\n", sample.name, label, sample.value)
	}
	return answer{status: http.StatusOK, kind: "text/plain; version=0.0.4; charset=utf-8", text: []byte(text.String())}
}

func (api *API) metricsJSON(r *http.Request, _ string) answer {
	all, err := api.samples(r.Context())
	if err != nil {
		return api.internal(err)
	}
	all = slices.DeleteFunc(all, func(sample sample) bool { return sample.label != "" })
	figures := map[string]float64{}
	for _, sample := range all {
		figures[strings.TrimPrefix(sample.name, "certctl_")] = sample.value
	}
	return answer{status: http.StatusOK, body: figures}
}
