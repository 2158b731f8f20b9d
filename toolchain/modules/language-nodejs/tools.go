//go:build tools

// Package languagenodejs pins the Node.js language host: v3.68.0 is the last version that ships inside the
// sdk module.
package languagenodejs

import _ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
