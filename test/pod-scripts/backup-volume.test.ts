import assert from "node:assert/strict";
import { BackupDatabase } from "../support/backup-database";
import { BackupPods, ImagePrograms } from "../support/backup-pods";

describe("the pods of backups on a volume, against a real PostgreSQL,", function () {
  this.timeout(120_000);
  let database: BackupDatabase;
  let programs: ImagePrograms;
  let pods: BackupPods;

  before(async () => {
    database = await BackupDatabase.start(20_000);
    programs = await ImagePrograms.prepare(database.postgres.bin);
    pods = await BackupPods.render({ ...database.args, backup: { enabled: true } }, programs, database.here);
  });

  after(async () => {
    pods.remove();
    programs.remove();
    await database.stop();
  });

  it("publish a backup that its manifest describes", async () => {
    const result = await pods.run("CronJob", "certctl-backup");
    assert.equal(result.status, 0, result.container + result.stdout + result.stderr);
    const [name = ""] = pods.listed();
    assert.equal(pods.listed().length, 1);
    const { rows, sizeBytes, schemaVersion } = pods.manifest(name) as {
      rows: Record<string, number>;
      sizeBytes: number;
      schemaVersion: string;
    };
    assert.equal(rows["public.audit_events"], 20_000);
    assert.ok(sizeBytes > 0);
    assert.equal(schemaVersion, "000047_audit_events_hash_chain.up.sql");
  });

  it("restore it in a drill, and find it as its manifest says", async () => {
    const result = await pods.run("CronJob", "certctl-drill");
    assert.equal(result.status, 0, result.container + result.stdout + result.stderr);
    assert.match(result.stdout, /can be restored: 000047_audit_events_hash_chain/);
  });
});
