import assert from "node:assert/strict";
import { BackupDatabase } from "../support/backup-database";
import { BackupPods, ImagePrograms } from "../support/backup-pods";
import { fillMegabytes, fillTables } from "../support/backup-rows";
import { said } from "../support/backup-sinks";

describe("a database of a gigabyte that is dumped, dropped, restored and migrated", function () {
  this.timeout(600_000);
  let database: BackupDatabase;
  let programs: ImagePrograms;
  let pods: BackupPods;
  let earlier: Record<string, string>;
  let later: Record<string, string>;

  before(async () => {
    database = await BackupDatabase.start(5_000);
    await fillTables(database, 500);
    await fillMegabytes(database, 1_000);
    programs = await ImagePrograms.prepare(database.postgres.bin);
    // Time goes into the rows, not into making them small.
    const args = {
      ...database.args,
      backup: { enabled: true, compression: 1 },
      restore: { backup: "latest", before: "2099-12-31T23:59:59Z" },
    };
    pods = await BackupPods.render(args, programs, database.here);
    earlier = await database.fingerprint();

    const backup = await pods.run("CronJob", "certctl-backup");
    assert.equal(backup.status, 0, said(backup));
    await database.query("drop schema public cascade; create schema public");
    const job = pods.manifests.find(
      ({ kind, metadata }) => kind === "Job" && /^certctl-restore-[0-9a-f]{8}$/.test(metadata.name),
    );
    const restored = await pods.run("Job", job?.metadata.name ?? "");
    assert.equal(restored.status, 0, said(restored));
    await database.migrate();
    later = await database.fingerprint();
  });

  after(async () => {
    pods.remove();
    programs.remove();
    await database.stop();
  });

  it("has every row as before, to the byte, but for the caches, which are empty", () => {
    const rows = (state: Record<string, string>): Record<string, string> =>
      Object.fromEntries(Object.entries(state).filter(([table]) => !table.endsWith("_cache")));
    assert.deepEqual(rows(later), rows(earlier));
    const filled = Object.values(rows(later)).filter((sum) => !sum.startsWith("0 "));
    assert.ok(filled.length >= 20, `${String(filled.length)} tables have rows`);
    for (const cache of ["public.crl_cache", "public.ocsp_response_cache"]) {
      assert.notEqual(earlier[cache], "0 ");
      assert.equal(later[cache], "0 ");
    }
  });

  it("was at least a gigabyte large", async () => {
    const [row] = await database.query("select pg_database_size(current_database())::text as bytes");
    assert.ok(Number(row?.bytes) >= 2 ** 30, String(row?.bytes));
  });

  it("has its keys and triggers again", async () => {
    await assert.rejects(
      database.query("insert into jobs (id, type, certificate_id) values ('x', 'renewal', 'nobody')"),
      /foreign key/,
    );
    await database.query("update managed_certificates set status = 'Revoked' where id = 'c-2'");
    const [row] = await database.query(
      "select updated_at > created_at as touched from managed_certificates where id = 'c-2'",
    );
    assert.equal(row?.touched, true);
  });

  it("has an audit table that nobody changes, and whose chain goes on", async () => {
    await assert.rejects(database.query("update audit_events set actor = 'somebody'"));
    const [granted] = await database.query(
      "select count(*)::int as count from information_schema.role_table_grants where table_name = 'audit_events' and privilege_type in ('UPDATE', 'DELETE')",
    );
    assert.equal(granted?.count, 0);
    await database.query("insert into audit_events (id, actor, action) values ('after', 'admin', 'test')");
    const [links] = await database.query(
      "select count(*)::int as rows, count(*) filter (where prev_hash is null)::int as heads, count(distinct prev_hash)::int as links from audit_events",
    );
    assert.deepEqual(links, { rows: 5_001, heads: 1, links: 5_000 });
  });
});
