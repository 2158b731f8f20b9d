package httpapi

import (
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"certctl.test/contract/internal/access"
)

// agent is in the order of the API's JSON: enroll.sh in integration/testdata reads "id" and "name" at the
// start of an object.
type agent struct {
	ID              string     `json:"id"`
	Name            string     `json:"name"`
	Hostname        string     `json:"hostname"`
	Status          string     `json:"status"`
	RegisteredAt    time.Time  `json:"registered_at"`
	LastHeartbeatAt *time.Time `json:"last_heartbeat_at"`
}

const (
	defaultPage = 50
	largestPage = 500 // (facts: provisioning-calls)
)

var registrations atomic.Int64

// registerAgent needs one bearer that is both a key with agent.edit and the agent bootstrap token (facts:
// registration). An id in the body is not looked at; a name stays taken by a retired agent
// (facts: provisioning-calls).
func (api *API) registerAgent(r *http.Request, _ string) answer {
	key, _ := bearer(r)
	token := api.Settings.Auth.BootstrapToken
	if token != "" && subtle.ConstantTimeCompare([]byte(key), []byte(token)) != 1 {
		return failure(http.StatusUnauthorized, "the bearer is not the agent bootstrap token")
	}
	body, err := decode[agent](r)
	if err != nil || body.Name == "" || body.Hostname == "" {
		return failure(http.StatusBadRequest, "an agent needs a name and a hostname")
	}
	registered := agent{ID: fmt.Sprintf("agent-%d-%d", time.Now().UnixNano(), registrations.Add(1)), Name: body.Name, Hostname: body.Hostname, Status: "Online"}
	// Registration itself sets Online and the first heartbeat: proof of life is a later one
	// (facts: registration).
	err = api.DB.QueryRowContext(r.Context(),
		"INSERT INTO agents (id, name, hostname, status, last_heartbeat_at) VALUES ($1, $2, $3, $4, now()) RETURNING registered_at, last_heartbeat_at",
		registered.ID, registered.Name, registered.Hostname, registered.Status).Scan(&registered.RegisteredAt, &registered.LastHeartbeatAt)
	switch {
	case access.IsDuplicate(err):
		return failure(http.StatusConflict, "an agent of this name exists")
	case err != nil:
		return api.internal(err)
	}
	return answer{status: http.StatusCreated, body: registered}
}

// listAgents does not show retired agents.
func (api *API) listAgents(r *http.Request, _ string) answer {
	page, size := positive(r, "page", 1), min(positive(r, "per_page", defaultPage), largestPage)
	var total int
	if err := api.DB.QueryRowContext(r.Context(), "SELECT count(*) FROM agents WHERE retired_at IS NULL").Scan(&total); err != nil {
		return api.internal(err)
	}
	const query = `SELECT id, name, hostname, status, registered_at, last_heartbeat_at FROM agents
		WHERE retired_at IS NULL ORDER BY registered_at, id LIMIT $1 OFFSET $2`
	rows, err := api.DB.QueryContext(r.Context(), query, size, (page-1)*size)
	if err != nil {
		return api.internal(err)
	}
	defer rows.Close()
	agents := []agent{}
	for rows.Next() {
		var row agent
		if err := rows.Scan(&row.ID, &row.Name, &row.Hostname, &row.Status, &row.RegisteredAt, &row.LastHeartbeatAt); err != nil {
			return api.internal(err)
		}
		agents = append(agents, row)
	}
	if err := rows.Err(); err != nil {
		return api.internal(err)
	}
	return answer{status: http.StatusOK, body: map[string]any{"data": agents, "total": total, "page": page, "per_page": size}}
}

func positive(r *http.Request, name string, fallback int) int {
	if value, err := strconv.Atoi(r.URL.Query().Get(name)); err == nil && value > 0 {
		return value
	}
	return fallback
}

func (api *API) retireAgent(r *http.Request, _ string) answer {
	const update = "UPDATE agents SET retired_at = now(), status = 'Retired' WHERE id = $1 AND retired_at IS NULL"
	result, err := api.DB.ExecContext(r.Context(), update, r.PathValue("agent"))
	if err != nil {
		return api.internal(err)
	}
	if count, err := result.RowsAffected(); err != nil || count == 0 {
		return failure(http.StatusNotFound, "no such agent")
	}
	return answer{status: http.StatusNoContent}
}

func (api *API) heartbeat(r *http.Request, _ string) answer {
	if refused := api.livingAgent(r); refused != nil {
		return *refused
	}
	_, err := api.DB.ExecContext(r.Context(), "UPDATE agents SET last_heartbeat_at = now(), status = 'Online' WHERE id = $1", r.PathValue("agent"))
	if err != nil {
		return api.internal(err)
	}
	return answer{status: http.StatusOK, body: map[string]string{"status": "ok"}}
}

// work gives an agent its Pending jobs.
func (api *API) work(r *http.Request, _ string) answer {
	if refused := api.livingAgent(r); refused != nil {
		return *refused
	}
	rows, err := api.DB.QueryContext(r.Context(),
		"SELECT id, type, certificate_id FROM jobs WHERE agent_id = $1 AND status = 'Pending' ORDER BY created_at", r.PathValue("agent"))
	if err != nil {
		return api.internal(err)
	}
	defer rows.Close()
	jobs := []map[string]string{}
	for rows.Next() {
		var id, kind, certificate string
		if err := rows.Scan(&id, &kind, &certificate); err != nil {
			return api.internal(err)
		}
		jobs = append(jobs, map[string]string{"id": id, "type": kind, "certificate_id": certificate})
	}
	if err := rows.Err(); err != nil {
		return api.internal(err)
	}
	return answer{status: http.StatusOK, body: map[string]any{"jobs": jobs}}
}

func (api *API) reportJob(r *http.Request, _ string) answer {
	body, err := decode[struct{ Status, Error string }](r)
	if err != nil || (body.Status != "Completed" && body.Status != "Failed") {
		return failure(http.StatusBadRequest, "status must be Completed or Failed")
	}
	_, err = api.DB.ExecContext(r.Context(), "UPDATE jobs SET status = $3, last_error = $4 WHERE id = $1 AND agent_id = $2",
		r.PathValue("job"), r.PathValue("agent"), body.Status, body.Error)
	if err != nil {
		return api.internal(err)
	}
	return answer{status: http.StatusNoContent}
}

// livingAgent refuses a retired agent with 410, and one that was never registered with 500, as certctl does
// (facts: agent-behaviour).
func (api *API) livingAgent(r *http.Request) *answer {
	var retired bool
	err := api.DB.QueryRowContext(r.Context(), "SELECT retired_at IS NOT NULL FROM agents WHERE id = $1", r.PathValue("agent")).Scan(&retired)
	var refused answer
	switch {
	case errors.Is(err, sql.ErrNoRows):
		refused = failure(http.StatusInternalServerError, "unknown agent")
	case err != nil:
		refused = api.internal(err)
	case retired:
		refused = failure(http.StatusGone, "this agent was retired")
	default:
		return nil
	}
	return &refused
}
