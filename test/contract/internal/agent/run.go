package agent

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"
)

// Run beats and polls until the context ends or the server answers that this agent was retired; both are a
// good end (facts: agent-behaviour). Any other answer, also the 500 that an unknown ID gets, makes it wait
// longer and go on.
func Run(ctx context.Context, settings Settings, log *slog.Logger) error {
	client, err := newClient(settings)
	if err != nil {
		return err
	}
	if err := settings.hardenKeyDirectory(); err != nil {
		log.Error("key directory", "path", settings.KeyDirectory, "error", err.Error())
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go settings.discover(ctx, log)

	retired := func(step string, err error) {
		log.Warn("retired, leaving", "step", step)
		stop(err)
	}
	beats := repeat{
		name: "heartbeat", interval: settings.HeartbeatInterval, delay: settings.StartDelay,
		longest: settings.LongestBackOff, step: client.heartbeat, retired: retired,
	}
	polls := repeat{
		// The poll starts after the heartbeat's delay and up to half of it more: 60 s + 30 s
		// (facts: agent-behaviour).
		name: "work poll", interval: settings.PollInterval, delay: settings.StartDelay * 3 / 2,
		longest: settings.LongestBackOff, step: func(ctx context.Context) error { return client.doWork(ctx, log) }, retired: retired,
	}
	done := make(chan struct{})
	go func() { defer close(done); beats.run(ctx, log) }()
	polls.run(ctx, log)
	<-done
	return nil
}

func (client *client) doWork(ctx context.Context, log *slog.Logger) error {
	jobs, err := client.work(ctx)
	if err != nil {
		return err
	}
	for _, job := range jobs {
		made, failure := client.settings.ensureKey(job.CertificateID)
		if failure != nil {
			log.Error("job failed", "job", job.ID, "certificate", job.CertificateID, "error", failure.Error())
		} else {
			log.Info("job done", "job", job.ID, "certificate", job.CertificateID, "new_key", made)
		}
		if err := client.report(ctx, job, failure); err != nil {
			return err
		}
	}
	return nil
}

type repeat struct {
	name                     string
	interval, delay, longest time.Duration
	step                     func(context.Context) error
	retired                  func(string, error)
}

func (repeat repeat) run(ctx context.Context, log *slog.Logger) {
	wait := time.Duration(rand.Float64() * float64(repeat.delay))
	for failures := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		err := repeat.step(context.WithoutCancel(ctx)) // SIGTERM lets the current step end
		switch {
		case err == nil:
			failures = 0
			log.Debug(repeat.name + " accepted")
		case errors.Is(err, errRetired):
			repeat.retired(repeat.name, err)
			return
		default:
			failures++
			log.Error(repeat.name+" failed", "failures", failures, "error", err.Error())
		}
		wait = repeat.next(failures)
	}
}

// next is the interval ±10 %, doubled for each failure in a row up to the longest back-off.
func (repeat repeat) next(failures int) time.Duration {
	wait := repeat.interval
	for range failures {
		if wait *= 2; wait >= repeat.longest {
			wait = repeat.longest
			break
		}
	}
	return time.Duration(float64(wait) * (0.9 + 0.2*rand.Float64()))
}
