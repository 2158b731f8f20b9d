// Package database opens PostgreSQL, brings its schema up to date, and holds the shared part of the schema's
// rules.
package database

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"

	"github.com/lib/pq" // certctl's driver, which honours the PG* variables (facts: database-variables)

	"certctl.test/contract/internal/config"
)

// Open makes the pool and pings once. There is no retry: whoever starts this must wait for the database first
// (facts: migrations).
func Open(ctx context.Context, settings config.Database) (*sql.DB, error) {
	connector, err := pq.NewConnector(settings.URL)
	if err != nil {
		// certctl logs the whole URL, with a password in it, when it cannot be read
		// (facts: the-password-in-the-url). The stand-in keeps that fault on purpose: it makes a deployment that
		// puts the password there visible in the logs.
		return nil, fmt.Errorf("failed to open database %s: %w", settings.URL, err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(settings.MaxConnections)
	db.SetMaxIdleConns(settings.MaxConnections / 5)
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("failed to ping database: %w", err)
	}
	return db, nil
}

// Migrations are the files of CERTCTL_DATABASE_MIGRATIONS_PATH, or those in the binary when it is not set.
func Migrations(settings config.Database, files config.Files) (fs.FS, error) {
	if settings.MigrationsPath == "" {
		return fs.Sub(embedded, "migrations")
	}
	folder := files.Path(settings.MigrationsPath)
	if _, err := os.Stat(folder); err != nil {
		return nil, fmt.Errorf("CERTCTL_DATABASE_MIGRATIONS_PATH: %w", err)
	}
	return os.DirFS(folder), nil
}
