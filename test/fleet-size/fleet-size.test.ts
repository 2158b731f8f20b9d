import assert from "node:assert/strict";
import type { types } from "@pulumi/kubernetes";
import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { FleetSize } from "../../src/fleet-size/fleet-size-args";
import { certctlWarnings } from "../../src/instance/instance-warnings";
import { generateSecrets } from "../support/secrets";
import { manifestOf } from "../support/pods";

/** What an instance runs with, as its manifests say. */
async function sizes(args: CertctlArgs) {
  const manifests = await renderArgs({ ...placeholderArgs({}), ...args });
  const spec = (kind: string, name: string) =>
    manifestOf(manifests, kind, name).spec as types.output.apps.v1.DeploymentSpec;
  const resources = (kind: string, name: string) => spec(kind, name).template.spec.containers[0]?.resources;
  const env = new Map(
    spec("Deployment", "certctl-server").template.spec.containers[0]?.env.map(({ name, value }) => [
      name,
      value,
    ]),
  );
  const parameters = JSON.stringify(spec("StatefulSet", "certctl-postgres").template.spec.containers[0]);
  return {
    replicas: spec("Deployment", "certctl-server").replicas,
    server: resources("Deployment", "certctl-server"),
    pool: Number(env.get("CERTCTL_DATABASE_MAX_CONNS")),
    concurrency: Number(env.get("CERTCTL_RENEWAL_CONCURRENCY")),
    backend: env.get("CERTCTL_RATE_LIMIT_BACKEND"),
    database: resources("StatefulSet", "certctl-postgres"),
    maxConnections: Number(/max_connections=(\d+)/.exec(parameters)?.[1]),
    sharedBuffers: /shared_buffers=(\w+)/.exec(parameters)?.[1],
    agents: resources("StatefulSet", "certctl-agents"),
  };
}

const amounts = (cpu: string, memory: string, cpuLimit: string, memoryLimit: string) => ({
  requests: { cpu, memory },
  limits: { cpu: cpuLimit, memory: memoryLimit },
});

describe("a fleet size", () => {
  it("small runs one server, with what upstream has validated", async () => {
    assert.deepEqual(await sizes({ fleetSize: "small" }), {
      replicas: 1,
      server: amounts("100m", "128Mi", "500m", "512Mi"),
      pool: 50,
      concurrency: 25,
      backend: "memory",
      database: amounts("100m", "256Mi", "500m", "512Mi"),
      maxConnections: 100,
      sharedBuffers: "131072kB",
      agents: amounts("50m", "64Mi", "200m", "256Mi"),
    });
  });

  it("medium runs three servers that count together, and a database that accepts all their pools", async () => {
    assert.deepEqual(await sizes({ fleetSize: "medium" }), {
      replicas: 3,
      server: amounts("500m", "512Mi", "2", "2Gi"),
      pool: 100,
      concurrency: 50,
      backend: "postgres",
      database: amounts("500m", "512Mi", "2", "2Gi"),
      maxConnections: 320,
      sharedBuffers: "262144kB",
      agents: amounts("50m", "64Mi", "200m", "256Mi"),
    });
  });

  it("large does so for fifty thousand certificates", async () => {
    assert.deepEqual(await sizes({ fleetSize: "large" }), {
      replicas: 3,
      server: amounts("2", "2Gi", "4", "4Gi"),
      pool: 200,
      concurrency: 100,
      backend: "postgres",
      database: amounts("4", "4Gi", "4", "4Gi"),
      maxConnections: 620,
      sharedBuffers: "1048576kB",
      agents: amounts("50m", "64Mi", "500m", "512Mi"),
    });
  });

  for (const fleetSize of Object.values(FleetSize)) {
    it(`${fleetSize} is consistent: it warns of nothing, and the database accepts pool × replicas + 20`, async () => {
      const { pool, replicas, maxConnections, concurrency } = await sizes({ fleetSize });
      assert.ok(maxConnections >= pool * replicas + 20);
      assert.ok(concurrency <= pool / 2, "renewals leave connections for requests");
      assert.deepEqual(certctlWarnings({ ...(await generateSecrets()), fleetSize }), []);
    });
  }

  it("gives way to each single value, and derives the rest from it", async () => {
    const small = await sizes({ fleetSize: "small" });
    const overridden = await sizes({
      fleetSize: "small",
      server: { replicas: 4, resources: { limits: { cpu: "3" } } },
    });
    assert.deepEqual(overridden, {
      ...small,
      replicas: 4,
      server: amounts("100m", "128Mi", "3", "512Mi"),
      maxConnections: 220,
    });
    assert.equal((await sizes({ fleetSize: "medium", server: { maxConnections: 30 } })).maxConnections, 200);
    assert.equal(
      (await sizes({ fleetSize: "large", database: { bundled: { maxConnections: 700 } } })).maxConnections,
      700,
    );
  });
});
