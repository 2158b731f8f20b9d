import assert from "node:assert/strict";
import type { types } from "@pulumi/kubernetes";
import type { Manifest } from "../../scripts/render/capture";
import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";
import { placeholder } from "../../src/checks/placeholders";
import type { CertctlArgs } from "../../src/certctl-args";
import type { ExternalDatabaseSettings } from "../../src/database/database-args";
import { manifestOf } from "../support/pods";
import { awkwardPassword } from "../support/secrets";

type Container = types.output.core.v1.Container;
type PodSpec = types.output.core.v1.PodSpec;

const clients = [
  ["Deployment", "certctl-server", "server"],
  ["Job", "certctl-migrate", "migrate"],
] as const;

const render = (external: ExternalDatabaseSettings): Promise<Manifest[]> =>
  renderArgs({
    ...placeholderArgs({}),
    databasePassword: awkwardPassword,
    database: { mode: "external", external },
  });

const podOf = (manifests: Manifest[], kind: string, name: string): PodSpec =>
  (manifestOf(manifests, kind, name).spec as { template: { spec: PodSpec } }).template.spec;

function containerOf(pod: PodSpec, name: string): Container {
  const found = [...pod.initContainers, ...pod.containers].find((container) => container.name === name);
  assert.ok(found, `no container ${name}`);
  return found;
}

function environmentOf(container: Container): Record<string, string> {
  return Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
}

describe("an external database", () => {
  for (const [kind, name, container] of clients) {
    it(`has its CA certificate where the ${kind} looks for it`, async () => {
      const manifests = await render({ host: "db.example.com", caCertificate: placeholder("databaseCa") });
      const pod = podOf(manifests, kind, name);
      const bundle = manifestOf(manifests, "ConfigMap", "certctl-database-ca");
      assert.deepEqual(bundle.data, { "ca.crt": placeholder("databaseCa") });
      const volume = pod.volumes.find((one) => one.name === "database-ca");
      assert.deepEqual(volume?.configMap, {
        name: bundle.metadata.name,
        items: [{ key: "ca.crt", path: "ca.crt" }],
      });
      const { volumeMounts } = containerOf(pod, container);
      const mount = volumeMounts.find((one) => one.name === "database-ca");
      assert.equal(
        environmentOf(containerOf(pod, container)).PGSSLROOTCERT,
        `${mount?.mountPath ?? "nowhere"}/ca.crt`,
      );
    });

    it(`is verified by the ${kind} with the image's roots when no CA is given`, async () => {
      const pod = podOf(await render({ host: "db.example.com" }), kind, name);
      const { CERTCTL_DATABASE_URL: url = "", ...others } = environmentOf(containerOf(pod, container));
      assert.equal(
        url,
        "postgres://certctl@db.example.com:5432/certctl?sslmode=verify-full&connect_timeout=10",
      );
      assert.ok(!("PGSSLROOTCERT" in others));
      assert.ok(!pod.volumes.some((one) => one.name === "database-ca"));
    });

    it(`may have an IPv6 address, and a user and a database of any characters: ${kind}`, async () => {
      const names = { user: "pki@corp/ü:x%41", database: "a b?c#d/é&sslmode=disable" };
      const settings = {
        host: "2001:db8::5",
        port: 6432,
        sslMode: "require",
        connectTimeout: "1m",
        ...names,
      } as const;
      const pod = podOf(await render(settings), kind, name);
      const url = new URL(environmentOf(containerOf(pod, container)).CERTCTL_DATABASE_URL ?? "");
      assert.deepEqual([url.protocol, url.hostname, url.port], ["postgres:", "[2001:db8::5]", "6432"]);
      assert.deepEqual(
        [decodeURIComponent(url.username), decodeURIComponent(url.pathname.slice(1))],
        [names.user, names.database],
      );
      assert.deepEqual(
        [...url.searchParams],
        [
          ["sslmode", "require"],
          ["connect_timeout", "60"],
        ],
      );
    });

    it(`gives its password to the ${kind} from a Secret, never in the URL`, async () => {
      const manifests = await render({ host: "db.example.com", caCertificate: placeholder("databaseCa") });
      const { env } = containerOf(podOf(manifests, kind, name), container);
      const url = new URL(env.find((one) => one.name === "CERTCTL_DATABASE_URL")?.value ?? "");
      assert.equal(url.password, "");
      const { valueFrom } = env.find((one) => one.name === "PGPASSWORD") ?? {};
      assert.deepEqual(valueFrom?.secretKeyRef, { name: "certctl-database", key: "password" });
      assert.deepEqual(manifestOf(manifests, "Secret", "certctl-database").stringData, {
        password: awkwardPassword,
      });
    });

    // pg_isready answers "no response" for ever when it cannot verify: without the CA, and without a root.crt
    // in its home.
    it(`is waited for by the ${kind}'s init container with its address alone, and no wish to verify it`, async () => {
      for (const ca of [{ caCertificate: placeholder("databaseCa") }, {}]) {
        const settings = { host: "db.example.com", port: 6432, user: "pki", database: "inventory", ...ca };
        const waiting = containerOf(podOf(await render(settings), kind, name), "wait-for-database");
        const limit = kind === "Job" ? { WAIT_LIMIT: "30" } : {};
        assert.deepEqual(environmentOf(waiting), {
          ...limit,
          PGHOST: "db.example.com",
          PGPORT: "6432",
          PGUSER: "pki",
          PGDATABASE: "inventory",
        });
      }
    });
  }

  it("is verified by the system's roots without a CA, also by libpq, which has to be told", async () => {
    const args: CertctlArgs = { ...placeholderArgs({}), backup: { enabled: true } };
    for (const sslMode of ["verify-full", "require", "disable"] as const) {
      const manifests = await renderArgs({
        ...args,
        database: { mode: "external", external: { host: "db.example.com", sslMode } },
      });
      const backup = JSON.stringify(manifestOf(manifests, "CronJob", "certctl-backup"));
      assert.equal(
        backup.includes('{"name":"PGSSLROOTCERT","value":"system"}'),
        sslMode === "verify-full",
        sslMode,
      );
    }
  });

  it("is the only thing with its password in the manifests", async () => {
    const holders = (await render({ host: "db.example.com" })).filter((manifest) => {
      const text = JSON.stringify(manifest);
      return (
        text.includes(JSON.stringify(awkwardPassword).slice(1, -1)) ||
        text.includes(encodeURIComponent(awkwardPassword))
      );
    });
    assert.deepEqual(
      holders.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      ["Secret certctl-database"],
    );
  });

  it("leaves no PostgreSQL and no claim in the cluster", async () => {
    const manifests = await render({ host: "db.example.com" });
    assert.ok(
      !manifests.some(
        ({ kind, metadata }) =>
          kind === "PersistentVolumeClaim" || metadata.name.startsWith("certctl-postgres"),
      ),
    );
  });
});
