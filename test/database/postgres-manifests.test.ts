import assert from "node:assert/strict";
import type { types } from "@pulumi/kubernetes";
import type { Manifest } from "../../scripts/render/capture";
import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { postgresMemory } from "../../src/database/postgres-parameters";
import { FleetSize } from "../../src/fleet-size/fleet-size-args";
import { manifestOf } from "../support/pods";

type StatefulSetSpec = types.output.apps.v1.StatefulSetSpec;
type Container = types.output.core.v1.Container;
type PodSpec = types.output.core.v1.PodSpec;

const render = (args: CertctlArgs = {}): Promise<Manifest[]> =>
  renderArgs({ ...placeholderArgs({}), ...args });

const databaseOf = (manifests: Manifest[]): StatefulSetSpec =>
  manifestOf(manifests, "StatefulSet", "certctl-postgres").spec as StatefulSetSpec;

const podOf = (manifests: Manifest[], kind: string, name: string): PodSpec =>
  (manifestOf(manifests, kind, name).spec as { template: { spec: PodSpec } }).template.spec;

function onlyContainer({ containers }: PodSpec): Container {
  assert.equal(containers.length, 1);
  return containers[0] as Container;
}

function environmentOf(container: Container): Record<string, string> {
  return Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
}

/** The parameters after each `-c`. */
function parametersOf(manifests: Manifest[]): Record<string, string> {
  const { args } = onlyContainer(databaseOf(manifests).template.spec);
  assert.ok(args.every((arg, index) => index % 2 === 1 || arg === "-c"));
  return Object.fromEntries(
    args.filter((_arg, index) => index % 2 === 1).map((arg) => arg.split("=") as [string, string]),
  );
}

describe("the bundled PostgreSQL", function () {
  this.timeout(300_000);
  let manifests: Manifest[];
  let spec: StatefulSetSpec;
  let pod: PodSpec;
  let container: Container;

  before(async () => {
    manifests = await render();
    spec = databaseOf(manifests);
    pod = spec.template.spec;
    container = onlyContainer(pod);
  });

  it("runs as the user and group of the alpine image, which own the volume", () => {
    assert.deepEqual(pod.securityContext, {
      runAsNonRoot: true,
      runAsUser: 70,
      runAsGroup: 70,
      fsGroup: 70,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    });
  });

  it("keeps its data in a subdirectory of its volume, whose root it does not own", () => {
    const { mountPath } = container.volumeMounts.find(({ name }) => name === "data") ?? { mountPath: "none" };
    assert.equal(environmentOf(container).PGDATA, `${mountPath}/pgdata`);
  });

  it("has its claim as a resource of its own, so that the size can grow in place", () => {
    const claim = manifestOf(manifests, "PersistentVolumeClaim", "certctl-postgres");
    assert.ok(!("volumeClaimTemplates" in spec));
    assert.equal(
      pod.volumes.find(({ name }) => name === "data")?.persistentVolumeClaim.claimName,
      claim.metadata.name,
    );
  });

  it("restarts only when a person deletes the pod", () => {
    assert.deepEqual(spec.updateStrategy, { type: "OnDelete" });
    assert.deepEqual([spec.podManagementPolicy, spec.replicas], ["OrderedReady", 1]);
  });

  it("is restricted, on a read-only root with volumes for what it writes", () => {
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    const written = container.volumeMounts.filter(({ readOnly }) => !readOnly);
    assert.deepEqual(written.map(({ mountPath }) => mountPath).sort(), [
      "/dev/shm",
      "/tmp",
      "/var/lib/postgresql/data",
      "/var/run/postgresql",
    ]);
  });

  it("is probed by TCP: the temporary server of initdb listens on a socket only", () => {
    const { startupProbe, readinessProbe, livenessProbe } = container;
    for (const { exec } of [startupProbe, readinessProbe, livenessProbe]) {
      assert.deepEqual(exec.command, [
        "pg_isready",
        "-h",
        "127.0.0.1",
        "-p",
        "5432",
        "-U",
        "certctl",
        "-d",
        "certctl",
      ]);
    }
    assert.ok(startupProbe.periodSeconds * startupProbe.failureThreshold >= 300);
  });

  it("has one Service, headless, whose name the StatefulSet knows", () => {
    const service = manifestOf(manifests, "Service", "certctl-postgres");
    const { clusterIP, selector } = service.spec as types.output.core.v1.ServiceSpec;
    assert.deepEqual([spec.serviceName, clusterIP], [service.metadata.name, "None"]);
    assert.deepEqual(selector, spec.selector.matchLabels);
    for (const [key, value] of Object.entries(selector))
      assert.equal(spec.template.metadata.labels[key], value);
  });

  it("keeps what Kubernetes cannot change in place, whatever the arguments are", async () => {
    const changes: CertctlArgs[] = [
      { fleetSize: "large", server: { replicas: 3, rateLimiting: { backend: "postgres" } } },
      { commonLabels: { team: "pki" } },
      {
        images: {
          postgres: "registry.example.com/postgres:16.4-alpine",
          pullPolicy: "Always",
          pullSecrets: ["login"],
        },
      },
      {
        database: {
          bundled: { port: 5433, database: "pki", user: "pki", terminationGracePeriodSeconds: 60 },
        },
      },
      {
        database: {
          bundled: { storage: { size: "100Gi", storageClass: "fast" }, tls: { secretName: "postgres-tls" } },
        },
      },
      {
        database: {
          bundled: { maxConnections: 500, sharedBuffers: "256Mi", parameters: { work_mem: "16MB" } },
        },
      },
      {
        database: {
          bundled: {
            resources: { limits: { memory: "4Gi" } },
            scheduling: { nodeSelector: { pool: "pki" }, priorityClassName: "high" },
          },
        },
      },
      { existingSecrets: { databasePassword: "vault" }, databasePassword: undefined },
    ];
    for (const change of changes) {
      const changed = databaseOf(await render(change));
      assert.notDeepEqual(changed, spec);
      assert.deepEqual(fixedPart(changed), fixedPart(spec), JSON.stringify(change));
    }
  });

  /** The API server refuses a change of anything but these. */
  function fixedPart(of: StatefulSetSpec): Partial<StatefulSetSpec> {
    const { template: _template, updateStrategy: _strategy, replicas: _replicas, ...rest } = of;
    return rest;
  }
});

