package httpapi

import (
	"crypto/rand"
	"net/http"
	"strings"

	"certctl.test/contract/internal/access"
	"certctl.test/contract/internal/issuers"
)

func (api *API) listRoles(r *http.Request, _ string) answer {
	roles, err := access.Roles(r.Context(), api.DB)
	if err != nil {
		return api.internal(err)
	}
	return answer{status: http.StatusOK, body: map[string]any{"roles": roles}}
}

// createRole makes up an id, so that nobody can guess it from the name.
func (api *API) createRole(r *http.Request, _ string) answer {
	role, err := decode[access.Role](r)
	if err != nil || role.Name == "" {
		return failure(http.StatusBadRequest, "a role needs a name")
	}
	role.ID, role.Permissions = "r-"+strings.ToLower(rand.Text()[:12]), []string{}
	_, err = api.DB.ExecContext(r.Context(), "INSERT INTO roles (id, name, description) VALUES ($1, $2, $3)", role.ID, role.Name, role.Description)
	switch {
	case access.IsDuplicate(err):
		return failure(http.StatusConflict, "a role of this name exists")
	case err != nil:
		return api.internal(err)
	}
	return answer{status: http.StatusCreated, body: role}
}

func (api *API) addPermission(r *http.Request, _ string) answer {
	body, err := decode[struct{ Permission string }](r)
	if err != nil || body.Permission == "" {
		return failure(http.StatusBadRequest, "permission is required")
	}
	_, err = api.DB.ExecContext(r.Context(),
		"INSERT INTO role_permissions (role_id, permission) VALUES ($1, $2) ON CONFLICT DO NOTHING", r.PathValue("role"), body.Permission)
	switch {
	case access.IsMissing(err):
		return failure(http.StatusNotFound, "no such role or permission")
	case err != nil:
		return api.internal(err)
	}
	return answer{status: http.StatusNoContent}
}

func (api *API) listKeys(r *http.Request, _ string) answer {
	holders, err := access.Holders(r.Context(), api.DB)
	if err != nil {
		return api.internal(err)
	}
	return answer{status: http.StatusOK, body: map[string]any{"keys": holders}}
}

// grantRole answers 204 also when repeated, and adds a row each time (facts: provisioning-calls,
// roles-come-back).
func (api *API) grantRole(r *http.Request, _ string) answer {
	body, err := decode[struct {
		RoleID string `json:"role_id"`
	}](r)
	if err != nil || body.RoleID == "" {
		return failure(http.StatusBadRequest, "role_id is required")
	}
	if !api.Keys.Knows(r.PathValue("key")) {
		return failure(http.StatusNotFound, "no key of this name")
	}
	err = access.Grant(r.Context(), api.DB, r.PathValue("key"), body.RoleID)
	switch {
	case access.IsMissing(err):
		return failure(http.StatusNotFound, "no such role")
	case err != nil:
		return api.internal(err)
	}
	return answer{status: http.StatusNoContent}
}

func (api *API) cleanUpDemo(r *http.Request, _ string) answer {
	removed, err := access.RemoveDemoRoles(r.Context(), api.DB)
	if err != nil {
		return api.internal(err)
	}
	return answer{status: http.StatusOK, body: map[string]int64{"removed": removed}}
}

func (api *API) listIssuers(r *http.Request, _ string) answer {
	all, err := api.Issuers.List(r.Context())
	if err != nil {
		return api.internal(err)
	}
	return answer{status: http.StatusOK, body: map[string]any{"data": all, "total": len(all)}}
}

// createIssuer is for tests of the rules about rows whose source is the database (facts: refusals-to-start).
func (api *API) createIssuer(r *http.Request, _ string) answer {
	issuer, err := decode[issuers.Issuer](r)
	if err != nil || issuer.Name == "" {
		return failure(http.StatusBadRequest, "an issuer needs a name, a type and a flat config of strings")
	}
	issuer.ID, issuer.Source, issuer.Enabled = "iss-"+strings.ToLower(rand.Text()[:12]), "database", true
	if issuer.Config == nil {
		issuer.Config = map[string]string{}
	}
	if err := api.Issuers.Add(r.Context(), issuer); err != nil {
		if access.IsDuplicate(err) {
			return failure(http.StatusConflict, "an issuer of this name exists")
		}
		return failure(http.StatusInternalServerError, err.Error())
	}
	return answer{status: http.StatusCreated, body: issuer}
}
