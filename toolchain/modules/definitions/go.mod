// Only files of these modules are used (toolchain/definitions.mjs). No package imports them, so `go mod tidy` would drop them.
module certctl.example/toolchain/definitions

go 1.26.0

require (
	github.com/cert-manager/cert-manager v1.21.2
	github.com/prometheus-operator/prometheus-operator v0.85.0
	sigs.k8s.io/gateway-api v1.6.3
)
