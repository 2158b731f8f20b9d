package main

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"certctl.test/contract/internal/config"
	"certctl.test/contract/internal/httpapi"
)

// schedulerWait is how long a shutdown waits for the scheduler (facts: shutdown-and-signals).
const schedulerWait = 30 * time.Second

// certificate is the pair being served.
type certificate struct {
	pair atomic.Pointer[tls.Certificate]
}

func (certificate *certificate) load(settings config.Config) error {
	pair, err := settings.Files.KeyPair(settings.TLSCertificatePath, settings.TLSKeyPath)
	if err != nil {
		return err
	}
	certificate.pair.Store(&pair)
	return nil
}

func (certificate *certificate) tls() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS13,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return certificate.pair.Load(), nil },
	}
}

// serve is a normal boot, then the requests, then the way out. Its result is the exit code.
func serve(ctx context.Context, settings config.Config, log *slog.Logger) int {
	app, err := boot(ctx, settings, log)
	if err != nil {
		var refusal config.Refusal
		errors.As(err, &refusal)
		log.Error("refused to start", "variable", refusal.Variable, "error", err.Error())
		return 1
	}
	audit := httpapi.NewAudit(app.db, log)
	api := &httpapi.API{
		DB: app.db, Settings: settings, Keys: app.keys, Issuers: app.issuers,
		Audit: audit, Metrics: app.metrics, Log: log, Version: version,
	}
	server := api.Server()
	server.TLSConfig = app.certificate.tls()

	listener, err := net.Listen("tcp", net.JoinHostPort(settings.Host, strconv.Itoa(settings.Port)))
	// Signals are taken from here on, and not before: until then SIGHUP and SIGTERM end the process at once
	// (facts: tls-is-read-once).
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	if err != nil {
		// The process stays up without a listener (facts: boot-order).
		log.Error("cannot listen", "error", err.Error())
	} else {
		log.Info("listening", "address", listener.Addr().String())
		go func() {
			if err := server.ServeTLS(listener, "", ""); !errors.Is(err, http.ErrServerClosed) {
				log.Error("listener ended", "error", err.Error())
			}
		}()
	}
	for received := range signals {
		if received != syscall.SIGHUP {
			log.Info("stopping", "signal", received.String())
			break
		}
		app.reload()
	}
	app.stop(server, audit)
	return 0
}

// reload is SIGHUP: the new pair, or the old one when the new one is no good. The SCEP RA pair and the CA
// pair need a restart.
func (app *application) reload() {
	if err := app.certificate.load(app.settings); err != nil {
		app.log.Error("TLS reload failed, the old certificate stays", "error", err.Error())
		return
	}
	app.log.Info("TLS certificate reloaded")
	for _, refusal := range app.settings.Refusals(config.Boot) {
		app.log.Error("trust bundle or profile file is no longer usable", "variable", refusal.Variable, "error", refusal.Error())
	}
}

// stop ends as certctl does (facts: shutdown-and-signals): the scheduler first, while requests are still
// answered; then the requests and the audit, which share one budget that has been running since the signal;
// then the database.
func (app *application) stop(server *http.Server, audit *httpapi.Audit) {
	budget, cancel := context.WithTimeout(context.Background(), app.settings.ShutdownBudget)
	defer cancel()
	if !app.scheduler.Stop(schedulerWait) {
		app.log.Warn("scheduler still busy, going on without it")
	}
	if err := server.Shutdown(budget); err != nil {
		app.log.Warn("requests cut off", "error", err.Error())
	}
	audit.Flush(budget)
	if err := app.db.Close(); err != nil {
		app.log.Warn("database", "error", err.Error())
	}
	app.log.Info("stopped")
}
