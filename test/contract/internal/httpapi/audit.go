package httpapi

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Audit writes a row for every API call: heartbeats, polls and scrapes too (facts: audit-events). Rows are
// written beside the answer, so calls that come together are chained in another order than their times say.
type Audit struct {
	db      *sql.DB
	log     *slog.Logger
	writing sync.WaitGroup
	writers chan struct{}
}

const (
	auditTimeout = 10 * time.Second
	// auditWriters is how many rows are on their way at once. The chain lets one in at a time, so more would
	// only take connections away from the requests.
	auditWriters = 4
)

func NewAudit(db *sql.DB, log *slog.Logger) *Audit {
	return &Audit{db: db, log: log, writers: make(chan struct{}, auditWriters)}
}

func (audit *Audit) record(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/api/v1/") {
			next.ServeHTTP(w, r)
			return
		}
		actor := &actorHolder{name: "anonymous"}
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r.WithContext(context.WithValue(r.Context(), actorKey{}, actor)))
		action, resource, status := r.Method, r.URL.Path, seen.status
		audit.writing.Go(func() { audit.write(actor.name, action, resource, status) })
	})
}

func (audit *Audit) write(actor, action, resource string, status int) {
	audit.writers <- struct{}{}
	defer func() { <-audit.writers }()
	ctx, cancel := context.WithTimeout(context.Background(), auditTimeout)
	defer cancel()
	details, err := json.Marshal(map[string]int{"status": status})
	if err == nil {
		_, err = audit.db.ExecContext(ctx, "INSERT INTO audit_events (id, actor, action, resource, details) VALUES ($1, $2, $3, $4, $5)",
			"audit-"+rand.Text(), actor, action, resource, string(details))
	}
	if err != nil {
		audit.log.Warn("audit row lost", "action", action, "resource", resource, "error", err.Error())
	}
}

// Flush waits for rows that are being written, as long as the context lasts.
func (audit *Audit) Flush(ctx context.Context) {
	done := make(chan struct{})
	go func() { audit.writing.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
		audit.log.Warn("audit rows left unwritten at shutdown")
	}
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (writer *statusWriter) WriteHeader(status int) {
	writer.status = status
	writer.ResponseWriter.WriteHeader(status)
}
