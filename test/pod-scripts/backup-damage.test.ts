import assert from "node:assert/strict";
import { existsSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BackupDatabase } from "../support/backup-database";
import { ImagePrograms } from "../support/backup-pods";
import { bucketSink, ProvenBackups, said, volumeSink } from "../support/backup-sinks";
import type { TestSink } from "../support/backup-sinks";

const day = 86_400;

describe("backups that were published, against a real PostgreSQL,", function () {
  this.timeout(300_000);
  let database: BackupDatabase;
  let programs: ImagePrograms;

  before(async () => {
    database = await BackupDatabase.start(2_000);
    programs = await ImagePrograms.prepare(database.postgres.bin);
  });

  after(async () => {
    programs.remove();
    await database.stop();
  });

  for (const makeSink of [volumeSink, bucketSink]) {
    describe(`${makeSink === volumeSink ? "on a volume" : "in a bucket"} and damaged since,`, () => {
      let sink: TestSink;
      let dump: Buffer;
      let manifest: string;
      /** Planted backups are each newer than all before. */
      let second = 0;

      before(async () => {
        sink = await makeSink(database, programs);
        const good = await new ProvenBackups(sink).add();
        [dump, manifest] = [await sink.read(`${good}.dump`), String(await sink.read(`${good}.json`))];
      });
      after(() => sink.stop());

      /** What the drill says of the newest backup. */
      async function drilled(planted: Buffer, description: string): Promise<string> {
        second += 1;
        await sink.plant(
          `certctl-20990101T0000${String(second).padStart(2, "0")}Z-00000000`,
          planted,
          Buffer.from(description),
        );
        const result = await sink.pods.run("CronJob", "certctl-drill");
        if (result.status === 0) return "";
        assert.match(result.stderr, /^drill: [^\n]+\n$/, said(result));
        return result.stderr;
      }

      it("fail the drill when their end is missing", async () => {
        assert.match(
          await drilled(dump.subarray(0, dump.length - 1), manifest),
          /the dump is damaged: it has [0-9]+ bytes, and its manifest says/,
        );
      });

      it("fail the drill when a byte was flipped", async () => {
        const flipped = Buffer.from(dump);
        flipped[Math.floor(dump.length / 2)] = (flipped[Math.floor(dump.length / 2)] ?? 0) ^ 255;
        assert.match(
          await drilled(flipped, manifest),
          /the dump is damaged: its SHA-256 is not the one in its manifest/,
        );
      });

      it("fail the drill when rows are missing", async () => {
        const more = manifest.replace('"public.teams": 20', '"public.teams": 21');
        assert.notEqual(more, manifest);
        assert.match(
          await drilled(dump, more),
          /rows differ: "public\.teams": 21 in the manifest;"public\.teams": 20 in the database/,
        );
      });

      it("fail the drill when the schema is another", async () => {
        const other = manifest.replace("000047_", "000046_");
        assert.match(
          await drilled(dump, other),
          /the schema version is 000047_[^ ]+, and the manifest says 000046_/,
        );
      });

      it("fail the drill when the manifest is damaged", async () => {
        assert.match(await drilled(dump, manifest.slice(0, 100)), /the manifest is damaged/);
      });

      it("pass the drill when they are whole", async () => {
        assert.equal(await drilled(dump, manifest), "");
      });
    });
  }

  describe("on a volume, as time goes by,", () => {
    let sink: TestSink;
    let dump: Buffer;
    let manifest: string;

    before(async () => {
      sink = await volumeSink(database, programs);
      const good = await new ProvenBackups(sink).add();
      [dump, manifest] = [await sink.read(`${good}.dump`), String(await sink.read(`${good}.json`))];
    });
    after(() => sink.stop());

    /** A backup of that many days ago. */
    async function plantOld(days: number): Promise<string> {
      const epoch = Math.floor(Date.now() / 1000) - days * day;
      const time = new Date(epoch * 1000).toISOString().replace(/[-:]|\.\d+/g, "");
      const name = `certctl-${time}-${String(days).padStart(8, "0")}`;
      await sink.plant(
        name,
        dump,
        Buffer.from(manifest.replace(/"createdEpoch": [0-9]+/, `"createdEpoch": ${String(epoch)}`)),
      );
      return name;
    }

    async function backUp(env: Record<string, string>): Promise<string[]> {
      const result = await sink.pods.run("CronJob", "certctl-backup", { env });
      assert.equal(result.status, 0, said(result));
      return sink.listed();
    }

    it("go when they are too old, but for the three newest", async () => {
      const planted: string[] = [];
      for (const days of [40, 35, 20, 10]) planted.push(await plantOld(days));
      const left = await backUp({ RETENTION_DAYS: "5", RETENTION_COUNT: "100" });
      // The new one, the one from before, and one more.
      assert.deepEqual(left.length, 3);
      assert.deepEqual(
        left.filter((name) => planted.includes(name)),
        planted.slice(3),
      );
    });

    it("go when they are too many, the oldest first, and never the new one", async () => {
      const before = await sink.listed();
      const left = await backUp({ RETENTION_DAYS: "3650", RETENTION_COUNT: "1" });
      assert.equal(left.length, 1);
      assert.ok(!before.includes(left[0] ?? ""));
    });

    it("stay when the new one fails, however old they are", async () => {
      const before = [await plantOld(400), ...(await sink.listed())];
      const failed = await sink.pods.run("CronJob", "certctl-backup", {
        env: { RETENTION_COUNT: "1", RETENTION_DAYS: "1", PGPASSWORD: "wrong" },
      });
      assert.notEqual(failed.status, 0);
      assert.deepEqual(await sink.listed(), [...new Set(before)].sort());
    });

    it("are rid of what killed runs left, once no run can be at it any more", async () => {
      const left = (age: number, name: string): string => {
        const file = join(sink.pods.volume, `${name}.dump`);
        writeFileSync(file, "half");
        utimesSync(file, Date.now() / 1000 - age, Date.now() / 1000 - age);
        return file;
      };
      const old = left(2 * day, "certctl-20200101T000000Z-aaaaaaaa");
      const young = left(60, "certctl-20200101T000000Z-bbbbbbbb");
      await backUp({ RETENTION_DAYS: "3650", RETENTION_COUNT: "100" });
      assert.deepEqual([existsSync(old), existsSync(young)], [false, true]);
    });
  });
});
