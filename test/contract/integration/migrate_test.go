package integration

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAMigrationLeavesASchemaALedgerAndASeed(t *testing.T) {
	env, db := withDatabase(t)
	exits(t, 0, "migration applied", "server", env, "--migrate-only")
	for query, want := range map[string]int{
		"SELECT count(*) FROM schema_migrations WHERE version = '000047_audit_events_hash_chain.up.sql'":                   1,
		"SELECT count(*) FROM renewal_policies WHERE id = 'rp-default'":                                                    1,
		"SELECT count(*) FROM policy_rules":                                                                                4,
		"SELECT count(*) FROM pg_extension WHERE extname = 'pgcrypto'":                                                     1,
		"SELECT count(*) FROM actor_roles WHERE actor_id = 'actor-demo-anon' AND role_id = 'r-admin'":                      1,
		"SELECT count(*) FROM issuers":                                                                                     0,
		"SELECT count(*) FROM role_permissions WHERE role_id = 'r-viewer' AND permission = 'metrics.read'":                 1,
		"SELECT count(*) FROM role_permissions WHERE role_id = 'r-agent' AND permission IN ('verification.run')":           0,
		"SELECT (count(*) >= 25)::int FROM information_schema.tables WHERE table_schema = 'public'":                        1,
		"SELECT (count(*) >= 10)::int FROM information_schema.table_constraints WHERE constraint_type = 'FOREIGN KEY'":     1,
		"SELECT (count(DISTINCT trigger_name) >= 3)::int FROM information_schema.triggers WHERE trigger_schema = 'public'": 1,
	} {
		if got := count(t, db, query); got != want {
			t.Errorf("%s: %d, wanted %d", query, got, want)
		}
	}
	again := start(t, "server", env.with("CERTCTL_MIGRATIONS_VIA_HOOK=true"), "--migrate-only")
	if again.exit() != 0 || count(t, db, "SELECT count(*) FROM policy_rules") != 4 {
		t.Error(again.log())
	}
}

func TestMigrationsWaitForEachOther(t *testing.T) {
	env, db := withDatabase(t)
	connection, err := db.Conn(t.Context())
	must(t, err)
	_, err = connection.ExecContext(t.Context(), "SELECT pg_advisory_lock(7283164759461502341)")
	must(t, err)
	first, second := start(t, "server", env, "--migrate-only"), start(t, "server", env, "--migrate-only")
	eventually(t, "two waiting sessions", func() bool {
		return count(t, db, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == 2
	})
	_, err = connection.ExecContext(t.Context(), "SELECT pg_advisory_unlock(7283164759461502341)")
	must(t, err)
	must(t, connection.Close())
	if first.exit() != 0 || second.exit() != 0 {
		t.Error(first.log(), second.log())
	}
}

func TestAFailedMigrationHealsWithTheFix(t *testing.T) {
	env, db := withDatabase(t)
	exits(t, 1, "000048_bad.up.sql", "server", env.with("CONTRACT_FAIL_MIGRATION=000048_bad.up.sql"), "--migrate-only")
	if count(t, db, "SELECT count(*) FROM schema_migrations WHERE version LIKE '000048%'") != 0 {
		t.Error("the failed migration is in the ledger")
	}
	exits(t, 0, "migrations done", "server", env, "--migrate-only")
}

func TestMigrationsComeFromAFolderWhenOneIsNamed(t *testing.T) {
	env, db := withDatabase(t)
	exits(t, 1, "CERTCTL_DATABASE_MIGRATIONS_PATH", "server", env.with("CERTCTL_DATABASE_MIGRATIONS_PATH=./migrations"), "--migrate-only")
	folder := t.TempDir()
	must(t, os.CopyFS(folder, os.DirFS("../internal/database/migrations")))
	must(t, os.WriteFile(filepath.Join(folder, "000048_new.up.sql"), []byte("CREATE TABLE added_later (id text);"), 0o600))
	exits(t, 0, "000048_new.up.sql", "server", env.with("CERTCTL_DATABASE_MIGRATIONS_PATH="+folder), "--migrate-only")
	if count(t, db, "SELECT count(*) FROM added_later") != 0 {
		t.Error("not there")
	}
}

func TestTheAuditTrailOnlyGrows(t *testing.T) {
	env, db := withDatabase(t)
	exits(t, 0, "migrations done", "server", env, "--migrate-only")
	_, err := db.Exec("INSERT INTO audit_events (id, actor, action) VALUES ('1', 'a', 'b'), ('2', 'a', 'b')")
	must(t, err)
	for _, change := range []string{"UPDATE audit_events SET actor = 'x'", "DELETE FROM audit_events"} {
		if _, err := db.Exec(change); err == nil {
			t.Error(change + " was let through")
		}
	}
	if count(t, db, "SELECT count(*) FROM audit_events a JOIN audit_events b ON b.prev_hash = a.row_hash WHERE a.id = '1' AND b.id = '2'") != 1 {
		t.Error("no chain")
	}
	if count(t, db, "SELECT (audit_events_verify_chain() IS NULL)::int") != 1 {
		t.Error("a break without any")
	}
}

func TestAnEmptySchemaLeftToTheHookEndsTheServer(t *testing.T) {
	env, _ := withDatabase(t)
	exits(t, 1, "does not exist", "server", env.with("CERTCTL_MIGRATIONS_VIA_HOOK=TRUE"))
	server, _ := serving(t, env.with("CERTCTL_MIGRATIONS_VIA_HOOK=yes")) // not the word: the server migrates
	server.says("migration applied")
}
