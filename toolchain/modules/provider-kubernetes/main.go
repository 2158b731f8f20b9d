// The Pulumi Kubernetes provider, built from its Go module. The schema is left out: only SDK generation asks
// for it.
package main

import "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"

func main() {
	provider.Serve("kubernetes", "4.25.0", []byte("{}"), []byte("{}"))
}
