import assert from "node:assert/strict";
import { existsSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
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
      let good: string;
      let dump: Buffer;
      let manifest: string;
      /** Planted backups are each newer than all before: a backup made in between is dated a second later. */
      let second = 0;

      before(async () => {
        sink = await makeSink(database, programs);
        good = await new ProvenBackups(sink).add();
        [dump, manifest] = [await sink.read(`${good}.dump`), String(await sink.read(`${good}.json`))];
      });
      after(() => sink.stop());

      /** Plants a backup that is newer than all others, and says so. */
      async function plant(planted: Buffer, description: string): Promise<string> {
        second += 2;
        const time = new Date(Date.UTC(2099, 0, 1, 0, 0, second));
        const name = `certctl-${time.toISOString().replace(/[-:]|\.\d+/g, "")}-00000000`;
        const dated = description.replace(/("createdEpoch": )\d+/, `$1${String(time.getTime() / 1000)}`);
        await sink.plant(name, planted, Buffer.from(dated));
        return name;
      }

      /** What the drill says of a backup, or of the newest. */
      async function drill(backup = "latest"): Promise<string> {
        const result = await sink.pods.run("CronJob", "certctl-drill", { env: { BACKUP: backup } });
        if (result.status === 0) return "";
        assert.match(result.stderr, /^drill: [^\n]+\n$/, said(result));
        return result.stderr;
      }

      async function drilled(planted: Buffer, description: string): Promise<string> {
        await plant(planted, description);
        return drill();
      }

      /** The manifest with something else in it. */
      function changed(from: string | RegExp, to: string): string {
        const text = manifest.replace(from, to);
        assert.notEqual(text, manifest);
        return text;
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

      it("fail the drill when a row is missing", async () => {
        assert.match(
          await drilled(dump, changed('"public.teams": 20', '"public.teams": 21')),
          /rows differ: "public\.teams": 21 in the manifest;"public\.teams": 20 in the database;/,
        );
      });

      it("fail the drill when there is a row too many", async () => {
        assert.match(
          await drilled(dump, changed('"public.teams": 20', '"public.teams": 19')),
          /rows differ: "public\.teams": 19 in the manifest;"public\.teams": 20 in the database;/,
        );
      });

      it("fail the drill when a table is missing", async () => {
        assert.match(
          await drilled(dump, changed(/^ {4}"public\.teams": 20/m, '    "public.lost": 0,\n$&')),
          /rows differ: "public\.lost": 0 in the manifest;\n$/,
        );
      });

      it("fail the drill when there is a table too many", async () => {
        assert.match(
          await drilled(dump, changed(/^ {4}"public\.teams": 20,?\n/m, "")),
          /rows differ: "public\.teams": 20 in the database;\n$/,
        );
      });

      it("fail the drill when no table is told", async () => {
        assert.match(
          await drilled(dump, changed(/("rows": \{\n)[^}]*/, "$1  ")),
          /the manifest is damaged: it names no table/,
        );
      });

      it("fail the drill when the schema is another", async () => {
        assert.match(
          await drilled(dump, changed("000047_", "000046_")),
          /the schema version is 000047_[^ ]+, and the manifest says 000046_/,
        );
      });

      it("fail the drill when the chain of the audit log is broken", async () => {
        await database.query("create database broken template certctl", "postgres");
        await database.query(
          "alter table audit_events disable trigger all; delete from audit_events where id = 'e-1000'",
          "broken",
        );
        const before = await sink.listed();
        const backup = await sink.pods.run("CronJob", "certctl-backup", { env: { PGDATABASE: "broken" } });
        await database.query("drop database broken", "postgres");
        assert.equal(backup.status, 0, said(backup));
        const [broken] = (await sink.listed()).filter((name) => !before.includes(name));
        assert.match(
          await drill(broken),
          /the audit chain is broken: of 1999 rows, 1 have no predecessor, 1998 follow one, 1 follow one that does not exist/,
        );
      });

      it("fail the drill when the manifest is damaged", async () => {
        assert.match(await drilled(dump, manifest.slice(0, 100)), /the manifest is damaged/);
      });

      it("pass the drill when they are whole", async () => {
        assert.equal(await drilled(dump, manifest), "");
      });

      it("fail the drill when they are older than their name says", async () => {
        const name = "certctl-20990101T010000Z-00000000";
        await sink.plant(name, dump, Buffer.from(manifest));
        const time = good.split("-")[1] ?? "";
        assert.match(
          await drill(name),
          new RegExp(`the backup is not of the time that its name says: ${name} was made at ${time}`),
        );
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

    it("fail the drill when they are 4 GiB longer than they were", async () => {
      const [name = ""] = await sink.listed();
      const file = join(sink.pods.volume, `${name}.dump`);
      const { size } = statSync(file);
      truncateSync(file, size + 2 ** 32);
      const drilled = await sink.pods.run("CronJob", "certctl-drill", { env: { BACKUP: name } });
      truncateSync(file, size);
      assert.equal(
        drilled.stderr,
        `drill: the dump is damaged: it has ${String(size + 2 ** 32)} bytes, and its manifest says ${String(size)}\n`,
      );
    });

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
