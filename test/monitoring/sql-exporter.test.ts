import assert from "node:assert/strict";
import type { types } from "@pulumi/kubernetes";
import { parse } from "yaml";
import type { Manifest } from "../../scripts/render/capture";
import { captureManifests, captureResources } from "../../scripts/render/capture";
import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";
import { Certctl } from "../../src/certctl";
import type { CertctlArgs } from "../../src/certctl-args";
import { placeholder, withPlaceholders } from "../../src/checks/placeholders";
import { ExternalDatabase } from "../../src/database/external-database";
import { SqlExporter } from "../../src/monitoring/sql-exporter";
import type { SqlExporterSettings } from "../../src/monitoring/sql-exporter-args";
import { manifestOf } from "../support/pods";

type PodTemplate = types.output.core.v1.PodTemplateSpec;

const name = "certctl-sql-exporter";

const watched = (sqlExporter: SqlExporterSettings = {}, args: CertctlArgs = {}): CertctlArgs => ({
  ...placeholderArgs({}),
  ...args,
  monitoring: { enabled: true, sqlExporter: { enabled: true, ...sqlExporter } },
});

const template = (manifests: Manifest[]): PodTemplate =>
  (manifestOf(manifests, "Deployment", name).spec as { template: PodTemplate }).template;

/** The variables of the exporter; of a Secret's key, where it is from. */
function variables(manifests: Manifest[]): Record<string, string> {
  const [container] = template(manifests).spec.containers;
  return Object.fromEntries(
    (container?.env ?? []).map(({ name: variable, value, valueFrom }) => {
      const { secretKeyRef, fieldRef } = (valueFrom as Partial<typeof valueFrom> | undefined) ?? {};
      return [
        variable,
        secretKeyRef ? `${secretKeyRef.name}/${secretKeyRef.key}` : fieldRef ? fieldRef.fieldPath : value,
      ];
    }),
  );
}

const settingsOfSession = {
  QE_HOST: "status.podIP",
  QE_PORT: "9560",
  QE_CONFIG: "/config/config.yaml",
  QE_LOG_FORMAT: "json",
  PGAPPNAME: name,
  PGOPTIONS: "-c default_transaction_read_only=on -c statement_timeout=10s",
};

