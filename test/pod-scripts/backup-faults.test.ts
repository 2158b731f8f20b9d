import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { BackupDatabase } from "../support/backup-database";
import { endGroup, ImagePrograms } from "../support/backup-pods";
import { bucketSink, ProvenBackups, said, volumeSink } from "../support/backup-sinks";
import type { TestSink } from "../support/backup-sinks";

/** Kills of each kind, in each kind of sink. */
const kills = 13;

for (const makeSink of [volumeSink, bucketSink]) {
  describe(`backups to ${makeSink === volumeSink ? "a volume" : "a bucket"}, when one thing goes wrong,`, function () {
    this.timeout(300_000);
    let database: BackupDatabase;
    let programs: ImagePrograms;
    let sink: TestSink;
    let proven: ProvenBackups;

    before(async () => {
      database = await BackupDatabase.start(20_000);
      programs = await ImagePrograms.prepare(database.postgres.bin);
      sink = await makeSink(database, programs);
      proven = new ProvenBackups(sink);
      await proven.add();
    });

    after(async () => {
      await sink.stop();
      programs.remove();
      await database.stop();
    });

    it("name a wrong password", async () => {
      await proven.survive(/the database does not answer: .*password authentication failed/, {
        env: { PGPASSWORD: "wrong" },
      });
    });

    it("name a database that is stopped in the middle", async () => {
      const other = await BackupDatabase.start(100);
      await other.query(
        "create table bulk as select encode(sha512(i::text::bytea), 'hex') as text from generate_series(1, 400000) i",
      );
      const env = { PGPORT: String(other.postgres.port) };
      try {
        const crashed = crashWhenWriting(other);
        await proven.survive(/pg_dump failed: .*(terminat|closed)/, { env });
        await crashed;
      } finally {
        await other.stop();
      }
    });

    it("name a pg_dump that is older than the server", async () => {
      const old = programs.program("pg_dump", 'echo "pg_dump (PostgreSQL) 15.9"', "old-client");
      await proven.survive(/pg_dump 15 cannot dump PostgreSQL 16: set images\.postgres to a newer one/, {
        shims: [old],
      });
    });

    it("name a disk that is full, before they begin and in the middle", async () => {
      const little = "echo Filesystem; echo /dev/sda 2000 1900 100 95% /";
      await proven.survive(
        /there is room for 102400 bytes, and the database has [0-9]+: make backup\.[a-zA-Z.]+ larger/,
        {
          shims: [programs.program("df", little, "little-space")],
        },
      );
      const full = programs.program(
        "pg_dump",
        dumpWith(programs, 'exec "$real" "$@" --file=/dev/full'),
        "full-disk",
      );
      await proven.survive(/pg_dump failed: .*No space left on device/, { shims: [full] });
    });

    it("name a dump that lost its end on the disk", async () => {
      const shim = programs.program(
        "pg_dump",
        dumpWith(programs, '"$real" "$@" && truncate -s -1000 "$file"'),
        "truncating",
      );
      await proven.survive(/the dump is damaged: /, { shims: [shim] });
    });

    it("name a dump with a flipped byte", async () => {
      const flip = `printf '\\377' | dd of="$file" bs=1 seek=$(($(stat -c %s "$file") / 2)) conv=notrunc 2> /dev/null`;
      const shim = programs.program("pg_dump", dumpWith(programs, `"$real" "$@" && ${flip}`), "flipping");
      await proven.survive(/the dump is damaged: /, { shims: [shim] });
    });

    it("go on when the clock was set back by a day", async () => {
      const day = 86_400;
      const back = `case "$*" in *@*) exec /bin/date "$@" ;; esac; exec /bin/date --date="@$(($(/bin/date +%s) - ${String(day)}))" "$@"`;
      const name = await proven.add({ shims: [programs.program("date", back, "yesterday")] });
      assert.equal((await sink.listed()).at(-1), name);
    });

    it("are both made when two runs meet", async () => {
      const before = await sink.listed();
      const results = await Promise.all([1, 2].map(() => sink.pods.run("CronJob", "certctl-backup")));
      for (const result of results) assert.equal(result.status, 0, said(result));
      const added = (await sink.listed()).filter((name) => !before.includes(name));
      assert.equal(added.length, 2);
      await proven.hold();
    });

    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      it(`lose nothing when ${signal} ends them at ${String(kills)} random moments`, async () => {
        const since = Date.now();
        await proven.add();
        const usual = Date.now() - since;
        const stopped = new Set<string>();
        for (let kill = 0; kill < kills; kill += 1) {
          const moment = Math.random() * usual;
          const before = await sink.listed();
          let running = { name: "", end: (): void => undefined };
          const timer = setTimeout(() => {
            running.end();
          }, moment);
          const result = await sink.pods.run("CronJob", "certctl-backup", {
            started: (name, child) => {
              running = {
                name,
                end: () => {
                  if (signal === "SIGTERM") child.kill(signal);
                  else endGroup(child, signal);
                },
              };
            },
          });
          clearTimeout(timer);
          if (result.status !== 0) stopped.add(result.container);
          const added = (await sink.listed()).filter((name) => !before.includes(name));
          assert.ok(added.length <= 1, `after ${moment.toFixed(0)} ms: ${said(result)}`);
          if (result.status === 0) assert.equal(added.length, 1, said(result));
          await proven.hold();
        }
        assert.ok(stopped.size > 0, "some were stopped");
        await proven.add();
      });
    }
  });
}

/** A pg_dump that does something with the dump of the real one, `$file`. */
function dumpWith(programs: ImagePrograms, action: string): string {
  return `real="${programs.folder}/clients/pgserver/pginstall/bin/pg_dump"
case "$*" in *--version*) exec "$real" "$@" ;; esac
for argument; do case $argument in --file=*) file=\${argument#--file=} ;; esac; done
${action}`;
}

/** Ends the server when pg_dump is among the rows of the table `bulk`. */
async function crashWhenWriting(database: BackupDatabase): Promise<void> {
  for (;;) {
    const copying = await database.query(
      "select 1 from pg_stat_activity where query like 'COPY public.bulk %' and state = 'active'",
    );
    if (copying.length > 0) break;
    await delay(10);
  }
  database.postgres.crash();
}
