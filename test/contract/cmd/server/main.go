// Command server is a stand-in for the certctl server. It is not certctl: it was written from
// docs/certctl-facts.md alone, and behaves like it at the boundaries a deployment touches (see
// ../../README.md).
package main

import (
	"context"
	"log/slog"
	"os"
	"slices"

	"certctl.test/contract/internal/config"
	"certctl.test/contract/internal/database"
	"certctl.test/contract/internal/logging"
)

// version is set at build: -ldflags "-X main.version=…". The start line does not show it, see start.
var version = "stand-in"

func main() {
	settings := config.Load(config.ProcessEnvironment())
	log := logging.New(os.Stdout, settings.LogLevel)
	os.Exit(run(settings, log, os.Args[1:]))
}

// run is the whole program; its result is the exit code. One flag, an exact word at any place
// (facts: migrations); other words are not looked at.
// --check-config is the stand-in's own: it stops before the database.
func run(settings config.Config, log *slog.Logger, words []string) int {
	migrateOnly := slices.Contains(words, "--migrate-only")
	// certctl says 2.0.9 here whatever its version is (facts: the-images).
	log.Info("starting certctl server (stand-in of the contract tests)", "version", "2.0.9")

	refusals := settings.Refusals(config.Configuration)
	if slices.Contains(words, "--check-config") && len(refusals) == 0 && !migrateOnly {
		refusals = settings.Refusals(config.Boot)
	}
	if refused(log, refusals) {
		return 1
	}
	for _, warning := range settings.Warnings() {
		log.Warn("configuration", "warning", warning)
	}
	if slices.Contains(words, "--check-config") {
		log.Info("configuration accepted")
		return 0
	}

	ctx := context.Background()
	if migrateOnly {
		if err := migrateAndLeave(ctx, settings, log); err != nil {
			log.Error("migration failed", "error", err.Error())
			return 1
		}
		log.Info("migrations done")
		return 0
	}
	return serve(ctx, settings, log)
}

func refused(log *slog.Logger, refusals []config.Refusal) bool {
	for _, refusal := range refusals {
		log.Error("refused to start", "variable", refusal.Variable, "error", refusal.Error())
	}
	return len(refusals) > 0
}

// migrateAndLeave is --migrate-only after the configuration check. CERTCTL_MIGRATIONS_VIA_HOOK does not
// matter to it (facts: migrations).
func migrateAndLeave(ctx context.Context, settings config.Config, log *slog.Logger) error {
	db, err := database.Open(ctx, settings.Database)
	if err != nil {
		return err
	}
	defer db.Close()
	return database.Prepare(ctx, db, settings, log)
}
