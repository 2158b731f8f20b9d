import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BackupDatabase } from "../support/backup-database";
import { BackupPods, ImagePrograms } from "../support/backup-pods";

describe("the pods of backups on a volume, against a real PostgreSQL,", function () {
  this.timeout(300_000);
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

  it("leave a backup that the commands of the documentation restore, row by row", async () => {
    const before = await database.fingerprint();
    await database.query(
      "alter table audit_events disable trigger all; delete from audit_events; delete from teams",
    );
    const page = readFileSync(join(__dirname, "../../docs/backup-and-restore.md"), "utf8");
    const [, commands = ""] = /runs the next block.*?```sh\n(.*?)```/s.exec(page) ?? [];
    const script = commands.replace("backup=NAME", `backup=${pods.listed().at(-1) ?? ""}`);
    const server = { PGHOST: "127.0.0.1", PGPORT: String(database.postgres.port), PGUSER: "certctl" };
    const env = {
      ...server,
      PGPASSWORD: database.args.databasePassword as string,
      PATH: programs.pathIn("postgres:16-alpine"),
    };
    const restored = spawnSync("sh", ["-c", script], { cwd: pods.volume, env, encoding: "utf8" });
    assert.equal(restored.status, 0, restored.stdout + restored.stderr);
    assert.deepEqual(await database.fingerprint(), before);
    assert.notDeepEqual(await database.fingerprint("certctl_before"), before);
  });
});
