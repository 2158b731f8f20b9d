package database

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"

	"certctl.test/contract/internal/config"
)

//go:embed migrations/*.up.sql
var embedded embed.FS

//go:embed seed.sql
var seed string

// migrationLock is certctl's own (facts: migrations). It belongs to the session, so all of Migrate runs on
// one connection, and a pooler in transaction mode between here and the database would break it.
const migrationLock = 7283164759461502341

// Migrate applies the files that are not in the ledger yet, in the order of their names, each in a
// transaction of its own. Several callers may run it at once: the others wait without limit, and then find
// nothing to do.
func Migrate(ctx context.Context, db *sql.DB, files fs.FS, failing string, log *slog.Logger) error {
	connection, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer connection.Close()
	if _, err := connection.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return fmt.Errorf("migration lock: %w", err)
	}
	defer connection.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(migrationLock))

	applied, err := ledger(ctx, connection)
	if err != nil {
		return fmt.Errorf("schema_migrations: %w", err)
	}
	versions, err := fs.Glob(files, "*.up.sql")
	if err != nil {
		return err
	}
	slices.Sort(versions)
	for _, version := range versions {
		if applied[version] {
			continue
		}
		statements, err := fs.ReadFile(files, version)
		if err != nil {
			return err
		}
		if err := apply(ctx, connection, version, string(statements)); err != nil {
			return fmt.Errorf("migration %s: %w", version, err)
		}
		log.Info("migration applied", "version", version)
	}
	if failing != "" {
		err := apply(ctx, connection, failing, "DO $$ BEGIN RAISE EXCEPTION 'this migration was made to fail'; END $$")
		return fmt.Errorf("migration %s (CONTRACT_FAIL_MIGRATION): %w", failing, err)
	}
	return nil
}

// ledger makes the table when it is not there. A version is a whole file name (facts: migrations).
func ledger(ctx context.Context, connection *sql.Conn) (map[string]bool, error) {
	const create = "CREATE TABLE IF NOT EXISTS schema_migrations (version TEXT PRIMARY KEY, applied_at TIMESTAMPTZ NOT NULL DEFAULT now())"
	if _, err := connection.ExecContext(ctx, create); err != nil {
		return nil, err
	}
	rows, err := connection.QueryContext(ctx, "SELECT version FROM schema_migrations")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	applied := map[string]bool{}
	for rows.Next() {
		var version string
		if err := rows.Scan(&version); err != nil {
			return nil, err
		}
		applied[version] = true
	}
	return applied, rows.Err()
}

func apply(ctx context.Context, connection *sql.Conn, version, statements string) error {
	transaction, err := connection.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer transaction.Rollback()
	if _, err := transaction.ExecContext(ctx, statements); err != nil {
		return err
	}
	if _, err := transaction.ExecContext(ctx, "INSERT INTO schema_migrations (version) VALUES ($1)", version); err != nil {
		return err
	}
	return transaction.Commit()
}

// Seed writes the baseline rows. It is not under the lock, and so may run twice at once (facts: migrations).
func Seed(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, seed)
	return err
}

// Prepare is migrations and seed, as --migrate-only and a normal boot do them.
func Prepare(ctx context.Context, db *sql.DB, settings config.Config, log *slog.Logger) error {
	files, err := Migrations(settings.Database, settings.Files)
	if err != nil {
		return err
	}
	if err := Migrate(ctx, db, files, settings.Environment("CONTRACT_FAIL_MIGRATION"), log); err != nil {
		return err
	}
	if err := Seed(ctx, db); err != nil {
		return fmt.Errorf("baseline seed: %w", err)
	}
	return nil
}
