import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "pg";
import type { Manifest } from "../../scripts/render/capture";
import { renderArgs } from "../../scripts/render/render-stack";
import { createServerCertificate } from "../../scripts/secrets/certificates";
import type { CertctlArgs } from "../../src/certctl-args";
import { sqlExporterConfig } from "../../src/monitoring/sql-exporter-queries";
import { knownMetrics } from "../monitoring/known-metrics";
import { buildContract } from "../support/contract";
import { localContainer, manifestOf } from "../support/pods";
import { LocalPostgres, freePort } from "../support/postgres";
import { QueryExporter, queryAs } from "../support/query-exporter";
import { awkwardPassword, generateSecrets } from "../support/secrets";

/** 120 certificates. certctl's own gauges see the 50 oldest, of which none expires soon. */
const inventory: [status: string, count: number, expires: string][] = [
  ["Active", 60, "now() + interval '90 days'"],
  ["Active", 17, "now() + interval '20 days'"],
  ["RenewalInProgress", 6, "now() + interval '5 days'"],
  ["Expiring", 4, "now() + interval '29 days 23 hours'"],
  ["Active", 3, "now() + interval '30 days 1 hour'"],
  ["Active", 7, "now() - interval '1 hour'"],
  ["Expired", 4, "now() - interval '40 days'"],
  // By its state, whatever its time says: as certctl counts.
  ["Expired", 1, "now() + interval '1 day'"],
  ["Failed", 2, "now() - interval '2 days'"],
  ["Revoked", 8, "now() + interval '1 day'"],
  ["Archived", 4, "now() - interval '9 days'"],
  ["Pending", 3, "null"],
  // A time that is not set, as Go writes it.
  ["Pending", 1, "'0001-01-01 00:00:00+00'"],
];

