package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"certctl.test/contract/internal/access"
	"certctl.test/contract/internal/config"
	"certctl.test/contract/internal/database"
	"certctl.test/contract/internal/httpapi"
	"certctl.test/contract/internal/issuers"
	"certctl.test/contract/internal/scheduler"
)

// application is what a boot builds up, step by step.
type application struct {
	settings    config.Config
	log         *slog.Logger
	db          *sql.DB
	keys        *access.Keyring
	issuers     *issuers.Registry
	metrics     *httpapi.Metrics
	scheduler   *scheduler.Scheduler
	certificate certificate
}

// steps is certctl's order (facts: boot-order), after the configuration check. Each may refuse; there is no
// retry.
func (app *application) steps() []step {
	return []step{
		{"database", app.openDatabase},
		{"migrations", app.migrate},
		{"encryption key", app.checkEncryptionKey},
		{"demo grant", app.checkDemoGrant},
		{"named-key roles", func(ctx context.Context) error { return app.keys.Backfill(ctx, app.db) }},
		{"persisted API keys", func(ctx context.Context) error { return app.keys.LoadPersisted(ctx, app.db) }},
		{"session signing key", app.ensureSigningKey},
		{"issuer seed", func(ctx context.Context) error { return issuers.Seed(ctx, app.db, app.settings, app.log) }},
		{"issuer registry", app.loadIssuers},
		{"scheduler", app.startScheduler},
		{"EST, SCEP and CA files", app.checkFiles},
		{"EST and SCEP issuers", app.checkEnrollmentIssuers},
		{"TLS", app.loadCertificate},
	}
}

type step struct {
	name string
	run  func(context.Context) error
}

// boot runs the steps. An error ends the process with 1.
func boot(ctx context.Context, settings config.Config, log *slog.Logger) (*application, error) {
	app := &application{
		settings: settings, log: log,
		keys: access.NewKeyring(settings.Auth), metrics: &httpapi.Metrics{Started: settings.Now()},
	}
	for _, step := range app.steps() {
		began := time.Now()
		if err := step.run(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", step.name, err)
		}
		log.Debug("boot", "step", step.name, "seconds", time.Since(began).Seconds())
	}
	return app, nil
}

func (app *application) openDatabase(ctx context.Context) (err error) {
	app.db, err = database.Open(ctx, app.settings.Database)
	return err
}

// migrate is skipped when a Job does it. Nothing looks at the schema's version then: an empty one fails at
// the next step, an older or newer one is used as it is (facts: migrations).
func (app *application) migrate(ctx context.Context) error {
	if app.settings.Database.MigrationsViaHook {
		app.log.Info("migrations are left to the hook")
		return nil
	}
	return database.Prepare(ctx, app.db, app.settings, app.log)
}

// checkEncryptionKey refuses to run without a key where somebody has already used one
// (facts: refusals-to-start).
func (app *application) checkEncryptionKey(ctx context.Context) error {
	var written bool
	const query = `SELECT EXISTS (SELECT FROM issuers WHERE source = 'database') OR EXISTS (SELECT FROM deployment_targets WHERE source = 'database')`
	if err := app.db.QueryRowContext(ctx, query).Scan(&written); err != nil {
		return err
	}
	if app.settings.EncryptionKey != "" {
		return nil
	}
	if written {
		return config.Refusal{Variable: "CERTCTL_CONFIG_ENCRYPTION_KEY", Reason: "is required: the database holds issuers or targets written over the API"}
	}
	app.log.Warn("CERTCTL_CONFIG_ENCRYPTION_KEY is empty: issuers of the environment are stored in clear, and none can be written over the API")
	return nil
}

func (app *application) checkDemoGrant(ctx context.Context) error {
	holds, err := access.DemoHoldsRole(ctx, app.db)
	if err != nil || !holds {
		return err
	}
	if app.settings.Auth.ResidualStrict {
		reason := access.DemoActor + " still holds a role; call POST /api/v1/auth/demo-residual/cleanup first"
		return config.Refusal{Variable: "CERTCTL_DEMO_MODE_RESIDUAL_STRICT", Reason: reason}
	}
	app.log.Warn("demo actor holds a role", "actor", access.DemoActor)
	return nil
}

// ensureSigningKey writes the first session key. Two replicas that start together write two
// (facts: boot-order). Existing ones are not opened.
func (app *application) ensureSigningKey(ctx context.Context) error {
	var there bool
	if err := app.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM session_signing_keys WHERE active)").Scan(&there); err != nil || there {
		return err
	}
	material := make([]byte, 32)
	if _, err := rand.Read(material); err != nil {
		return err
	}
	if app.settings.EncryptionKey != "" {
		var err error
		if material, err = (issuers.Cipher{Passphrase: app.settings.EncryptionKey}).Seal(material); err != nil {
			return err
		}
	}
	_, err := app.db.ExecContext(ctx, "INSERT INTO session_signing_keys (key_material_encrypted) VALUES ($1)", material)
	return err
}

func (app *application) loadIssuers(ctx context.Context) error {
	app.issuers = issuers.NewRegistry(app.db, app.settings, app.log)
	return app.issuers.Load(ctx)
}

// startScheduler comes before the listener: loops are already running when a profile or TLS file is refused
// (facts: boot-order).
func (app *application) startScheduler(ctx context.Context) error {
	env := app.settings.Environment
	app.scheduler = scheduler.Start(ctx, app.log,
		scheduler.Loop{Name: "agent health", Interval: env.Duration("CERTCTL_SCHEDULER_AGENT_HEALTH_CHECK_INTERVAL", 2*time.Minute), Run: app.markOffline},
		scheduler.Loop{Name: "CRL", Interval: positive(env.Duration("CERTCTL_CRL_GENERATION_INTERVAL", time.Hour)), Run: app.issuers.GenerateCRLs},
		scheduler.Loop{Name: "audit chain", Interval: positive(env.Duration("CERTCTL_AUDIT_CHAIN_VERIFY_INTERVAL", 6*time.Hour)),
			Run: func(ctx context.Context) error { return app.metrics.VerifyChain(ctx, app.db) }},
	)
	return nil
}

// positive keeps a loop whose interval certctl does not check from spinning.
func positive(interval time.Duration) time.Duration { return max(interval, time.Second) }

func (app *application) markOffline(ctx context.Context) error {
	_, err := app.db.ExecContext(ctx,
		"UPDATE agents SET status = 'Offline' WHERE status = 'Online' AND retired_at IS NULL AND last_heartbeat_at < now() - interval '5 minutes'")
	return err
}

func (app *application) checkFiles(context.Context) error {
	var all []error
	for _, refusal := range app.settings.Refusals(config.Boot) {
		all = append(all, refusal)
	}
	return errors.Join(all...)
}

func (app *application) checkEnrollmentIssuers(context.Context) error {
	for issuer, variable := range app.settings.EnrollmentIssuers() {
		if err := app.issuers.ServesCA(issuer); err != nil {
			return config.Refusal{Variable: variable, Reason: err.Error()}
		}
	}
	return nil
}

// loadCertificate reads the pair a second time (facts: refusals-to-start).
func (app *application) loadCertificate(context.Context) error {
	return app.certificate.load(app.settings)
}