describe("the connections of the bundled PostgreSQL", function () {
  this.timeout(300_000);
  for (const fleetSize of Object.values(FleetSize)) {
    it(`are enough for every server's pool and 20 more: ${fleetSize}`, async () => {
      for (const replicas of [1, 2, 3, 4, 5]) {
        const manifests = await render({
          fleetSize,
          server: { replicas, rateLimiting: { backend: "postgres" } },
        });
        const pool = Number(
          environmentOf(onlyContainer(podOf(manifests, "Deployment", "certctl-server")))
            .CERTCTL_DATABASE_MAX_CONNS,
        );
        const allowed = Number(parametersOf(manifests).max_connections);
        assert.ok(
          pool > 0 && allowed >= pool * replicas + 20,
          `${String(allowed)} for ${String(replicas)} pools of ${String(pool)}`,
        );
      }
    });
  }

  it("follow a pool of another size", async () => {
    assert.equal(parametersOf(await render({ server: { maxConnections: 333 } })).max_connections, "353");
  });
});

describe("the memory of the bundled PostgreSQL", () => {
  it("is a Kubernetes quantity in kB, which PostgreSQL counts in 1024 bytes", () => {
    const cases = {
      "128Mi": "131072kB",
      "1Gi": "1048576kB",
      "1.5Gi": "1572864kB",
      "128Ki": "128kB",
      "500M": "488281kB",
      "262144": "256kB",
    };
    for (const [quantity, words] of Object.entries(cases))
      assert.equal(postgresMemory(quantity), words, quantity);
  });

  it("is what the argument says, with as much shared memory", async () => {
    const manifests = await render({ database: { bundled: { sharedBuffers: "192Mi" } } });
    assert.equal(parametersOf(manifests).shared_buffers, "196608kB");
    const shared = databaseOf(manifests).template.spec.volumes.find(({ name }) => name === "shared-memory");
    assert.deepEqual(shared?.emptyDir, { medium: "Memory", sizeLimit: "192Mi" });
  });
});

describe("TLS of the bundled PostgreSQL", () => {
  let manifests: Manifest[];

  before(async () => {
    manifests = await render({ database: { bundled: { tls: { secretName: "postgres-tls" } } } });
  });

  it("is on, from 1.2, with a key that the server's group may read and nobody else", () => {
    const { ssl, ssl_cert_file, ssl_key_file, ssl_min_protocol_version } = parametersOf(manifests);
    assert.deepEqual([ssl, ssl_min_protocol_version], ["on", "TLSv1.2"]);
    assert.deepEqual(
      [ssl_cert_file, ssl_key_file],
      ["/etc/postgresql/tls/tls.crt", "/etc/postgresql/tls/tls.key"],
    );
    const { spec } = databaseOf(manifests).template;
    // PostgreSQL refuses a key with more than 0640, and accepts the group for root's own file only.
    assert.deepEqual(spec.volumes.find(({ name }) => name === "tls")?.secret, {
      secretName: "postgres-tls",
      defaultMode: 0o440,
      items: [
        { key: "tls.crt", path: "tls.crt" },
        { key: "tls.key", path: "tls.key" },
      ],
    });
    assert.ok(
      onlyContainer(spec).volumeMounts.some(
        ({ name, mountPath }) => name === "tls" && mountPath === "/etc/postgresql/tls",
      ),
    );
  });

  for (const [kind, name] of [
    ["Deployment", "certctl-server"] as const,
    ["Job", "certctl-migrate"] as const,
  ]) {
    it(`is verified by the ${kind}, which is given the CA certificate and not the key`, () => {
      const pod = podOf(manifests, kind, name);
      const { CERTCTL_DATABASE_URL: url = "", PGSSLROOTCERT: ca } = environmentOf(onlyContainer(pod));
      assert.equal(new URL(url).searchParams.get("sslmode"), "verify-full");
      assert.equal(ca, "/etc/certctl/database-ca/ca.crt");
      const volume = pod.volumes.find((one) => one.name === "database-ca");
      assert.deepEqual(
        [volume?.secret.secretName, volume?.secret.items],
        ["postgres-tls", [{ key: "ca.crt", path: "ca.crt" }]],
      );
      assert.ok(
        onlyContainer(pod).volumeMounts.some(({ mountPath }) => mountPath === "/etc/certctl/database-ca"),
      );
    });
  }

  it("is off without the argument, and then no client asks for it", async () => {
    const plain = await render();
    assert.ok(!("ssl" in parametersOf(plain)));
    const { CERTCTL_DATABASE_URL: url = "" } = environmentOf(
      onlyContainer(podOf(plain, "Deployment", "certctl-server")),
    );
    assert.equal(new URL(url).searchParams.get("sslmode"), "disable");
  });
});
