//go:build tools

// Package prometheus pins Prometheus, of which Kubernetes is the only service discovery that is built
// (toolchain/engines.mjs).
package prometheus

import _ "github.com/prometheus/prometheus/cmd/prometheus"
