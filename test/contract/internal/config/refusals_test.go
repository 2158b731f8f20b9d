package config

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"certctl.test/contract/internal/testpki"
)

// secret stands in every value that must not be printed.
const secret = "do-not-print"

// folder holds the files the cases name, and a configuration that is accepted.
type folder struct {
	path string
	base map[string]string
}

func prepare(t *testing.T) folder {
	t.Helper()
	path := t.TempDir()
	now := time.Now()
	for name, kind := range map[string]testpki.Kind{
		"server": {}, "other": {}, "ca": {CA: true}, "old-ca": {CA: true, NotAfter: now.Add(-time.Hour)},
		"ra": {}, "old-ra": {NotAfter: now.Add(-time.Hour)}, "wide-ra": {}, "bundle": {CA: true}, "old-bundle": {CA: true, NotAfter: now.Add(-time.Hour)},
	} {
		testpki.Write(t, path, name, kind)
	}
	for name, content := range map[string]string{"empty": "", "not.pem": "hello"} {
		if err := os.WriteFile(filepath.Join(path, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// what a Secret volume with fsGroup looks like (facts: files-and-modes)
	if err := os.Chmod(filepath.Join(path, "wide-ra.key"), 0o640); err != nil {
		t.Fatal(err)
	}
	return folder{path: path, base: map[string]string{
		"CERTCTL_SERVER_TLS_CERT_PATH":  "FILE/server.crt",
		"CERTCTL_SERVER_TLS_KEY_PATH":   "FILE/server.key",
		"CERTCTL_AUTH_SECRET":           secret,
		"CERTCTL_AGENT_BOOTSTRAP_TOKEN": secret,
		"CERTCTL_CONFIG_ENCRYPTION_KEY": strings.Repeat(secret, 3),
	}}
}

// load puts "NAME=value NAME=value" over the base. FILE is the folder, SECRET the secret, NOW-30s a time in
// unix seconds; an empty value unsets.
func (folder folder) load(changes string) Config {
	values := map[string]string{}
	for name, value := range folder.base {
		values[name] = value
	}
	for change := range strings.FieldsSeq(changes) {
		name, value, _ := strings.Cut(change, "=")
		if age, isTime := strings.CutPrefix(value, "NOW"); isTime {
			offset, _ := time.ParseDuration(age)
			value = strconv.FormatInt(time.Now().Add(offset).Unix(), 10)
		}
		values["CERTCTL_"+name] = value
	}
	for name, value := range values {
		values[name] = strings.ReplaceAll(strings.ReplaceAll(value, "FILE", folder.path), "SECRET", secret)
	}
	return Load(environment(values))
}

func (config Config) allRefusals() []Refusal {
	return append(config.Refusals(Configuration), config.Refusals(Boot)...)
}

// TestEveryRowOfTheTable starts with each case of the table (facts: refusals-to-start), on both sides of its
// rule.
func TestEveryRowOfTheTable(t *testing.T) {
	folder := prepare(t)
	if refusals := folder.load("").allRefusals(); len(refusals) != 0 {
		t.Fatal("the base is refused: ", refusals)
	}
	sides := map[string][2]bool{}
	for _, test := range cases {
		t.Run(test.row+"/"+test.changes, func(t *testing.T) {
			settings := folder.load(test.changes)
			refusals := settings.allRefusals()
			side := sides[test.row]
			side[min(1, len(test.refused))] = true
			sides[test.row] = side
			switch {
			case test.refused == "" && len(refusals) > 0:
				t.Error("refused: ", refusals)
			case test.refused != "" && !names(refusals, "CERTCTL_"+test.refused):
				t.Errorf("%s was not refused: %v", test.refused, refusals)
			}
			if test.refused != "" && len(refusals) > test.count {
				t.Error("more is refused than the case is about: ", refusals)
			}
			for _, refusal := range refusals {
				if strings.Contains(refusal.Error(), secret) {
					t.Error("a secret is printed: ", refusal)
				}
			}
		})
	}
	for _, row := range rows {
		if side := sides[row.name]; !side[0] || !side[1] {
			t.Errorf("row %q: accepted side shown %v, refused side shown %v", row.name, side[0], side[1])
		}
	}
}

func names(refusals []Refusal, variable string) bool {
	for _, refusal := range refusals {
		if refusal.Variable == variable {
			return true
		}
	}
	return false
}

func TestAnEmptyDatabaseURLIsRefusedWhereTheEnvironmentCannotReach(t *testing.T) {
	settings := prepare(t).load("")
	settings.Database.URL = ""
	if !names(settings.Refusals(Configuration), "CERTCTL_DATABASE_URL") {
		t.Error("accepted")
	}
}

func TestFilesOfProfilesAreNoMatterOfTheMigration(t *testing.T) {
	settings := prepare(t).load("CA_CERT_PATH=FILE/missing CA_KEY_PATH=FILE/missing")
	if refusals := settings.Refusals(Configuration); len(refusals) != 0 {
		t.Error(refusals)
	}
	if len(settings.Refusals(Boot)) == 0 {
		t.Error("accepted at boot")
	}
}

func TestContractRootMovesAbsolutePaths(t *testing.T) {
	folder := prepare(t)
	folder.base["CONTRACT_ROOT"] = folder.path
	if refusals := folder.load("SERVER_TLS_CERT_PATH=/server.crt SERVER_TLS_KEY_PATH=/server.key").allRefusals(); len(refusals) != 0 {
		t.Error(refusals)
	}
}

func TestNamedKeysAreReadInOrder(t *testing.T) {
	keys := Auth{NamedKeys: "admin:a:admin,fleet:b,fleet:c"}.Keys()
	want := []NamedKey{{"admin", "a", true}, {"fleet", "b", false}, {"fleet", "c", false}}
	if len(keys) != 3 || keys[0] != want[0] || keys[1] != want[1] || keys[2] != want[2] {
		t.Error(keys)
	}
}
