package access

import (
	"context"
	"database/sql"
	"errors"

	"github.com/lib/pq"
)

// Role and Holder are in the order of the API's JSON: provision.sh in integration/testdata finds a role by
// "id" before "name" in one object.
type Role struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Permissions []string `json:"permissions"`
}

type Holder struct {
	ActorID   string   `json:"actor_id"`
	ActorType string   `json:"actor_type"`
	RoleIDs   []string `json:"role_ids"`
}

func Grant(ctx context.Context, db *sql.DB, actor, role string) error {
	_, err := db.ExecContext(ctx, "INSERT INTO actor_roles (actor_id, actor_type, role_id) VALUES ($1, 'APIKey', $2)", actor, role)
	return err
}

func Allowed(ctx context.Context, db *sql.DB, actor, permission string) (allowed bool, err error) {
	const query = `SELECT EXISTS (SELECT FROM actor_roles JOIN role_permissions USING (role_id) WHERE actor_id = $1 AND permission = $2)`
	err = db.QueryRowContext(ctx, query, actor, permission).Scan(&allowed)
	return allowed, err
}

func Roles(ctx context.Context, db *sql.DB) ([]Role, error) {
	const query = `SELECT id, name, description, coalesce(array_agg(permission ORDER BY permission) FILTER (WHERE permission IS NOT NULL), '{}')
		FROM roles LEFT JOIN role_permissions ON role_id = id GROUP BY id ORDER BY id`
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	roles := []Role{}
	for rows.Next() {
		var role Role
		if err := rows.Scan(&role.ID, &role.Name, &role.Description, pq.Array(&role.Permissions)); err != nil {
			return nil, err
		}
		roles = append(roles, role)
	}
	return roles, rows.Err()
}

// Holders are the actors that hold a role, each role once however many rows there are.
func Holders(ctx context.Context, db *sql.DB) ([]Holder, error) {
	const query = `SELECT actor_id, actor_type, array_agg(DISTINCT role_id) FROM actor_roles
		WHERE actor_type = 'APIKey' GROUP BY actor_id, actor_type ORDER BY actor_id`
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	holders := []Holder{}
	for rows.Next() {
		var holder Holder
		if err := rows.Scan(&holder.ActorID, &holder.ActorType, pq.Array(&holder.RoleIDs)); err != nil {
			return nil, err
		}
		holders = append(holders, holder)
	}
	return holders, rows.Err()
}

// DemoHoldsRole is what CERTCTL_DEMO_MODE_RESIDUAL_STRICT refuses (facts: refusals-to-start).
func DemoHoldsRole(ctx context.Context, db *sql.DB) (holds bool, err error) {
	err = db.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM actor_roles WHERE actor_id = $1)", DemoActor).Scan(&holds)
	return holds, err
}

func RemoveDemoRoles(ctx context.Context, db *sql.DB) (int64, error) {
	result, err := db.ExecContext(ctx, "DELETE FROM actor_roles WHERE actor_id = $1", DemoActor)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// IsDuplicate and IsMissing tell a unique and a foreign key that was violated.
func IsDuplicate(err error) bool { return hasCode(err, "23505") }
func IsMissing(err error) bool   { return hasCode(err, "23503") }

func hasCode(err error, code string) bool {
	var failure *pq.Error
	return errors.As(err, &failure) && string(failure.Code) == code
}