describe("the SQL exporter", () => {
  it("is there only when it is asked for", async () => {
    for (const monitoring of [
      undefined,
      { enabled: true },
      { enabled: true, sqlExporter: { enabled: false } },
      { enabled: true, sqlExporter: {} },
    ]) {
      const manifests = await renderArgs({ ...placeholderArgs({}), monitoring });
      assert.doesNotMatch(JSON.stringify(manifests), /sql-exporter|certctl_sql_/);
    }
  });

  it("logs in to the bundled database as the server does, and takes the password from the same Secret", async () => {
    const manifests = await renderArgs(watched());
    assert.deepEqual(variables(manifests), {
      ...settingsOfSession,
      PGHOST: "certctl-postgres.certctl.svc",
      PGPORT: "5432",
      PGUSER: "certctl",
      PGDATABASE: "certctl",
      PGSSLMODE: "disable",
      PGCONNECT_TIMEOUT: "10",
      PGPASSWORD: "certctl-postgres/password",
    });
    const existing = { databasePassword: undefined, existingSecrets: { databasePassword: "vault-database" } };
    assert.equal(variables(await renderArgs(watched({}, existing))).PGPASSWORD, "vault-database/password");
  });

  it("verifies an external database by its CA, and by the system's roots without one", async () => {
    const external = {
      host: "db.example.com",
      port: 6432,
      user: "pki",
      database: "inventory",
      connectTimeout: "3s",
    };
    const own = await renderArgs(
      watched(
        {},
        {
          database: { mode: "external", external: { ...external, caCertificate: placeholder("databaseCa") } },
        },
      ),
    );
    const connection = {
      ...settingsOfSession,
      PGHOST: "db.example.com",
      PGPORT: "6432",
      PGUSER: "pki",
      PGDATABASE: "inventory",
      PGSSLMODE: "verify-full",
      PGCONNECT_TIMEOUT: "3",
      PGPASSWORD: "certctl-database/password",
    };
    assert.deepEqual(variables(own), { ...connection, PGSSLROOTCERT: "/etc/certctl/database-ca/ca.crt" });
    const [, ca] = template(own).spec.volumes;
    assert.equal(ca?.configMap.name, manifestOf(own, "ConfigMap", "certctl-database-ca").metadata.name);
    const roots = await renderArgs(watched({}, { database: { mode: "external", external } }));
    assert.deepEqual(variables(roots), { ...connection, PGSSLROOTCERT: "system" });
  });

  it("with a login of its own knows nothing of the server's", async () => {
    const manifests = await renderArgs(
      watched({ login: { user: "watcher", secretName: "certctl-watcher" } }),
    );
    const { PGUSER, PGPASSWORD } = variables(manifests);
    assert.deepEqual({ PGUSER, PGPASSWORD }, { PGUSER: "watcher", PGPASSWORD: "certctl-watcher/password" });
    assert.doesNotMatch(
      JSON.stringify(manifestOf(manifests, "Deployment", name)),
      /certctl-postgres\/|"name":"certctl-postgres"|checksum/,
    );
  });

  it("has no address and no password in its configuration", async () => {
    const manifests = await renderArgs(watched());
    const { data } = manifestOf(manifests, "ConfigMap", name) as unknown as { data: Record<string, string> };
    const { databases } = parse(data["config.yaml"] ?? "") as { databases: object };
    assert.deepEqual(databases, {
      certctl: { dsn: "postgresql+psycopg2://", "connection-pool": { size: 0 } },
    });
  });

  it("rolls when its queries or the password that it uses change, and at nothing else", async () => {
    const revision = async (args: CertctlArgs): Promise<string> =>
      JSON.stringify(template(await renderArgs(args)));
    const before = await revision(watched());
    assert.notEqual(await revision(watched({ interval: "5m" })), before);
    assert.notEqual(await revision(watched({}, { databasePassword: placeholder("another") })), before);
    assert.equal(await revision(watched({}, { encryptionKey: placeholder("another") })), before);
    assert.equal(await revision({ ...watched(), server: { logging: { level: "debug" } } }), before);
  });

  it("is scraped by plain HTTP where its Service is, and its alerts know it by the name of that", async () => {
    const args = watched();
    const manifests = await renderArgs({
      ...args,
      monitoring: { ...args.monitoring, serviceMonitor: { interval: "30s", labels: { release: "x" } } },
    });
    const monitor = manifestOf(manifests, "ServiceMonitor", name);
    const { selector, endpoints } = monitor.spec as {
      selector: { matchLabels: Record<string, string> };
      endpoints: object[];
    };
    assert.deepEqual(endpoints, [
      { port: "metrics", path: "/metrics", interval: "30s", scrapeTimeout: "30s" },
    ]);
    assert.equal((monitor.metadata.labels as Record<string, string>).release, "x");
    const selected = manifests.filter(
      ({ kind, metadata }) =>
        kind === "Service" &&
        Object.entries(selector.matchLabels).every(
          ([key, value]) => (metadata.labels as Record<string, string>)[key] === value,
        ),
    );
    assert.deepEqual(
      selected.map(({ metadata }) => metadata.name),
      [name],
    );
    assert.deepEqual((selected[0]?.spec as { ports: object[] }).ports, [
      { name: "metrics", port: 9560, targetPort: "metrics", appProtocol: "http" },
    ]);
    assert.match(
      JSON.stringify(manifestOf(manifests, "PrometheusRule", "certctl-monitoring")),
      new RegExp(`job=\\\\"${name}\\\\"`),
    );
  });

  it("needs no object of the Prometheus Operator where monitoring makes none", async () => {
    const args = watched();
    const off = { enabled: false };
    const manifests = await renderArgs({
      ...args,
      monitoring: { ...args.monitoring, serviceMonitor: off, rules: off },
    });
    assert.ok(!manifests.some(({ apiVersion }) => apiVersion.startsWith("monitoring.coreos.com/")));
    manifestOf(manifests, "Deployment", name);
  });

  it("starts when the servers are up, whose schema it asks", async () => {
    const resources = await captureResources(() => withPlaceholders(() => new Certctl("certctl", watched())));
    const before =
      resources.find(({ type, name: found }) => type.endsWith(":Deployment") && found === name)
        ?.dependencies ?? [];
    assert.ok(
      before.some(({ type, name: found }) => type.endsWith(":Deployment") && found === "certctl-server"),
    );
  });

  it("is a component that takes any database", async () => {
    const manifests = await captureManifests(() => {
      const database = new ExternalDatabase("pki-database", {
        namespace: "pki",
        host: "db.example.com",
        existingPasswordSecret: "db-password",
      });
      new SqlExporter("pki-exporter", { namespace: "pki", database, interval: "10s" });
    });
    assert.deepEqual(
      manifests.map(({ kind, metadata }) => `${kind} ${metadata.name.replace(/-[0-9a-f]{8}$/, "")}`).sort(),
      ["ConfigMap pki-exporter-config", "Deployment pki-exporter", "Service pki-exporter"],
    );
    assert.throws(
      () =>
        new SqlExporter("pki-exporter", { namespace: "pki", database: undefined as never, interval: "5" }),
      /interval: "5" is not a Prometheus duration/,
    );
  });
});
