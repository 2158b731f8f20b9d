import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Fault, FaultRule } from "../support/aws/fault-proxy";
import { BackupDatabase } from "../support/backup-database";
import { ImagePrograms } from "../support/backup-pods";
import { bucketSink, ProvenBackups, said } from "../support/backup-sinks";
import type { BucketSink } from "../support/backup-sinks";

/** Short waits: what fails here fails soon. */
const impatient = { READ_TIMEOUT_SECONDS: "2", AWS_MAX_ATTEMPTS: "2" };

describe("backups to a bucket, behind a proxy that fails as it is told,", function () {
  this.timeout(300_000);
  let database: BackupDatabase;
  let programs: ImagePrograms;
  let sink: BucketSink;
  let proven: ProvenBackups;

  before(async () => {
    database = await BackupDatabase.start(2_000);
    // More than two parts of the smallest size.
    await database.query(
      "create table bulk as select gen_random_bytes(1000) as bytes from generate_series(1, 11000)",
    );
    programs = await ImagePrograms.prepare(database.postgres.bin);
    sink = await bucketSink(database, programs);
    proven = new ProvenBackups(sink);
  });

  after(async () => {
    await sink.stop();
    programs.remove();
    await database.stop();
  });

  afterEach(() => {
    sink.store.proxy.fail();
  });

  /** What every key in the bucket has to be, whatever went wrong. */
  async function writtenOnce(): Promise<void> {
    assert.ok(Object.values(await sink.store.versions()).every((count) => count === 1));
  }

  it("are written once, with what they are as metadata", async () => {
    const name = await proven.add();
    const manifest = JSON.parse(String(await sink.read(`${name}.json`))) as Record<string, string | number>;
    const dump = await sink.read(`${name}.dump`);
    assert.equal(createHash("sha256").update(dump).digest("hex"), manifest.sha256);
    const metadata = await sink.store.metadata(`${name}.dump`);
    assert.deepEqual(metadata, {
      sha256: manifest.sha256,
      "schema-version": "000047_audit_events_hash_chain.up.sql",
      image: "postgres:16-alpine",
      "duration-seconds": String(manifest.durationSeconds),
      "size-bytes": String(dump.length),
    });
    await writtenOnce();
  });

  it("are refused by a store that gets another dump than the one that was checked", async () => {
    const compare: FaultRule = ({ method, url }) =>
      method === "PUT" && url.includes(".dump") ? "compares digests" : undefined;
    const flip = 'printf "\\377" | dd of="$WORK_DIR/$POD_NAME/dump" bs=1 seek=5000 conv=notrunc 2> /dev/null';
    const flipping = programs.program(
      "aws",
      `case "$*" in *put-object*.dump*) ${flip} ;; esac; exec ${programs.folder}/bin/aws "$@"`,
      "flipping-aws",
    );
    sink.store.proxy.fail(compare);
    await proven.survive(/the bucket certctl-backups refuses .*\.dump: .*BadDigest/, { shims: [flipping] });
    sink.store.proxy.fail(({ method }) => (method === "PUT" ? "confirms another" : undefined));
    await proven.survive(/\.dump is not what was sent: the store has the SHA-256 47DEQ/, {});
    sink.store.proxy.fail();
    await proven.add();
  });

  it("are looked at when the store does not say which SHA-256 it has, and only then", async () => {
    for (const [fault, looks] of [
      [undefined, 0],
      ["confirms nothing", 1],
    ] as const) {
      const asked: string[] = [];
      sink.store.proxy.fail(({ method, url }) => {
        if (method === "HEAD") asked.push(url);
        return fault;
      });
      const result = await sink.pods.run("CronJob", "certctl-backup");
      assert.equal(result.status, 0, said(result));
      assert.equal(asked.length, looks, asked.join("\n"));
    }
    await proven.hold();
  });

  it("are uploaded in parts when they are large, and read back whole", async () => {
    await proven.add({ env: { PART_MEBIBYTES: "5" } });
    assert.deepEqual(await sink.store.unfinishedUploads(), []);
    await writtenOnce();
  });

  it("name a bucket that refuses them", async () => {
    await proven.survive(
      /the bucket certctl-backups refuses certctl\/certctl-[^ ]+\.dump: .*(403|AccessDenied|Forbidden)/,
      {
        env: { ...sink.store.reader },
      },
    );
  });

  it("name a bucket that is gone", async () => {
    await proven.survive(/the bucket nobody-has-this refuses .*(NoSuchBucket|AccessDenied|403)/, {
      env: { S3_BUCKET: "nobody-has-this" },
    });
  });

  for (const [title, fault, says] of [
    ["answers 500 to everything", { status: 500 }, /refuses .*\.dump: .*InternalError/],
    ["does not answer", "hang", /refuses .*\.dump: .*timeout/i],
    ["cuts every connection", "reset", /refuses .*\.dump: .*connection/i],
  ] as [string, Fault, RegExp][]) {
    it(`name a store that ${title}`, async () => {
      sink.store.proxy.fail(() => fault);
      await proven.survive(says, { env: impatient });
    });
  }

  it("name a store that fails between dump and manifest, and publish nothing", async () => {
    sink.store.proxy.fail(({ method, url }) =>
      method === "PUT" && url.includes(".json") ? { status: 500 } : undefined,
    );
    await proven.survive(/refuses .*\.json: .*InternalError/, { env: impatient });
  });

  it("abort an upload of which a part is refused", async () => {
    sink.store.proxy.fail(({ url }) => (url.includes("partNumber=2") ? { status: 500 } : undefined));
    await proven.survive(/refuses part 2 of .*\.dump: .*InternalError/, {
      env: { ...impatient, PART_MEBIBYTES: "5" },
    });
    assert.deepEqual(await sink.store.unfinishedUploads(), []);
  });

  for (const [title, rule, env] of [
    ["is busy at times", ({ count }) => (count % 2 === 1 ? { status: 503 } : undefined), {}],
    ["is slow", () => "slow", {}],
    ["stores the dump, and loses its reply", once("PUT", ".dump"), {}],
    ["stores the manifest, and loses its reply", once("PUT", ".json"), {}],
    ["completes an upload in parts, and loses its reply", once("POST", "uploadId="), { PART_MEBIBYTES: "5" }],
  ] as [string, FaultRule, Record<string, string>][]) {
    it(`are made, and once, when the store ${title}`, async () => {
      sink.store.proxy.fail(rule);
      await proven.add({ env });
      assert.ok(sink.store.proxy.requests > 0);
      await writtenOnce();
    });
  }

  it("are made under the role of the ServiceAccount", async () => {
    const { env, forget } = await sink.store.webIdentity();
    await proven.add({ env });
    forget();
  });

  it("are chosen for a drill by name, and a name that does not exist is told", async () => {
    const [oldest = ""] = await sink.listed();
    const drilled = await sink.pods.run("CronJob", "certctl-drill", { env: { BACKUP: oldest } });
    assert.match(drilled.stdout, new RegExp(`${oldest} can be restored`), said(drilled));
    const missing = await sink.pods.run("CronJob", "certctl-drill", {
      env: { BACKUP: "certctl-20200101T000000Z-00000000" },
    });
    assert.notEqual(missing.status, 0);
    assert.match(
      missing.stderr,
      /^drill: s3:\/\/certctl-backups\/certctl\/certctl-20200101T000000Z-00000000\.json cannot be read: [^\n]*\n$/,
    );
  });

  it("name their encryption where the bucket demands it", async () => {
    await sink.store.requireHeaders();
    await proven.survive(/the bucket certctl-backups refuses/, {});
    const name = await proven.add({ env: { S3_ENCRYPTION: "AES256" } });
    for (const part of ["dump", "json"])
      assert.equal(await sink.store.encryption(`${name}.${part}`), "AES256");
  });
});

/** The first request of that kind is carried out, and its reply lost. */
function once(method: string, part: string): FaultRule {
  let done = false;
  return (sent) => {
    if (done || sent.method !== method || !sent.url.includes(part)) return undefined;
    done = true;
    return "lost reply";
  };
}
