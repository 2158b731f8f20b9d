import assert from "node:assert/strict";
import type { Manifest } from "../../scripts/render/capture";
import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { placeholder } from "../../src/checks/placeholders";
import { committed } from "../support/stack-files";
import type { Cluster, Endpoint, NetworkPolicy } from "./evaluate-policies";
import { mayConnect } from "./evaluate-policies";
import type { Cell } from "./reachability";
import { outsiders, reviewedCells, stacks, triedPorts } from "./reachability";

/** Backups go to a bucket on AWS, and pods are known to it by EKS Pod Identity. */
const inBucket: CertctlArgs = {
  ...committed("dev"),
  backup: {
    enabled: true,
    sink: {
      mode: "s3",
      s3: { bucket: "backups", region: "eu-central-1", identity: { mode: "podIdentity" } },
    },
  },
  restore: { backup: "certctl-20260131T023000Z-0a1b2c3d" },
};
const configurations = {
  dev: committed("dev"),
  "prod-ha": committed("prod-ha"),
  "dev with backups in a bucket": inBucket,
  "dev with an SQL exporter": {
    ...committed("dev"),
    monitoring: { enabled: true, sqlExporter: { enabled: true } },
  },
};

for (const stack of stacks) {
  describe(`with the policies of the stack ${stack}`, () => {
    let endpoints: Record<string, Endpoint>;
    let cluster: Cluster;

    before(async () => {
      const manifests = await renderArgs({ ...placeholderArgs({}), ...configurations[stack] });
      endpoints = endpointsOf(manifests);
      cluster = { policies: policiesOf(manifests) };
    });

    it("every kind of pod, and everybody else, has a row and a column in the reviewed table", () => {
      const cells = reviewedCells(stack);
      const everybody = Object.keys(endpoints).sort();
      assert.deepEqual([...new Set(cells.map(({ from }) => from))].sort(), everybody);
      assert.deepEqual([...new Set(cells.map(({ to }) => to))].sort(), everybody);
      assert.equal(cells.length, everybody.length ** 2);
    });

    it("who may open which port of whom is what the reviewed table says, in every cell", () => {
      const reviewed = reviewedCells(stack);
      assert.deepEqual(
        reviewed.map((cell) => shown(evaluated(cell, endpoints, cluster))),
        reviewed.map(shown),
      );
    });
  });
}

describe("agents on nodes", () => {
  it("reach the server from their own namespace, as other pods of that namespace do not", async () => {
    const args: CertctlArgs = {
      ...placeholderArgs({}),
      tlsCaCertificate: placeholder("tlsCaCertificate"),
      agents: { kind: "DaemonSet" },
    };
    const manifests = await renderArgs(args);
    const { server, agents, database } = endpointsOf(manifests) as Record<
      "server" | "agents" | "database",
      Endpoint
    >;
    const cluster = { policies: policiesOf(manifests) };
    const https = { protocol: "TCP", port: 8443 };
    assert.equal(agents.namespace, "certctl-agents");
    assert.ok(mayConnect(agents, server, https, cluster));
    assert.ok(!mayConnect({ ...agents, labels: { app: "other" } }, server, https, cluster));
    assert.ok(!mayConnect(agents, database, { protocol: "TCP", port: 5432 }, cluster));
    assert.ok(!mayConnect(server, agents, https, cluster));
  });
});

/** The cell as the policies have it. */
function evaluated({ from, to }: Cell, endpoints: Record<string, Endpoint>, cluster: Cluster): Cell {
  const [source, destination] = [endpoints[from] as Endpoint, endpoints[to] as Endpoint];
  return { from, to, open: triedPorts.filter((port) => mayConnect(source, destination, port, cluster)) };
}

function shown({ from, to, open }: Cell): string {
  return `${from} -> ${to}: ${open.map(({ protocol, port }) => `${String(port)}/${protocol}`).join(" ")}`;
}

/**
 * The pods that the manifests make, or have policies for, by the label of their component, and everybody
 * else.
 */
function endpointsOf(manifests: readonly Manifest[]): Record<string, Endpoint> {
  const pods = manifests.flatMap(({ kind, metadata, spec }) => {
    const template = podTemplate(kind, spec);
    return template ? [{ namespace: metadata.namespace ?? "", labels: template.metadata.labels }] : [];
  });
  const expected = policiesOf(manifests).map(({ metadata, spec }) => ({
    namespace: metadata.namespace,
    labels: spec.podSelector.matchLabels ?? {},
  }));
  const parts = [...expected, ...pods].map(
    ({ labels, namespace }) => [labels["app.kubernetes.io/component"] ?? "", { namespace, labels }] as const,
  );
  const everybody = Object.entries({ ...outsiders, ...Object.fromEntries(parts) });
  return Object.fromEntries(
    everybody.map(([name, one], index) => [
      name,
      "address" in one ? one : { ...one, address: `10.244.0.${String(index + 10)}` },
    ]),
  );
}

function podTemplate(
  kind: string,
  spec: unknown,
): { metadata: { labels: Record<string, string> } } | undefined {
  const { template, jobTemplate } = (spec ?? {}) as {
    template?: unknown;
    jobTemplate?: { spec: { template: unknown } };
  };
  return (kind === "CronJob" ? jobTemplate?.spec.template : template) as
    { metadata: { labels: Record<string, string> } } | undefined;
}

function policiesOf(manifests: readonly Manifest[]): NetworkPolicy[] {
  return manifests.filter(({ kind }) => kind === "NetworkPolicy") as unknown as NetworkPolicy[];
}
