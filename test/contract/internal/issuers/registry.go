// Package issuers keeps certificate authorities: their rows, their sealed configurations, and those this
// process has loaded.
package issuers

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"certctl.test/contract/internal/config"
)

// Issuer is a row of the table. The order of its fields is the order of the API's JSON, which
// provision.sh in integration/testdata relies on.
type Issuer struct {
	ID      string            `json:"id"`
	Name    string            `json:"name"`
	Type    string            `json:"type"`
	Config  map[string]string `json:"config"`
	Enabled bool              `json:"enabled"`
	Source  string            `json:"source"`
}

var (
	ErrNoEncryptionKey = errors.New("issuers cannot be written without CERTCTL_CONFIG_ENCRYPTION_KEY")
	ErrUnknownType     = errors.New("unknown issuer type")
)

// Registry is the issuers this process can use. It belongs to the process: what one replica adds, the others
// do not know before their next start (facts: several-servers).
type Registry struct {
	db       *sql.DB
	settings config.Config
	sealer   Cipher
	log      *slog.Logger

	lock   sync.RWMutex
	loaded map[string]loaded
}

type loaded struct {
	kind  string
	local *localCA
}

func NewRegistry(db *sql.DB, settings config.Config, log *slog.Logger) *Registry {
	return &Registry{db: db, settings: settings, sealer: Cipher{Passphrase: settings.EncryptionKey}, log: log, loaded: map[string]loaded{}}
}

// Load opens every enabled row. One that cannot be opened is logged and left out; the server starts all the
// same, also with none at all (facts: the-encryption-key). That is the trap which provisioning has to catch.
func (registry *Registry) Load(ctx context.Context) error {
	rows, err := registry.db.QueryContext(ctx, "SELECT id, type, config, encrypted_config FROM issuers WHERE enabled ORDER BY id")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, kind string
		var plain, sealed []byte
		if err := rows.Scan(&id, &kind, &plain, &sealed); err != nil {
			return err
		}
		if err := registry.load(id, kind, plain, sealed); err != nil {
			registry.log.Warn("issuer not loaded", "issuer", id, "error", err.Error())
		}
	}
	registry.log.Info("issuer registry", "loaded", len(registry.loaded))
	return rows.Err()
}

func (registry *Registry) load(id, kind string, plain, sealed []byte) error {
	if sealed != nil {
		var err error
		if plain, err = registry.sealer.Open(sealed); err != nil {
			return err
		}
	}
	var values map[string]string
	if err := json.Unmarshal(plain, &values); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	issuer := loaded{kind: kind}
	if kind == "local" {
		var err error
		if issuer.local, err = newLocalCA(values, registry.settings); err != nil {
			return err
		}
	}
	registry.lock.Lock()
	defer registry.lock.Unlock()
	registry.loaded[id] = issuer
	return nil
}

// Kind is the type of a loaded issuer.
func (registry *Registry) Kind(id string) (kind string, found bool) {
	registry.lock.RLock()
	defer registry.lock.RUnlock()
	issuer, found := registry.loaded[id]
	return issuer.kind, found
}

// ServesCA says whether EST and SCEP can be built on an issuer (facts: refusals-to-start): the stand-in has a
// CA certificate of the local one only.
func (registry *Registry) ServesCA(id string) error {
	kind, found := registry.Kind(id)
	switch {
	case !found:
		return fmt.Errorf("issuer %q is not in the registry", id)
	case kind != "local":
		return fmt.Errorf("issuer %q (%s) cannot serve a CA certificate", id, kind)
	}
	return nil
}

// List is every row, with secrets hidden.
func (registry *Registry) List(ctx context.Context) ([]Issuer, error) {
	rows, err := registry.db.QueryContext(ctx, "SELECT id, name, type, config, enabled, source FROM issuers ORDER BY id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	issuers := []Issuer{}
	for rows.Next() {
		var issuer Issuer
		var plain []byte
		if err := rows.Scan(&issuer.ID, &issuer.Name, &issuer.Type, &plain, &issuer.Enabled, &issuer.Source); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(plain, &issuer.Config); err != nil {
			return nil, err
		}
		issuer.Config = issuer.redacted()
		issuers = append(issuers, issuer)
	}
	return issuers, rows.Err()
}

// Add writes an issuer of the API and loads it here, and here only.
func (registry *Registry) Add(ctx context.Context, issuer Issuer) error {
	if registry.sealer.Passphrase == "" {
		return ErrNoEncryptionKey // writes over the API fail without a key (facts: refusals-to-start)
	}
	if !knownType(issuer.Type) {
		return ErrUnknownType
	}
	if err := insert(ctx, registry.db, registry.sealer, issuer); err != nil {
		return err
	}
	plain, err := json.Marshal(issuer.Config)
	if err != nil {
		return err
	}
	return registry.load(issuer.ID, issuer.Type, plain, nil)
}

func knownType(kind string) bool {
	for _, row := range seedRows {
		if row.kind == kind {
			return true
		}
	}
	return false
}
