package httpapi

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"time"
)

// readyTimeout is how long /ready waits for the database (facts: http-surface).
const readyTimeout = 2 * time.Second

func (api *API) health(w http.ResponseWriter, _ *http.Request) {
	answer{status: http.StatusOK, body: map[string]string{"status": "healthy"}}.write(w)
}

func (api *API) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	if err := api.DB.PingContext(ctx); err != nil {
		answer{status: http.StatusServiceUnavailable, body: map[string]string{"status": "not ready", "database": "unreachable"}}.write(w)
		return
	}
	answer{status: http.StatusOK, body: map[string]string{"status": "ready"}}.write(w)
}

func (api *API) version(w http.ResponseWriter, _ *http.Request) {
	answer{status: http.StatusOK, body: map[string]string{"version": api.Version}}.write(w)
}

func (api *API) authInfo(w http.ResponseWriter, _ *http.Request) {
	answer{status: http.StatusOK, body: map[string]any{"auth_type": api.Settings.Auth.Type, "required": api.Settings.Auth.Type != "none"}}.write(w)
}

// dashboard answers every path nobody else does, with 200: also /readyz, /acme/* and /auth/oidc/*, which
// certctl's shipped image hides behind its dashboard (facts: hidden-routes). A probe of a wrong path is
// therefore always green.
func dashboard(w http.ResponseWriter, _ *http.Request) {
	answer{status: http.StatusOK, kind: "text/html; charset=utf-8", text: []byte("<!doctype html><title>dashboard of the stand-in</title>\n")}.write(w)
}

// ocsp tells whether an issuer is loaded, which is all it is good for at this version (facts:
// the-encryption-key).
func (api *API) ocsp(w http.ResponseWriter, r *http.Request) {
	api.Metrics.Count("request_" + map[string]string{http.MethodGet: "get", http.MethodPost: "post"}[r.Method])
	kind, found := api.Issuers.Kind(r.PathValue("issuer"))
	switch {
	case !found:
		api.Metrics.Count("issuer_not_found")
		http.Error(w, "issuer not found", http.StatusNotFound)
	case kind == "local":
		api.Metrics.Count("signing_failed")
		http.Error(w, "failed to sign the OCSP response", http.StatusInternalServerError)
	default:
		http.Error(w, "OCSP is not supported by this issuer", http.StatusNotImplemented)
	}
}

// crl comes from the cache in the database, whether this process has loaded the issuer or not.
func (api *API) crl(w http.ResponseWriter, r *http.Request) {
	var der []byte
	err := api.DB.QueryRowContext(r.Context(), "SELECT crl_der FROM crl_cache WHERE issuer_id = $1", r.PathValue("issuer")).Scan(&der)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		http.Error(w, "no CRL for this issuer", http.StatusNotFound)
	case err != nil:
		api.internal(err).write(w)
	default:
		answer{status: http.StatusOK, kind: "application/pkix-crl", text: der}.write(w)
	}
}
