package httpapi

import (
	"context"
	"net/http"
	"strings"

	"certctl.test/contract/internal/access"
)

type actorHolder struct{ name string }

type actorKey struct{}

// guard lets a request in when its bearer is known and one of its roles has the permission; no permission
// means any known bearer.
func (api *API) guard(permission string, next handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		actor, known := api.actor(r)
		if !known {
			failure(http.StatusUnauthorized, "missing or unknown bearer").write(w)
			return
		}
		noteActor(r.Context(), actor)
		if permission != "" {
			allowed, err := access.Allowed(r.Context(), api.DB, actor, permission)
			if err != nil {
				api.internal(err).write(w)
				return
			}
			if !allowed {
				failure(http.StatusForbidden, actor+" lacks "+permission).write(w)
				return
			}
		}
		next(r, actor).write(w)
	})
}

func (api *API) actor(request *http.Request) (string, bool) {
	if api.Settings.Auth.Type == "none" {
		return access.DemoActor, true
	}
	key, isBearer := bearer(request)
	if !isBearer {
		return "", false
	}
	return api.Keys.Actor(key)
}

func bearer(request *http.Request) (string, bool) {
	return strings.CutPrefix(request.Header.Get("Authorization"), "Bearer ")
}

// noteActor tells the audit, which is outside of the guard, who it was.
func noteActor(ctx context.Context, actor string) {
	if holder, ok := ctx.Value(actorKey{}).(*actorHolder); ok {
		holder.name = actor
	}
}
