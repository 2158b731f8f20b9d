//go:build tools

// Package kwok pins KWOK, the simulated kubelet.
package kwok

import _ "sigs.k8s.io/kwok/cmd/kwok"
