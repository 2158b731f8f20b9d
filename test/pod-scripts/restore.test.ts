import assert from "node:assert/strict";
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BackupDatabase } from "../support/backup-database";
import { BackupPods, ImagePrograms } from "../support/backup-pods";
import type { PodResult } from "../support/backup-pods";
import { RestorePods } from "../support/restore-pods";
import type { RestoreVariables } from "../support/restore-pods";

describe("the restore Job's pod, against a real PostgreSQL,", function () {
  this.timeout(600_000);
  let database: BackupDatabase;
  let programs: ImagePrograms;
  let backups: BackupPods;
  let restore: RestorePods;
  let saved: Record<string, string>;
  let name: string;

  before(async () => {
    database = await BackupDatabase.start(2_000);
    await database.query(`
      insert into issuers (id, name, type, source) values ('iss', 'iss', 'local', 'env');
      insert into crl_cache (issuer_id, crl_der) values ('iss', 'old');
    `);
    programs = await ImagePrograms.prepare(database.postgres.bin);
    backups = await BackupPods.render(
      { ...database.args, backup: { enabled: true } },
      programs,
      database.here,
    );
    const made = await backups.run("CronJob", "certctl-backup");
    assert.equal(made.status, 0, said(made));
    [name = ""] = backups.listed();
    saved = { ...(await database.fingerprint()), "public.crl_cache": "0 " };
    restore = await RestorePods.render(database, programs, backups, name);
  });

  after(async () => {
    restore.remove();
    backups.remove();
    programs.remove();
    await database.stop();
  });

  /** What happened since the backup. */
  const goOn = (): Promise<unknown> =>
    database.query(
      "delete from teams where id = 't-1'; insert into audit_events (id, actor, action) values (gen_random_uuid(), 'a', 'b')",
    );
  const databases = async (like: string): Promise<string[]> => {
    const rows = await database.query(
      `select datname from pg_database where datname like '${like}' order by 1`,
      "postgres",
    );
    return rows.map(({ datname }) => String(datname));
  };
  const dropAside = async (): Promise<void> => {
    for (const one of await databases("certctl\\_before\\_%"))
      await database.query(`drop database "${one}"`, "postgres");
  };
  const auditRights = async (): Promise<unknown> =>
    (await database.query("select relacl::text from pg_class where relname = 'audit_events'"))[0]?.relacl;
  const must = (result: PodResult): void => {
    assert.equal(result.status, 0, said(result));
  };

  it("refuses a database that is not empty, and tells what to set", async () => {
    await goOn();
    const before = await database.fingerprint();
    const refused = await restore.run({ RESTORE_ID: "00000001", OVERWRITE_DATABASE: "" });
    assert.equal(refused.status, 1);
    assert.match(
      refused.stderr,
      /^restore: the database certctl is not empty: it has \d+ tables; set restore\.overwriteDatabase: certctl to put it aside\n$/,
    );
    assert.deepEqual(await database.fingerprint(), before);
  });

  it("refuses another schema while somebody is connected, who is not disturbed", async () => {
    await database.query("insert into schema_migrations (version) values ('000099_newer.up.sql')");
    const server = await database.connect();
    const refused = await restore.run({ RESTORE_ID: "00000002" });
    await server.query("delete from schema_migrations where version = '000099_newer.up.sql'");
    await server.end();
    assert.equal(refused.status, 1);
    assert.match(
      refused.stderr,
      /1 sessions are open, and the schema changes from 000099_newer\.up\.sql to 000047_audit_events_hash_chain\.up\.sql: stop the server with kubectl delete deployment/,
    );
  });

  it("restores every row while nobody is let in, and keeps what was there", async () => {
    const rights = await auditRights();
    const before = await database.fingerprint();
    const answers = new Set<string>();
    let running = true;
    let clients = Promise.resolve();
    const restored = await restore.run(
      { RESTORE_ID: "00000003" },
      {
        started: (container) => {
          if (container !== "restore") return;
          clients = (async () => {
            while (running) {
              answers.add(await firstTeam(database));
              await delay(20);
            }
          })();
        },
      },
    );
    running = false;
    await clients;
    must(restored);
    assert.ok(answers.has("55000"), `nobody was refused: ${[...answers].join(", ")}`);
    assert.deepEqual(await database.fingerprint(), saved);
    assert.deepEqual(await auditRights(), rights);
    const [aside = ""] = await databases("certctl\\_before\\_%");
    assert.match(
      restored.stdout,
      new RegExp(`what was there is kept as the database ${aside}, which lets no session in`),
    );
    await database.query(`alter database ${aside} with allow_connections true`, "postgres");
    assert.deepEqual(await database.fingerprint(aside), before);
    assert.deepEqual(await databases("certctl\\_restoring\\_%"), []);
  });

  it("touches nothing when it is repeated, though the backup is gone or another one is found", async () => {
    await database.query("insert into teams (id, name) values ('t-later', 'later')");
    const later = await database.fingerprint();
    for (const env of [{ BACKUP_DIR: "/nowhere" }, { BACKUP: "latest" }]) {
      const repeated = await restore.run({ RESTORE_ID: "00000003", ...env });
      must(repeated);
      assert.deepEqual(await database.fingerprint(), later);
    }
    assert.equal((await databases("certctl\\_before\\_%")).length, 1);
  });

  it("takes the place once when two pods of the Job are at work, as after a node that was thought dead", async () => {
    await dropAside();
    const both = await Promise.all([
      restore.run({ RESTORE_ID: "00000009" }),
      restore.run({ RESTORE_ID: "00000009" }),
    ]);
    if (both.every(({ status }) => status !== 0)) must(await restore.run({ RESTORE_ID: "00000009" }));
    assert.deepEqual(await database.fingerprint(), saved);
    assert.equal((await databases("certctl\\_before\\_%")).length, 1, both.map(said).join("\n"));
    must(await restore.run({ RESTORE_ID: "00000009" }));
    assert.deepEqual(await databases("certctl\\_restoring\\_%"), []);
  });

  it("lets the server go on with what it had when the restore fails", async () => {
    const before = await database.fingerprint();
    const broken = programs.program("pg_restore", "echo 'out of memory' >&2; exit 1", "broken");
    const failed = await restore.run({ RESTORE_ID: "00000004" }, { shims: [broken] });
    assert.equal(failed.status, 1);
    assert.equal(failed.stderr, "restore: pg_restore failed: out of memory\n");
    assert.deepEqual(await database.fingerprint(), before);
    assert.deepEqual(await databases("certctl\\_restoring\\_%"), []);
  });

  it("puts a database aside that is too damaged to be read", async () => {
    await database.query("create database broken", "postgres");
    const [row] = await database.query(
      "select oid::text from pg_database where datname = 'broken'",
      "postgres",
    );
    rmSync(join(database.postgres.folder, "data/base", String(row?.oid), "PG_VERSION"));
    const broken = { RESTORE_ID: "00000008", PGDATABASE: "broken" };
    assert.match(
      (await restore.run({ ...broken, OVERWRITE_DATABASE: "" })).stderr,
      /^restore: the database does not answer: /,
    );
    must(await restore.run({ ...broken, OVERWRITE_DATABASE: "broken" }));
    assert.deepEqual(await database.fingerprint("broken"), saved);
  });

  it("does not begin with a damaged dump", async () => {
    const dump = join(backups.volume, `${name}.dump`);
    const good = readFileSync(dump);
    const bad = Buffer.from(good);
    bad.writeUInt8(bad.readUInt8(bad.length >> 1) ^ 1, bad.length >> 1);
    chmodSync(dump, 0o600);
    writeFileSync(dump, bad);
    const refused = await restore.run({ RESTORE_ID: "00000005" });
    writeFileSync(dump, good);
    assert.equal(
      refused.stderr,
      "restore: the dump is damaged: its SHA-256 is not the one in its manifest\n",
    );
    assert.equal(refused.stdout.includes("is closed"), false);
  });

  it("fills no empty database from a damaged dump, however late the damage is found", async () => {
    const described = join(backups.volume, `${name}.json`);
    const good = readFileSync(described, "utf8");
    const slow = programs.program("sha256sum", 'sleep 2; exec /usr/bin/sha256sum "$@"', "slow-digest");
    await database.query("create database late", "postgres");
    // The dump itself restores: only its digest tells that it is another one.
    chmodSync(described, 0o600);
    writeFileSync(described, good.replace(/("sha256": ")[0-9a-f]{8}/, "$100000000"));
    const refused = await restore.run({ RESTORE_ID: "0000000b", PGDATABASE: "late" }, { shims: [slow] });
    writeFileSync(described, good);
    assert.equal(
      refused.stderr,
      "restore: the dump is damaged: its SHA-256 is not the one in its manifest\n",
    );
    assert.deepEqual(await database.fingerprint("late"), {});
    must(await restore.run({ RESTORE_ID: "0000000b", PGDATABASE: "late" }, { shims: [slow] }));
    assert.deepEqual(await database.fingerprint("late"), saved);
  });

  it("is not done with rows that are not those of the manifest, and leaves the server what it had", async () => {
    const described = join(backups.volume, `${name}.json`);
    const good = readFileSync(described, "utf8");
    await database.query("create database wanting", "postgres");
    const before = await database.fingerprint();
    for (const rows of [19, 21]) {
      chmodSync(described, 0o600);
      writeFileSync(described, good.replace('"public.teams": 20', `"public.teams": ${String(rows)}`));
      for (const env of [{ RESTORE_ID: "0000000c" }, { RESTORE_ID: "0000000d", PGDATABASE: "wanting" }]) {
        const refused = await restore.run(env);
        assert.equal(
          refused.stderr,
          `restore: rows differ: "public.teams": ${String(rows)} in the manifest;"public.teams": 20 in the database;\n`,
        );
      }
    }
    writeFileSync(described, good);
    assert.deepEqual(await database.fingerprint(), before);
    assert.deepEqual(await databases("certctl\\_restoring\\_%"), []);
    must(await restore.run({ RESTORE_ID: "0000000d", PGDATABASE: "wanting" }));
    assert.deepEqual(await database.fingerprint("wanting"), saved);
  });

  it("fills an empty database as its plain owner, who cannot put one aside", async () => {
    await database.query("create role plain login password 'plain'", "postgres");
    await database.query("create database plain owner plain", "postgres");
    const owner = {
      RESTORE_ID: "00000006",
      PGDATABASE: "plain",
      PGUSER: "plain",
      PGPASSWORD: "plain",
      OVERWRITE_DATABASE: "plain",
    };
    must(await restore.run(owner));
    assert.deepEqual(await database.fingerprint("plain"), saved);
    const refused = await restore.run({ ...owner, RESTORE_ID: "00000007" });
    assert.match(
      refused.stderr,
      /^restore: the user plain may not create databases, which putting plain aside needs/,
    );
    assert.deepEqual(await database.fingerprint("plain"), saved);
  });

  it("killed at any moment leaves the old database or the whole backup, and is finished by the next run, once", async () => {
    // Of the last run that nobody killed: the machine does other things too.
    let duration = 0;
    const whole = async (env: RestoreVariables): Promise<void> => {
      const started = Date.now();
      must(await restore.run(env));
      duration = Date.now() - started;
    };
    await whole({ RESTORE_ID: "0000000a" });
    const outcomes = { untouched: 0, restored: 0 };
    for (let round = 0; round < 20; round += 1) {
      await dropAside();
      // One of two databases in turn: one with rows, whose place is taken, and an empty one.
      const target = round % 2 === 0 ? "certctl" : "hollow";
      if (target === "hollow") await database.query(`drop database if exists hollow`, "postgres");
      if (target === "hollow") await database.query(`create database hollow`, "postgres");
      else await goOn();
      const env = {
        RESTORE_ID: `000001${String(round).padStart(2, "0")}`,
        PGDATABASE: target,
        OVERWRITE_DATABASE: target,
      };
      const before = await database.fingerprint(target);
      const killed = await restore.runKilled(
        env,
        Math.round((duration * 1.2 * (round + Math.random())) / 20),
      );
      await database.query(`alter database ${target} with allow_connections true`, "postgres");
      const after = await database.fingerprint(target);
      const done = JSON.stringify(rowsOf(after)) === JSON.stringify(rowsOf(saved));
      if (!done) assert.deepEqual(after, before, `round ${String(round)}: ${said(killed)}`);
      outcomes[done ? "restored" : "untouched"] += 1;

      if (done) must(await restore.run(env));
      else await whole(env);
      assert.deepEqual(await database.fingerprint(target), saved, `round ${String(round)}`);
      await database.query("insert into teams (id, name) values ('t-later', 'later')", target);
      must(await restore.run(env));
      const kept = await database.query(
        "select count(*)::int as rows from teams where id = 't-later'",
        target,
      );
      assert.deepEqual(kept, [{ rows: 1 }], `round ${String(round)}`);
      assert.ok(
        (await databases(`${target}\\_before\\_%`)).length <= 1,
        `round ${String(round)}: put aside twice`,
      );
      assert.deepEqual(await databases("%\\_restoring\\_%"), []);
    }
    assert.ok(outcomes.untouched >= 1 && outcomes.restored >= 1, JSON.stringify(outcomes));
  });
});

/** Rows without those of the caches: a run that was killed late has not emptied them. */
function rowsOf(fingerprint: Record<string, string>): [string, string][] {
  return Object.entries(fingerprint)
    .filter(([table]) => !table.endsWith("_cache"))
    .sort();
}

async function firstTeam(database: BackupDatabase): Promise<string> {
  try {
    const [row] = await database.query("select count(*)::int as teams from teams");
    return `${String(row?.teams)} teams`;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

function said({ container, stdout, stderr }: PodResult): string {
  return `${container}: ${stdout}${stderr}`;
}