describe("the SQL exporter, run for real on a database of 120 certificates,", function () {
  this.timeout(300_000);
  let folder: string;
  let postgres: LocalPostgres;
  let owner: Client;
  let args: CertctlArgs;
  let exporter: QueryExporter;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "certctl-sql-exporter-"));
    const port = await freePort();
    const { caCertificate, ...pair } = await createServerCertificate(["localhost"]);
    args = {
      ...(await generateSecrets()),
      database: { mode: "external", external: { host: "localhost", port, caCertificate } },
      monitoring: { enabled: true, sqlExporter: { enabled: true } },
    };
    const image = {
      POSTGRES_USER: "certctl",
      POSTGRES_PASSWORD: awkwardPassword,
      POSTGRES_DB: "certctl",
      POSTGRES_INITDB_ARGS: "--auth-host=scram-sha-256",
    };
    postgres = await LocalPostgres.start(
      image,
      ["-c", `port=${port}`, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"],
      port,
      pair,
    );
    const manifests = await renderArgs(args);
    const { env } = localContainer(
      manifests,
      manifestOf(manifests, "Job", "certctl-migrate"),
      "migrate",
      join(folder, "migrate"),
    );
    const migrated = spawnSync(buildContract().server, ["--migrate-only"], { env, encoding: "utf8" });
    assert.equal(migrated.status, 0, migrated.stdout);
    owner = await postgres.connect("certctl", awkwardPassword, "certctl");
    await owner.query(
      "insert into issuers (id, name, type, source) values ('iss-local', 'local', 'local', 'env')",
    );
    for (const [index, [status, count, expires]] of inventory.entries()) {
      await owner.query(
        `insert into managed_certificates (id, name, common_name, issuer_id, status, expires_at, created_at)
         select $1 || i, $1 || i, 'c.example.com', 'iss-local', $2, ${expires}, now() + ${index} * interval '1 second' from generate_series(1, $3) i`,
        [`mc-${index}-`, status, count],
      );
    }
    exporter = await QueryExporter.start(environment(manifests));
  });

  after(async () => {
    await exporter.stop();
    await owner.end();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("counts all of them: by state, those that have expired, those that will, and when the next one does", async () => {
    const { rows } = await owner.query<{ next: string }>(
      "select extract(epoch from min(expires_at)) as next from managed_certificates where status = 'RenewalInProgress'",
    );
    const states = {
      Active: 87,
      RenewalInProgress: 6,
      Expiring: 4,
      Expired: 5,
      Failed: 2,
      Revoked: 8,
      Archived: 4,
      Pending: 4,
    };
    const byState = Object.entries(states).map(([status, count]) => [
      `certctl_sql_certificates{database="certctl",status="${status}"}`,
      count,
    ]);
    const expected = {
      ...(Object.fromEntries(byState) as Record<string, number>),
      'certctl_sql_certificates_expired{database="certctl"}': 14,
      'certctl_sql_certificates_expiring{database="certctl",days="7"}': 6,
      'certctl_sql_certificates_expiring{database="certctl",days="30"}': 27,
      'certctl_sql_certificates_earliest_expiry_timestamp_seconds{database="certctl"}': Number(rows[0]?.next),
    };
    assert.deepEqual(await exporter.figuresWhen((count) => count === Object.keys(expected).length), expected);
    assert.equal(await exporter.status(), 200);
  });

  it("shows exactly the metrics that rules and dashboard may ask for", async () => {
    const series = Object.keys(await exporter.figures());
    assert.deepEqual(
      [...new Set(series.map((one) => one.replace(/\{.*/, "")))].sort(),
      [...(knownMetrics.exporter ?? [])].sort(),
    );
  });

  it("cannot write, and waits for no query longer than its own limit", async () => {
    const env = environment(await renderArgs(args));
    assert.deepEqual(await queryAs(env, "select current_user, current_setting('statement_timeout')"), {
      row: ["certctl", "10s"],
    });
    const written = await queryAs(env, "delete from managed_certificates returning id");
    assert.ok("error" in written);
    assert.match(written.error, /cannot execute DELETE in a read-only transaction/);
  });

  it("takes no other server for its database's", async () => {
    const env = environment(await renderArgs(args));
    const { caCertificate } = await createServerCertificate(["localhost"]);
    const otherCa = join(folder, "other-ca.crt");
    writeFileSync(otherCa, caCertificate);
    const [signed, named] = [
      await queryAs({ ...env, PGSSLROOTCERT: otherCa }, "select 1"),
      await queryAs({ ...env, PGHOST: "127.0.0.1" }, "select 1"),
    ];
    assert.match("error" in signed ? signed.error : "", /certificate verify failed/);
    assert.match("error" in named ? named.error : "", /does not match host name "127\.0\.0\.1"/);
  });

  it("trusts the system's roots where no CA is given", async () => {
    const { database, ...others } = args;
    const external = { host: "localhost", port: database?.external?.port };
    const env = environment(await renderArgs({ ...others, database: { mode: "external", external } }));
    const roots = join(folder, "roots.crt");
    writeFileSync(roots, database?.external?.caCertificate as string);
    assert.deepEqual(await queryAs({ ...env, SSL_CERT_FILE: roots }, "select 1"), { row: [1] });
    const unknown = await queryAs({ ...env, SSL_CERT_FILE: "/dev/null" }, "select 1");
    assert.match("error" in unknown ? unknown.error : "", /certificate verify failed/);
  });

  describe("with a login of its own that may read one table,", () => {
    let restricted: QueryExporter;
    const all = (count: number): boolean => count === 12;
    const none = (count: number): boolean => count === 0;

    before(async () => {
      const password = awkwardPassword.toUpperCase();
      await owner.query(`create role watcher login password ${owner.escapeLiteral(password)}`);
      await owner.query("grant select on managed_certificates to watcher");
      const sqlExporter = { enabled: true, login: { user: "watcher", secretName: "watcher" } };
      const manifests = await renderArgs({ ...args, monitoring: { enabled: true, sqlExporter } });
      const secret = {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "watcher" },
        stringData: { password },
      };
      // A minute between queries is too long for a test.
      const env = environment([...manifests, secret], sqlExporterConfig(1));
      restricted = await QueryExporter.start(env);
    });
    after(() => restricted.stop());

    it("counts all the same", async () => {
      const shown = await restricted.figuresWhen(all);
      assert.equal(shown['certctl_sql_certificates_expiring{database="certctl",days="30"}'], 27);
    });

    it("has sessions that are encrypted, say whose they are, and end with their query", async () => {
      const sessions =
        "select distinct ssl, usename from pg_stat_activity join pg_stat_ssl using (pid) where application_name = $1";
      const found = async (wanted: number): Promise<unknown> => {
        for (let left = 100; ; left -= 1) {
          const { rows } = await owner.query(sessions, ["certctl-sql-exporter"]);
          if (rows.length === wanted || left === 0) return rows;
          await delay(50);
        }
      };
      // A query that waits for a lock can be looked at, from a session that is in no transaction.
      const locking = await postgres.connect("certctl", awkwardPassword, "certctl");
      try {
        await locking.query("begin; lock table managed_certificates in access exclusive mode");
        assert.deepEqual(await found(1), [{ ssl: true, usename: "watcher" }]);
      } finally {
        await locking.end();
      }
      assert.deepEqual(await found(0), []);
    });

    it("shows no figure of before when its queries fail, and goes on when they no longer do", async () => {
      await owner.query("revoke select on managed_certificates from watcher");
      await restricted.figuresWhen(none);
      assert.equal(await restricted.status(), 200);
      await owner.query("grant select on managed_certificates to watcher");
      await restricted.figuresWhen(all);
    });

    it("does the same when the database lets nobody in, and never says the password", async () => {
      await owner.query("alter role watcher nologin");
      await owner.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'watcher'");
      await restricted.figuresWhen(none);
      assert.match(restricted.log, /role \\?"watcher\\?" is not permitted to log in/);
      const said = [restricted.log, JSON.stringify(await restricted.figures())].join("");
      for (const password of [
        awkwardPassword,
        encodeURIComponent(awkwardPassword),
        JSON.stringify(awkwardPassword).slice(1, -1),
      ])
        assert.ok(!said.toLowerCase().includes(password.toLowerCase()));
      await owner.query("alter role watcher login");
      await restricted.figuresWhen(all);
    });
  });

  describe("when all certificates are archived,", () => {
    it("counts them, and shows no next expiry rather than one in 1970", async () => {
      await owner.query("update managed_certificates set status = 'Archived'");
      const idle = await QueryExporter.start(environment(await renderArgs(args)));
      try {
        assert.deepEqual(await idle.figuresWhen((count) => count === 4), {
          'certctl_sql_certificates{database="certctl",status="Archived"}': 120,
          'certctl_sql_certificates_expired{database="certctl"}': 0,
          'certctl_sql_certificates_expiring{database="certctl",days="7"}': 0,
          'certctl_sql_certificates_expiring{database="certctl",days="30"}': 0,
        });
      } finally {
        await idle.stop();
      }
    });
  });

  /** What the rendered exporter is started with; its files are below the folder of this test. */
  function environment(manifests: Manifest[], config?: string): Record<string, string> {
    const place = mkdtempSync(join(folder, "exporter-"));
    const { env } = localContainer(
      manifests,
      manifestOf(manifests, "Deployment", "certctl-sql-exporter"),
      "exporter",
      place,
    );
    if (config !== undefined) writeFileSync(env.QE_CONFIG ?? "", config);
    return env;
  }
});
