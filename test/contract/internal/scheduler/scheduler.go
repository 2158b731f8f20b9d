// Package scheduler runs loops: the first time at start, then at an interval ±10 % (facts: several-servers).
// There is no leader: every replica runs all.
package scheduler

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"
)

type Loop struct {
	Name     string
	Interval time.Duration
	Run      func(context.Context) error
}

type Scheduler struct {
	cancel context.CancelFunc
	loops  sync.WaitGroup
}

func Start(ctx context.Context, log *slog.Logger, loops ...Loop) *Scheduler {
	ctx, cancel := context.WithCancel(ctx)
	scheduler := &Scheduler{cancel: cancel}
	for _, loop := range loops {
		scheduler.loops.Go(func() {
			for {
				// A run that has begun is let finish: that is what the shutdown waits for.
				if err := loop.Run(context.WithoutCancel(ctx)); err != nil {
					log.Error("scheduler", "loop", loop.Name, "error", err.Error())
				}
				select {
				case <-ctx.Done():
					return
				case <-time.After(time.Duration(float64(loop.Interval) * (0.9 + 0.2*rand.Float64()))):
				}
			}
		})
	}
	return scheduler
}

// Stop ends the loops and waits for what they are doing, no longer than limit (facts: shutdown-and-signals).
// It says whether all came to an end.
func (scheduler *Scheduler) Stop(limit time.Duration) bool {
	scheduler.cancel()
	done := make(chan struct{})
	go func() { scheduler.loops.Wait(); close(done) }()
	select {
	case <-done:
		return true
	case <-time.After(limit):
		return false
	}
}
