import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "pg";
import { renderArgs } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { buildContract } from "./contract";
import { localContainer, manifestOf } from "./pods";
import { LocalPostgres, freePort } from "./postgres";
import { generateSecrets } from "./secrets";

/** A real PostgreSQL with the schema that the stand-in for certctl migrates to, and rows in it. */
export class BackupDatabase {
  private constructor(
    readonly postgres: LocalPostgres,
    readonly args: CertctlArgs,
    private readonly folder: string,
  ) {}

  /** `rows` of audit events and of agents. */
  static async start(rows: number): Promise<BackupDatabase> {
    const folder = mkdtempSync(join(tmpdir(), "certctl-backup-database-"));
    const port = await freePort();
    const args: CertctlArgs = {
      ...(await generateSecrets()),
      database: { bundled: { port, parameters: { fsync: "off" } } },
    };
    const manifests = await renderArgs(args);
    const container = localContainer(
      manifests,
      manifestOf(manifests, "StatefulSet", "certctl-postgres"),
      "postgres",
      folder,
    );
    const postgres = await LocalPostgres.start(container.env, container.args, port);
    const database = new BackupDatabase(postgres, args, folder);
    await database.migrate();
    await database.fill(rows);
    return database;
  }

  /** Variables that stand in the pods for the Service's name. */
  readonly here = { "certctl-postgres.certctl.svc": "127.0.0.1" };

  async migrate(): Promise<void> {
    const manifests = await renderArgs(this.args);
    const { env } = localContainer(
      manifests,
      manifestOf(manifests, "Job", "certctl-migrate"),
      "migrate",
      this.folder,
    );
    const local = Object.fromEntries(
      Object.entries(env).map(([key, value]) => [
        key,
        value.replaceAll("certctl-postgres.certctl.svc", "127.0.0.1"),
      ]),
    );
    const migrated = spawnSync(buildContract().server, ["--migrate-only"], { env: local, encoding: "utf8" });
    assert.equal(migrated.status, 0, migrated.stdout);
  }

  async connect(database = "certctl"): Promise<Client> {
    return this.postgres.connect("certctl", this.args.databasePassword as string, database);
  }

  async query(text: string, database?: string): Promise<Record<string, unknown>[]> {
    const client = await this.connect(database);
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  }

  private async fill(rows: number): Promise<void> {
    const n = String(rows);
    await this.query(`
      insert into teams (id, name) select 't-' || i, 'team ' || i from generate_series(1, 20) i;
      insert into audit_events (id, actor, action, details)
        select 'e-' || i, 'admin', 'test', jsonb_build_object('text', md5(i::text) || md5((i * 7)::text)) from generate_series(1, ${n}) i;
    `);
  }

  /** Every row of every table as text, so that two states can be compared byte by byte. */
  async fingerprint(database?: string): Promise<Record<string, string>> {
    const tables = await this.query(
      "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1",
      database,
    );
    const sums = (tables as { name: string }[]).map(
      ({ name }) =>
        `select '${name}' as name, count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') as sum from ${name} t`,
    );
    if (sums.length === 0) return {};
    const rows = (await this.query(sums.join(" union all "), database)) as { name: string; sum: string }[];
    return Object.fromEntries(rows.map(({ name, sum }) => [name, sum]));
  }

  async stop(): Promise<void> {
    await this.postgres.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
