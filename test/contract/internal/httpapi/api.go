// Package httpapi is the server's HTTP surface as far as a deployment meets it (facts: http-surface).
package httpapi

import (
	"database/sql"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"certctl.test/contract/internal/access"
	"certctl.test/contract/internal/config"
	"certctl.test/contract/internal/issuers"
)

// API answers requests. Version is what /api/v1/version says.
type API struct {
	DB       *sql.DB
	Settings config.Config
	Keys     *access.Keyring
	Issuers  *issuers.Registry
	Audit    *Audit
	Metrics  *Metrics
	Log      *slog.Logger
	Version  string
}

// Handler is all routes behind the per-address limiter, which comes before authentication and before the
// probes too (facts: rate-limits, http-surface).
func (api *API) Handler() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /health", api.health)
	routes.HandleFunc("GET /ready", api.ready)
	routes.HandleFunc("GET /.well-known/pki/crl/{issuer}", api.crl)
	routes.HandleFunc("GET /.well-known/pki/ocsp/{issuer}/{serial}", api.ocsp)
	routes.HandleFunc("POST /.well-known/pki/ocsp/{issuer}", api.ocsp)
	routes.HandleFunc("/", dashboard)

	routes.HandleFunc("GET /api/v1/version", api.version)
	routes.HandleFunc("GET /api/v1/auth/info", api.authInfo)
	guarded := map[string]struct {
		permission string
		handle     handler
	}{
		"GET /api/v1/metrics":                           {"metrics.read", api.metricsJSON},
		"GET /api/v1/metrics/prometheus":                {"metrics.read", api.metricsText},
		"GET /api/v1/auth/roles":                        {"auth.role.list", api.listRoles},
		"POST /api/v1/auth/roles":                       {"auth.role.create", api.createRole},
		"POST /api/v1/auth/roles/{role}/permissions":    {"auth.role.create", api.addPermission},
		"GET /api/v1/auth/keys":                         {"auth.key.list", api.listKeys},
		"POST /api/v1/auth/keys/{key}/roles":            {"auth.role.assign", api.grantRole},
		"POST /api/v1/auth/demo-residual/cleanup":       {"auth.role.assign", api.cleanUpDemo},
		"GET /api/v1/issuers":                           {"issuer.read", api.listIssuers},
		"POST /api/v1/issuers":                          {"issuer.edit", api.createIssuer},
		"GET /api/v1/agents":                            {"agent.read", api.listAgents},
		"POST /api/v1/agents":                           {"agent.edit", api.registerAgent},
		"DELETE /api/v1/agents/{agent}":                 {"agent.retire", api.retireAgent},
		"POST /api/v1/agents/{agent}/heartbeat":         {"agent.heartbeat", api.heartbeat},
		"GET /api/v1/agents/{agent}/work":               {"agent.job.poll", api.work},
		"POST /api/v1/agents/{agent}/jobs/{job}/status": {"agent.job.report", api.reportJob},
	}
	for pattern, route := range guarded {
		routes.Handle(pattern, api.guard(route.permission, route.handle))
	}
	routes.Handle("/api/v1/", api.guard("", func(r *http.Request, _ string) answer { return failure(http.StatusNotFound, "not found") }))

	limited := limitBody(api.Settings.MaxBodySize, api.Audit.record(routes))
	if !api.Settings.RateLimit.Enabled {
		return limited
	}
	return newLimiter(api.Settings.RateLimit).before(limited)
}

// Server has certctl's time limits (facts: shutdown-and-signals).
func (api *API) Server() *http.Server {
	return &http.Server{
		Handler:           api.Handler(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      120 * time.Second,
		IdleTimeout:       60 * time.Second,
		ErrorLog:          slog.NewLogLogger(api.Log.Handler(), slog.LevelDebug), // half-open connections are not worth a line
	}
}

// answer is a status with a body: JSON, or text with a type of its own.
type answer struct {
	status int
	body   any
	text   []byte
	kind   string
}

// handler gets the actor that the guard has let in.
type handler func(request *http.Request, actor string) answer

func failure(status int, message string) answer {
	return answer{status: status, body: map[string]string{"error": message}}
}

func (answer answer) write(w http.ResponseWriter) {
	if answer.kind != "" {
		w.Header().Set("Content-Type", answer.kind)
		w.WriteHeader(answer.status)
		_, _ = w.Write(answer.text)
		return
	}
	if answer.body == nil {
		w.WriteHeader(answer.status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(answer.status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(answer.body)
}

func (api *API) internal(err error) answer {
	api.Log.Error("request", "error", err.Error())
	return failure(http.StatusInternalServerError, "internal error")
}

// decode reads a JSON body.
func decode[T any](request *http.Request) (value T, err error) {
	err = json.NewDecoder(request.Body).Decode(&value)
	return value, err
}

func limitBody(limit int64, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		next.ServeHTTP(w, r)
	})
}
