//go:build tools

// Package operator pins the Prometheus Operator, and the program that gives its Prometheus a new
// configuration.
package operator

import (
	_ "github.com/prometheus-operator/prometheus-operator/cmd/operator"
	_ "github.com/prometheus-operator/prometheus-operator/cmd/prometheus-config-reloader"
)
