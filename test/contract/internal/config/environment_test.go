package config

import (
	"slices"
	"testing"
	"time"
)

func environment(values map[string]string) Environment {
	return func(name string) string { return values[name] }
}

func TestBooleansAreTrueForThreeLowerCaseWordsOnly(t *testing.T) {
	for word, want := range map[string]bool{
		"true": true, "1": true, "yes": true,
		"TRUE": false, "True": false, "YES": false, "on": false, "t": false, "2": false, " true": false, "false": false, "no": false,
	} {
		if got := environment(map[string]string{"X": word}).Bool("X", true); got != want {
			t.Errorf("%q is %v", word, got)
		}
	}
	if !environment(nil).Bool("X", true) || environment(nil).Bool("X", false) {
		t.Error("an empty boolean is not its default")
	}
}

func TestUnreadableValuesAreTheDefaultWithoutAWord(t *testing.T) {
	for _, value := range []string{"", "ten", "10x", " 10", "1,5"} {
		env := environment(map[string]string{"X": value})
		if env.Int("X", 7) != 7 || env.Float("X", 7) != 7 || env.Duration("X", time.Hour) != time.Hour {
			t.Errorf("%q was read", value)
		}
	}
	env := environment(map[string]string{"INT": "10", "FLOAT": "1.5", "DURATION": "90s", "UNITLESS": "90"})
	if env.Int("INT", 7) != 10 || env.Float("FLOAT", 7) != 1.5 || env.Duration("DURATION", 0) != 90*time.Second {
		t.Error("a readable value was not read")
	}
	if env.Duration("UNITLESS", time.Hour) != time.Hour {
		t.Error("a duration without a unit was read")
	}
}

func TestEmptyTextIsTheDefault(t *testing.T) {
	if got := environment(map[string]string{"X": ""}).Text("X", "fallback"); got != "fallback" {
		t.Error(got)
	}
	if got := Load(environment(map[string]string{"CERTCTL_DATABASE_URL": ""})).Database.URL; got != "postgres://localhost/certctl" {
		t.Error(got)
	}
}

func TestListsDropSpacesAndEmptyEntries(t *testing.T) {
	if got := environment(map[string]string{"X": " a, ,b,"}).List("X"); !slices.Equal(got, []string{"a", "b"}) {
		t.Error(got)
	}
}

func TestTheHookVariableIsTheWordTrueInAnyCase(t *testing.T) {
	for word, want := range map[string]bool{"true": true, "TRUE": true, "True": true, "1": false, "yes": false, "": false} {
		if got := Load(environment(map[string]string{"CERTCTL_MIGRATIONS_VIA_HOOK": word})).Database.MigrationsViaHook; got != want {
			t.Errorf("%q is %v", word, got)
		}
	}
}

func TestThePasswordPlaceholderIsReplacedWithoutEncoding(t *testing.T) {
	env := environment(map[string]string{"CERTCTL_DATABASE_URL": "postgres://u:$(POSTGRES_PASSWORD)@h/d", "POSTGRES_PASSWORD": "a/b%41"})
	if got := Load(env).Database.URL; got != "postgres://u:a/b%41@h/d" {
		t.Error(got)
	}
}

func TestPlainConnectionsToOtherHostsAreWarnedOf(t *testing.T) {
	for url, want := range map[string]int{
		"postgres://u@db.example.test/c?sslmode=disable":                     1,
		"postgres://u@certctl-postgres.certctl.svc/c?sslmode=disable":        1,
		"postgres://u@x.certctl.svc.cluster.local/c?sslmode=disable":         0,
		"postgres://u@certctl-postgres/c?sslmode=disable":                    0,
		"postgres://u@localhost:5432/c?sslmode=disable":                      0,
		"postgres://u@db.example.test/c?sslmode=verify-full":                 0,
		"postgres://u:secret/part@db.example.test/c?sslmode=disable":         0,
		"postgres://u:secret@postgres/c?sslmode=disable&connect_timeout=200": 0,
	} {
		settings := Load(environment(map[string]string{"CERTCTL_DATABASE_URL": url}))
		if got := settings.Warnings(); len(got) != want {
			t.Errorf("%s: %v", url, got)
		}
	}
}
