import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { kubectl, leaveNamespaces, object, objects } from "./support/cluster";
import { root, useEngine } from "./support/engine";
import { graphOfReadme, graphOfState } from "./support/graph";
import { TestStack } from "./support/stack";

/** What other products do for a stack that is reached from outside. */
const outside = {
  "certctl:tls": {
    mode: "certManager",
    certManager: { issuerRef: { name: "private-ca" } },
    extraDnsNames: ["enroll.example.com"],
  },
  "certctl:tlsCertificate": undefined,
  "certctl:tlsPrivateKey": undefined,
  "certctl:exposure": {
    mode: "gateway",
    gateway: {
      listener: { gateway: "public", namespace: "gateways", name: "https" },
      hosts: ["certctl.example.com"],
      callers: [
        { namespaceLabels: { "kubernetes.io/metadata.name": "gateways" }, podLabels: { app: "gateway" } },
      ],
      passthrough: {
        listener: { gateway: "public", namespace: "gateways", name: "tls" },
        hosts: ["enroll.example.com"],
      },
    },
  },
};

describe("the stack prod-ha, with a certificate of cert-manager behind a Gateway,", function () {
  this.timeout(900_000);
  let stack: TestStack;
  const { config } = parse(readFileSync(join(root, "Pulumi.prod-ha.yaml"), "utf8")) as {
    config: Record<string, object>;
  };
  const server = config["certctl:server"] ?? {};

  before(async () => {
    stack = await TestStack.create("test-prod-ha", "ha", outside, "prod-ha");
    await stack.up();
  });

  after(() => leaveNamespaces("ha", "ha-agents"));

  it("runs three servers in three zones, each client on the same one for three hours", async () => {
    const deployment = await object("ha", "deployment", "certctl-server");
    assert.equal(deployment.status.readyReplicas, 3);
    const pods = (await objects("ha", "pods")).filter(
      ({ metadata }) => metadata.labels?.["app.kubernetes.io/component"] === "server",
    );
    assert.equal(new Set(pods.map(({ spec }) => spec.nodeName)).size, 3);
    const { spec } = await object("ha", "service", "certctl-server");
    assert.equal(spec.sessionAffinity, "ClientIP");
    assert.deepEqual(spec.sessionAffinityConfig, { clientIP: { timeoutSeconds: 10800 } });
  });

  it("counts rate limits in the database, which accepts every pool at its fullest", async () => {
    const deployment = JSON.stringify((await object("ha", "deployment", "certctl-server")).spec);
    assert.match(deployment, /"name":"CERTCTL_RATE_LIMIT_BACKEND","value":"postgres"/);
    const [, pool] = /"CERTCTL_DATABASE_MAX_CONNS","value":"(\d+)"/.exec(deployment) ?? [];
    const database = JSON.stringify((await object("ha", "statefulset", "certctl-postgres")).spec);
    const [, accepted] = /max_connections=(\d+)/.exec(database) ?? [];
    assert.ok(
      Number(accepted) >= 3 * Number(pool) + 20,
      `${accepted ?? ""} connections for three pools of ${pool ?? ""}`,
    );
  });

  it("runs an agent on every node, in a namespace of its own, which reads the node's directories and writes only its state", async () => {
    const daemonSet = await object("ha-agents", "daemonset", "certctl-agents");
    const nodes = JSON.parse(await kubectl("get", "nodes", "--output", "json")) as { items: unknown[] };
    assert.equal(daemonSet.status.numberReady, nodes.items.length);
    const { spec } = (daemonSet.spec as { template: { spec: object } }).template as { spec: PodSpec };
    const hostPaths = new Map(
      spec.volumes.filter(({ hostPath }) => hostPath).map(({ name, hostPath }) => [name, hostPath?.path]),
    );
    assert.deepEqual([...hostPaths.values()], ["/var/lib/certctl-agent", "/etc/ssl/certs"]);
    const [agent] = spec.containers;
    const mounts = agent?.volumeMounts.filter(({ name }) => hostPaths.has(name)) ?? [];
    assert.deepEqual(
      mounts.map(({ name, readOnly }) => [hostPaths.get(name), readOnly ?? false]),
      [
        ["/var/lib/certctl-agent", false],
        ["/etc/ssl/certs", true],
      ],
    );
  });

  it("asks cert-manager, the Gateway API and the Prometheus Operator for what they do", async () => {
    const kinds = [
      "certificates",
      "httproutes",
      "tlsroutes",
      "backendtlspolicies",
      "servicemonitors",
      "prometheusrules",
    ];
    const found = await objects("ha", ...kinds);
    assert.deepEqual(found.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort(), [
      "BackendTLSPolicy certctl-exposure",
      "Certificate certctl-tls",
      "HTTPRoute certctl-exposure",
      "PrometheusRule certctl-monitoring",
      "ServiceMonitor certctl-monitoring",
      "TLSRoute certctl-exposure-passthrough",
    ]);
  });

  it("is the graph that the README draws, by the engine's own record of dependencies", async () => {
    const resources = await stack.resources();
    assert.deepEqual(graphOfState(resources, "certctl"), graphOfReadme(resources, "certctl"));
  });

  it("makes a backup and restores it every night, and tells Prometheus how often", async () => {
    const schedules = (await objects("ha", "cronjobs")).map(({ metadata, spec }) => [
      metadata.name,
      spec.schedule,
    ]);
    assert.deepEqual(schedules, [
      ["certctl-backup", "30 2 * * *"],
      ["certctl-drill", "30 5 * * *"],
    ]);
    const { spec } = await object("ha", "prometheusrules", "certctl-monitoring");
    for (const alert of ["CertctlBackupTooOld", "CertctlDrillTooOld"])
      assert.ok(JSON.stringify(spec).includes(`"${alert}"`), alert);
  });

  it("previews no change the second time", async () => {
    const preview = await stack.preview("--expect-no-changes");
    assert.equal(preview.code, 0, preview.text);
    assert.doesNotMatch(preview.text, /warning: (?!using pulumi-|resource plugin)/);
  });

  it("scales from three servers to five and back, in place", async () => {
    const before = await object("ha", "deployment", "certctl-server");
    for (const replicas of [5, 3]) {
      stack.configure({ "certctl:server": { ...server, replicas } });
      await stack.up();
      const { metadata, status } = await object("ha", "deployment", "certctl-server");
      assert.equal(metadata.uid, before.metadata.uid);
      assert.equal(status.readyReplicas, replicas);
    }
  });

  it("changes one server pod at a time, and keeps the others ready", async () => {
    const servers = ["deployment", "certctl-server"];
    const ready = await watch(servers, "{.status.readyReplicas}");
    // A moment's pods may be more: an old one goes a little after its place is taken.
    const wanted = await watch(["replicasets"], "{.metadata.name} {.spec.replicas}");
    stack.configure({ "certctl:server": { ...server, logging: { level: "warn" } } });
    await stack.up();
    assert.ok(Math.min(...ready.end().map(Number)) >= 2);
    const sums = sumsOfPods(wanted.end());
    assert.ok(sums.includes(4), `no rollout was seen: ${sums.join()}`);
    assert.ok(Math.max(...sums) <= 4, sums.join());
  });

  it("lets a node be drained, one server at a time", async () => {
    const pods = (await objects("ha", "pods")).filter(
      ({ metadata }) => metadata.labels?.["app.kubernetes.io/component"] === "server",
    );
    const node = String(pods[0]?.spec.nodeName);
    // The instances of other test files have pods on the node, too.
    await kubectl("label", "pods", "--all", "to-be-drained=yes", "--namespace", "ha");
    try {
      await kubectl(
        "drain",
        node,
        "--pod-selector=to-be-drained=yes",
        "--ignore-daemonsets",
        "--delete-emptydir-data",
        "--force",
        "--timeout=300s",
      );
    } finally {
      await kubectl("uncordon", node);
    }
    const { spec, status } = await object("ha", "poddisruptionbudget", "certctl-server");
    assert.deepEqual([spec.maxUnavailable, status.expectedPods], [1, 3]);
  });

  it("leaves the number of servers to the autoscaler, without a dip", async () => {
    stack.configure({
      "certctl:server": { ...server, replicas: undefined, autoscaling: { minReplicas: 3, maxReplicas: 5 } },
    });
    await stack.up();
    assert.equal((await object("ha", "deployment", "certctl-server")).spec.replicas, 3);
    await kubectl("scale", "deployment", "certctl-server", "--namespace", "ha", "--replicas=4");
    await kubectl("rollout", "status", "deployment/certctl-server", "--namespace", "ha", "--timeout=300s");
    stack.configure({
      "certctl:server": {
        ...server,
        replicas: undefined,
        autoscaling: { minReplicas: 3, maxReplicas: 5 },
        maxBodySize: 2097152,
      },
    });
    await stack.up();
    assert.equal((await object("ha", "deployment", "certctl-server")).spec.replicas, 4);
  });
});

/** Notes what objects of the stack say of themselves from now on, one line each time. */
async function watch(objects: readonly string[], said: string): Promise<{ end(): string[] }> {
  const { env } = await useEngine();
  const labels = objects.length > 1 ? [] : ["--selector", "app.kubernetes.io/component=server"];
  const output = `jsonpath=${said}{"\\n"}`;
  const get = ["get", ...objects, ...labels, "--namespace", "ha", "--watch", "--output", output];
  const child = spawn("kubectl", get, { env, stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  await new Promise<void>((begun) => {
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      begun();
    });
  });
  return {
    end() {
      child.kill();
      return text.trim().split("\n");
    },
  };
}

/** How many pods the ReplicaSets are told to keep together, after each of their changes. */
function sumsOfPods(lines: readonly string[]): number[] {
  const wanted = new Map<string, number>();
  return lines.map((line) => {
    const [name = "", replicas] = line.split(" ");
    wanted.set(name, Number(replicas));
    return [...wanted.values()].reduce((sum, one) => sum + one, 0);
  });
}

interface PodSpec {
  volumes: { name: string; hostPath?: { path: string } }[];
  containers: { volumeMounts: { name: string; readOnly?: boolean }[] }[];
}
