// Package access knows who a bearer is and what an actor may do.
package access

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"strings"

	"certctl.test/contract/internal/config"
)

// DemoActor is who everybody is with CERTCTL_AUTH_TYPE=none; its admin role is in every database until it is
// cleaned up (facts: the-demo-actor).
const DemoActor = "actor-demo-anon"

// Keyring maps the hash of a key to its actor.
type Keyring struct {
	actors map[[sha256.Size]byte]string
	names  []string
	admins map[string]bool
}

// NewKeyring reads the keys of the environment. CERTCTL_AUTH_SECRET counts only when there are no named keys
// (facts: keys-and-roles).
func NewKeyring(auth config.Auth) *Keyring {
	keyring := &Keyring{actors: map[[sha256.Size]byte]string{}, admins: map[string]bool{}}
	for _, named := range auth.Keys() {
		keyring.add(named.Name, sha256.Sum256([]byte(named.Key)), named.Admin)
	}
	if len(keyring.names) == 0 {
		for i, key := range strings.Split(auth.Secret, ",") {
			if key != "" {
				keyring.add(fmt.Sprintf("legacy-key-%d", i), sha256.Sum256([]byte(key)), false)
			}
		}
	}
	return keyring
}

func (keyring *Keyring) add(name string, hash [sha256.Size]byte, admin bool) {
	if _, seen := keyring.admins[name]; !seen {
		keyring.names = append(keyring.names, name)
	}
	keyring.actors[hash] = name
	keyring.admins[name] = admin
}

// Actor is whose key this is. Looking up the hash takes the same time for every wrong key.
func (keyring *Keyring) Actor(key string) (name string, found bool) {
	name, found = keyring.actors[sha256.Sum256([]byte(key))]
	return name, found
}

func (keyring *Keyring) Knows(name string) bool { _, known := keyring.admins[name]; return known }

// LoadPersisted adds the keys that a bootstrap call once wrote.
func (keyring *Keyring) LoadPersisted(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, "SELECT name, key_hash, admin FROM api_keys")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var hash []byte
		var admin bool
		if err := rows.Scan(&name, &hash, &admin); err != nil {
			return err
		}
		if len(hash) == sha256.Size {
			keyring.add(name, [sha256.Size]byte(hash), admin)
		}
	}
	return rows.Err()
}

// Backfill grants each key its first role at every boot: rows pile up, and a role that was taken away comes
// back (facts: boot-order).
func (keyring *Keyring) Backfill(ctx context.Context, db *sql.DB) error {
	for _, name := range keyring.names {
		role := "r-viewer"
		if keyring.admins[name] {
			role = "r-admin"
		}
		if err := Grant(ctx, db, name, role); err != nil {
			return err
		}
	}
	return nil
}
