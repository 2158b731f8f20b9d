package config

import "fmt"

// Refusal is one reason not to start. Reason never holds the value of a secret.
type Refusal struct {
	Variable string
	Reason   string
}

func (refusal Refusal) Error() string { return refusal.Variable + ": " + refusal.Reason }

// Stage says how far a start would get before it meets a refusal.
type Stage int

const (
	// Configuration is checked first, by a normal boot and by --migrate-only alike (facts: migrations).
	Configuration Stage = iota
	// Boot follows the database in a normal boot only: EST and SCEP profiles come after the
	// scheduler (facts: boot-order).
	Boot
)

type check func(config *Config, refuse func(variable, format string, values ...any))

// row is one line of the table (facts: refusals-to-start).
type row struct {
	name  string
	stage Stage
	check check
}

// rows is that table in its order, without the lines that need a database; those are in
// cmd/server/boot.go.
var rows = []row{
	{"server port", Configuration, checkPort},
	{"server TLS pair", Configuration, checkTLSPair},
	{"encryption key", Configuration, checkEncryptionKey},
	{"rate limit backend, janitor interval", Configuration, checkRateLimit},
	{"database URL, connections", Configuration, checkDatabase},
	{"log level, format", Configuration, checkLog},
	{"auth type", Configuration, checkAuthType},
	{"api-key mode", Configuration, checkAPIKeyMode},
	{"none mode", Configuration, checkNoneMode},
	{"agent bootstrap token", Configuration, checkBootstrapToken},
	{"demo acknowledgement", Configuration, checkDemoAcknowledgement},
	{"keygen mode, CORS", Configuration, checkKeygenAndCORS},
	{"ACME insecure", Configuration, checkACMEInsecure},
	{"named keys", Configuration, checkNamedKeys},
	{"SCEP profiles: settings", Configuration, checkSCEPSettings},
	{"SCEP profiles: files", Boot, checkSCEPFiles},
	{"EST profiles: settings", Configuration, checkESTSettings},
	{"EST profiles: files", Boot, checkESTFiles},
	{"scheduler intervals", Configuration, checkScheduler},
	{"CA pair: both or none (2.7)", Configuration, checkCAPairSet},
	{"CA pair: files (2.7)", Boot, checkCAPairFiles},
}

// Refusals are all reasons of one stage, in the order of the facts.
func (config *Config) Refusals(stage Stage) []Refusal {
	var refusals []Refusal
	for _, row := range rows {
		if row.stage != stage {
			continue
		}
		row.check(config, func(variable, format string, values ...any) {
			refusals = append(refusals, Refusal{Variable: variable, Reason: fmt.Sprintf(format, values...)})
		})
	}
	return refusals
}
