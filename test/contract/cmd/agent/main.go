// Command agent is a stand-in for the certctl agent. It is not certctl: see ../../README.md.
package main

import (
	"context"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"certctl.test/contract/internal/agent"
	"certctl.test/contract/internal/config"
	"certctl.test/contract/internal/logging"
)

func main() { os.Exit(run(config.ProcessEnvironment(), os.Args[1:])) }

// run is the whole program; its result is the exit code. --check-config is the stand-in's own: it stops
// before the first connection.
func run(env config.Environment, words []string) int {
	settings := agent.Load(env)
	log := logging.New(os.Stdout, settings.LogLevel)
	log.Info("starting certctl-agent (stand-in of the contract tests)", "name", settings.Name, "id", settings.ID, "server", settings.ServerURL)

	refusals := settings.Refusals()
	for _, refusal := range refusals {
		log.Error("refused to start", "variable", refusal.Variable, "error", refusal.Error())
	}
	if len(refusals) > 0 {
		return 1
	}
	if slices.Contains(words, "--check-config") {
		log.Info("configuration accepted")
		return 0
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := agent.Run(ctx, settings, log); err != nil {
		log.Error("agent failed", "error", err.Error())
		return 1
	}
	log.Info("agent stopped")
	return 0
}
