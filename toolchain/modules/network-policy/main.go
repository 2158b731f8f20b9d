// network-policy makes one node enforce NetworkPolicy, with nftables. Started by the container runtime
// (CNI_COMMAND is set) it is a CNI plugin that reports a pod's address; else it is the enforcer, which
// watches the API server.
package main

import (
	"context"
	"flag"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if command := os.Getenv("CNI_COMMAND"); command != "" {
		if err := runPlugin(command); err != nil {
			os.Exit(1)
		}
		return
	}
	var given options
	flag.StringVar(&given.kubeconfig, "kubeconfig", "", "how to reach the API server")
	flag.StringVar(&given.podRange, "pod-range", "", "addresses of the pods, as a CIDR")
	flag.StringVar(&given.socket, "socket", "", "where the plugin reports pods")
	flag.StringVar(&given.state, "state", "", "file with the pods that were reported: an enforcer that is started again needs it")
	flag.StringVar(&given.health, "health", "", "address of /healthz, such as 127.0.0.1:8080")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, given); err != nil {
		slog.Error("network-policy ended", "error", err)
		os.Exit(1)
	}
}
