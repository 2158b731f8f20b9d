import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Manifest } from "../../scripts/render/capture";
import { renderArgs } from "../../scripts/render/render-stack";
import { buildContract } from "../support/contract";
import { localContainer, manifestOf } from "../support/pods";
import { LocalPostgres, freePort } from "../support/postgres";
import { awkwardPassword, generateSecrets } from "../support/secrets";

describe("the rendered PostgreSQL, run for real with a password of special characters,", function () {
  this.timeout(300_000);
  let folder: string;
  let manifests: Manifest[];
  let postgres: LocalPostgres | undefined;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "certctl-rendered-"));
    const port = await freePort();
    const bundled = {
      port,
      maxConnections: 130,
      sharedBuffers: "96Mi",
      parameters: { log_min_duration_statement: "250", "pg_stat_statements.max": "10" },
    };
    manifests = await renderArgs({ ...(await generateSecrets()), fleetSize: "small", database: { bundled } });
    const container = localContainer(
      manifests,
      manifestOf(manifests, "StatefulSet", "certctl-postgres"),
      "postgres",
      join(folder, "postgres"),
    );
    assert.equal(container.env.POSTGRES_PASSWORD, awkwardPassword);
    postgres = await LocalPostgres.start(container.env, container.args, port);
  });

  after(async () => {
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("has the rendered settings in force", async () => {
    const client = await running().connect("certctl", awkwardPassword, "certctl");
    const { rows } = await client.query<{ name: string; setting: string }>(
      "select name, current_setting(name) as setting from pg_settings where name in ('max_connections','shared_buffers','password_encryption','log_min_duration_statement','data_checksums','server_encoding')",
    );
    await client.end();
    assert.deepEqual(Object.fromEntries(rows.map(({ name, setting }) => [name, setting])), {
      max_connections: "130",
      shared_buffers: "96MB",
      password_encryption: "scram-sha-256",
      log_min_duration_statement: "250ms",
      data_checksums: "on",
      server_encoding: "UTF8",
    });
  });

  it("refuses another password", async () => {
    await assert.rejects(running().connect("certctl", "p", "certctl"), /password authentication failed/);
  });

  it("lets the migration Job's environment in, which then migrates", () => {
    const migrated = runStandIn("Job", "certctl-migrate", "migrate", ["--migrate-only"]);
    assert.equal(migrated.status, 0, migrated.stdout);
    assert.ok(!migrated.stdout.includes(awkwardPassword));
  });

  it("lets the server's environment in, for the same schema", async () => {
    const again = runStandIn("Deployment", "certctl-server", "server", ["--migrate-only"]);
    assert.equal(again.status, 0, again.stdout);
    const client = await running().connect("certctl", awkwardPassword, "certctl");
    const { rows } = await client.query<{ count: string }>("select count(*) from schema_migrations");
    await client.end();
    assert.ok(Number(rows[0]?.count) > 0);
  });

  it("keeps the password out of the URL, which certctl prints when it cannot read it", () => {
    const failed = runStandIn("Job", "certctl-migrate", "migrate", ["--migrate-only"], {
      CERTCTL_DATABASE_URL: /127\.0\.0\.1:\d+/,
    });
    assert.equal(failed.status, 1);
    assert.match(failed.stdout, /postgres:\/\/certctl@/);
    assert.ok(
      !failed.stdout.includes(awkwardPassword) &&
        !failed.stdout.includes(encodeURIComponent(awkwardPassword)),
    );
  });

  function running(): LocalPostgres {
    assert.ok(postgres);
    return postgres;
  }

  function runStandIn(
    kind: string,
    workload: string,
    name: string,
    args: string[],
    unreadable?: { CERTCTL_DATABASE_URL: RegExp },
  ) {
    const { server } = buildContract();
    const { env } = localContainer(
      manifests,
      manifestOf(manifests, kind, workload),
      name,
      join(folder, name),
    );
    // The only change: the Service's name stands for this machine.
    const here = (text: string): string => text.replaceAll("certctl-postgres.certctl.svc", "127.0.0.1");
    const url = here(env.CERTCTL_DATABASE_URL ?? "");
    const address = unreadable ? url.replace(unreadable.CERTCTL_DATABASE_URL, "127.0.0.1:no-port") : url;
    return spawnSync(server, args, { env: { ...env, CERTCTL_DATABASE_URL: address }, encoding: "utf8" });
  }
});
