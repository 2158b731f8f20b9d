import assert from "node:assert/strict";
import { BackupDatabase } from "../support/backup-database";
import { ImagePrograms } from "../support/backup-pods";
import { ProvenBackups, bucketSink, said } from "../support/backup-sinks";
import type { BucketSink } from "../support/backup-sinks";

describe("the restore Job's pod, with a bucket in moto,", function () {
  this.timeout(300_000);
  let database: BackupDatabase;
  let programs: ImagePrograms;
  let sink: BucketSink;
  let job: string;

  before(async () => {
    database = await BackupDatabase.start(2_000);
    programs = await ImagePrograms.prepare(database.postgres.bin);
    const restore = { backup: "latest", before: "2099-12-31T23:59:59Z", overwriteDatabase: "certctl" };
    sink = await bucketSink(database, programs, { restore });
    const found = sink.pods.manifests.find(
      ({ kind, metadata }) => kind === "Job" && /^certctl-restore-[0-9a-f]{8}$/.test(metadata.name),
    );
    job = found?.metadata.name ?? "";
  });

  after(async () => {
    await sink.stop();
    programs.remove();
    await database.stop();
  });

  it("restores the newest backup, with rights to read alone", async () => {
    const saved = await database.fingerprint();
    await new ProvenBackups(sink).add();
    await database.query("delete from teams");
    const { reader } = sink.store;
    const restored = await sink.pods.run("Job", job, { env: { ...reader } });
    assert.equal(restored.status, 0, said(restored));
    assert.deepEqual(await database.fingerprint(), saved);
  });

  it("touches nothing when it is repeated, though a newer backup is there, and the bucket is out of reach", async () => {
    await database.query("insert into teams (id, name) values ('t-later', 'later')");
    await new ProvenBackups(sink).add();
    const later = await database.fingerprint();
    for (const env of [undefined, { AWS_ENDPOINT_URL: "http://127.0.0.1:9" }]) {
      const repeated = await sink.pods.run("Job", job, { env });
      assert.equal(repeated.status, 0, said(repeated));
      assert.deepEqual(await database.fingerprint(), later);
    }
  });
});
