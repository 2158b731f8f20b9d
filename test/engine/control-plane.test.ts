import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const stateDir = mkdtempSync(join(tmpdir(), "certctl-control-plane-"));
const parts = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"];

const load = () => import("../../scripts/local/control-plane.mjs");
const toolchain = async () => (await import("../../toolchain/toolchain.mjs")).ensureToolchain();

/** Starts the control plane of this file, and gives what it did and said. */
async function start(
  options: { stateDir?: string; engines?: Record<string, string>; stuckSeconds?: number } = {},
) {
  const built = await toolchain();
  const said: string[] = [];
  const result = await (
    await load()
  ).startControlPlane({
    stateDir: options.stateDir ?? stateDir,
    stuckSeconds: options.stuckSeconds,
    toolchain: { ...built, engines: { ...built.engines, ...options.engines } },
    log: (line: string) => said.push(line),
  });
  return { ...result, said: said.join("\n") };
}

const stop = async () => (await load()).stopControlPlane({ stateDir });

async function processIds(): Promise<Record<string, number | undefined>> {
  const status = (await load()).controlPlaneStatus({ stateDir });
  return Object.fromEntries(
    status.filter(({ state }) => state === "running").map(({ name, pid }) => [name, pid]),
  );
}

async function killPart(name: string): Promise<void> {
  const pid = (await processIds())[name];
  assert.ok(pid);
  process.kill(pid, "SIGKILL");
  while ((await processIds())[name] !== undefined) await sleep(20);
}

async function kubectl(...args: string[]): Promise<string> {
  const { engines } = await toolchain();
  assert.ok(engines.kubectl);
  return (await promisify(execFile)(engines.kubectl, ["--kubeconfig", join(stateDir, "kubeconfig"), ...args]))
    .stdout;
}

async function apply(manifest: object): Promise<void> {
  const file = join(stateDir, "manifest.json");
  writeFileSync(file, JSON.stringify(manifest));
  await kubectl("apply", "--filename", file);
}

/** Waits until a question has the answer. */
async function until(answer: string, ...args: string[]): Promise<void> {
  let last = "";
  for (let attempt = 0; attempt < 200; attempt++) {
    last = await kubectl(...args);
    if (last === answer) return;
    await sleep(100);
  }
  assert.equal(last, answer, args.join(" "));
}

const claim = (size: string) => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "data", namespace: "default" },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: size } } },
});
const pod = (name: string, image: string, volumes: object[] = []) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "default" },
  spec: { restartPolicy: "Never", containers: [{ name: "only", image }], volumes },
});

describe("the local control plane", function () {
  this.timeout(900_000);
  const bystanders: ChildProcess[] = [];
  /** A process that has nothing to do with the control plane. */
  function bystander(): ChildProcess & { pid: number } {
    const child = spawn("sleep", ["600"]);
    bystanders.push(child);
    assert.ok(child.pid);
    return child as ChildProcess & { pid: number };
  }

  before("starts", async function () {
    this.timeout(1_800_000);
    await toolchain();
    await start();
  });
  after("ends", async () => {
    for (const child of bystanders) child.kill("SIGKILL");
    await stop();
    rmSync(stateDir, { recursive: true, force: true });
  });

  it("has three ready nodes in three zones", async () => {
    const nodes = await kubectl(
      "get",
      "nodes",
      "--no-headers",
      "--label-columns",
      "topology.kubernetes.io/zone",
    );
    assert.equal((nodes.match(/ Ready /g) ?? []).length, 3);
    assert.equal(new Set(nodes.match(/local-[abc]$/gm)).size, 3);
  });

  it("lets a service account do only what it was granted", async () => {
    const mayListSecrets = kubectl(
      "auth",
      "can-i",
      "list",
      "secrets",
      "--as=system:serviceaccount:default:default",
    );
    await assert.rejects(mayListSecrets, { stdout: "no\n" });
  });

  it("refuses a pod that the namespace's pod security does not allow", async () => {
    await apply({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "restricted", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
    const refused = kubectl("--namespace=restricted", "run", "lax", "--image=lax");
    await assert.rejects(refused, /violates PodSecurity "restricted:latest"/);
  });

  it("makes a volume for a claim when a pod uses it, grows it in place, and deletes it with the claim", async () => {
    await apply(claim("1Gi"));
    await until("Pending", "get", "pvc/data", "--output=jsonpath={.status.phase}");
    await apply(pod("user", "user", [{ name: "data", persistentVolumeClaim: { claimName: "data" } }]));
    await until("Running", "get", "pod/user", "--output=jsonpath={.status.phase}");
    await until(
      "Bound 1Gi",
      "get",
      "pvc/data",
      "--output=jsonpath={.status.phase} {.status.capacity.storage}",
    );
    await apply(claim("2Gi"));
    await until("2Gi", "get", "pvc/data", "--output=jsonpath={.status.capacity.storage}");
    await until("2Gi", "get", "pv", "--output=jsonpath={.items[*].spec.capacity.storage}");
    await kubectl("delete", "pod/user", "pvc/data");
    await until("", "get", "pv", "--output=name");
  });

  it("lets a pod fail whose image ends in -fails", async () => {
    await apply(pod("broken", "registry.test/broken:v2-fails"));
    await until(
      "Failed 1",
      "get",
      "pod/broken",
      "--output=jsonpath={.status.phase} {.status.containerStatuses[0].state.terminated.exitCode}",
    );
  });

  it("is verified by the authority in its kubeconfig", () => {
    const kubeconfig = JSON.parse(readFileSync(join(stateDir, "kubeconfig"), "utf8")) as {
      clusters: { cluster: object }[];
    };
    assert.deepEqual(Object.keys(kubeconfig.clusters[0]?.cluster ?? {}), [
      "server",
      "certificate-authority-data",
    ]);
  });

  it("is used again by a second start, which starts nothing", async () => {
    const before = await processIds();
    const { started, reused, said } = await start();
    assert.deepEqual(started, []);
    assert.deepEqual(reused.sort(), parts);
    assert.equal(said, "");
    assert.deepEqual(await processIds(), before);
  });

  it("outlives the process that started it, and a Ctrl-C in its terminal", async () => {
    await stop();
    const module = JSON.stringify(require.resolve("../../scripts/local/control-plane.mjs"));
    const program = `
      const { startControlPlane } = await import(${module});
      await startControlPlane({ stateDir: ${JSON.stringify(stateDir)} });
      console.log("started");
      setInterval(() => {}, 1000);`;
    // A terminal signals the whole process group.
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    assert.ok(child.pid);
    process.kill(-child.pid, "SIGINT");
    await new Promise((resolve) => child.once("exit", resolve));
    await sleep(500);
    assert.deepEqual(Object.keys(await processIds()), parts);
    await until("ok", "get", "--raw", "/readyz");
  });

  it("names a part that crashed, with the end of its log, and starts that part again", async () => {
    const before = await processIds();
    await killPart("kube-scheduler");
    const { started, said } = await start();
    assert.deepEqual(started, ["kube-scheduler"]);
    assert.match(
      said,
      /^kube-scheduler has ended by itself\. The end of its log \(.*kube-scheduler\.log\):\n {4}\S/,
    );
    const { "kube-scheduler": _, ...others } = before;
    assert.deepEqual({ ...(await processIds()), ...others }, await processIds());
  });

  it("starts a part again that does not answer", async () => {
    process.kill((await processIds()).kwok ?? 0, "SIGSTOP");
    const { started, said } = await start({ stuckSeconds: 10 });
    assert.deepEqual(started, ["kwok"]);
    assert.equal(said, "kwok runs but does not answer; starting it again");
  });

  it("starts again on the same data when all of it was killed", async () => {
    await kubectl("create", "configmap", "kept", "--from-literal=key=value");
    // What the user did to the cluster is kept as well, and does not keep it from starting.
    await kubectl("cordon", "node-local-a");
    for (const part of parts) await killPart(part);
    const { started, said } = await start();
    assert.deepEqual(started.sort(), parts);
    assert.equal(said, "the control plane of an earlier session is gone; starting it again with its data");
    assert.equal(await kubectl("get", "configmap/kept", "--output=jsonpath={.data.key}"), "value");
    assert.equal(
      await kubectl("get", "node/node-local-a", "--output=jsonpath={.spec.unschedulable}"),
      "true",
    );
  });

  it("is not started twice by two starts at once", async () => {
    await stop();
    const [one, two] = await Promise.all([start(), start()]);
    assert.deepEqual([...one.started, ...two.started].sort(), parts);
  });

  it("leaves a process alone that has the number of a part that is gone", async () => {
    const { pid } = bystander();
    await killPart("kwok");
    const record = join(stateDir, "parts", "kwok.json");
    const written = JSON.parse(readFileSync(record, "utf8")) as { process: { pid: number } };
    written.process.pid = pid;
    writeFileSync(record, JSON.stringify(written));
    assert.deepEqual((await start()).started, ["kwok"]);
    await killPart("kwok");
    writeFileSync(record, JSON.stringify(written));
    await stop();
    process.kill(pid, 0);
  });

  it("stops its own processes, all of them and no others", async () => {
    const { pid } = bystander();
    await start();
    const running = await processIds();
    const ended = await stop();
    assert.deepEqual(Object.fromEntries(ended.map(({ name, pid }) => [name, pid])), running);
    const { identifyProcess } = await import("../../scripts/lib/process-identity.mjs");
    assert.deepEqual(
      Object.values(running).map((own) => identifyProcess(own ?? 0)),
      parts.map(() => undefined),
    );
    process.kill(pid, 0);
    assert.deepEqual(await stop(), []);
  });

  it("takes another port when its own is taken by then, and says so", async () => {
    const { server } = await start();
    await stop();
    const taken = Number(new URL(server).port);
    const program = createServer();
    await new Promise<void>((resolve) => program.listen(taken, "127.0.0.1", resolve));
    try {
      const again = await start();
      assert.match(
        again.said,
        new RegExp(`^port ${taken} of kube-apiserver is taken by another program; it uses \\d+ now$`, "m"),
      );
      assert.notEqual(again.server, server);
      assert.match(readFileSync(join(stateDir, "kubeconfig"), "utf8"), new RegExp(again.server));
      await until("ok", "get", "--raw", "/readyz");
    } finally {
      program.close();
    }
  });

  it("names a part that cannot start, with the end of its log, and leaves nothing running", async () => {
    const folder = mkdtempSync(join(tmpdir(), "certctl-control-plane-"));
    const broken = join(folder, "etcd");
    writeFileSync(broken, "#!/bin/sh\necho the data is damaged\nexit 3\n", { mode: 0o755 });
    try {
      await assert.rejects(start({ stateDir: folder, engines: { etcd: broken } }), (error: Error) => {
        assert.match(
          error.message,
          /^etcd ended while it started \(exit code 3\)\. The end of its log \(.*etcd\.log\):\n {4}the data is damaged$/,
        );
        return true;
      });
      const status = (await load()).controlPlaneStatus({ stateDir: folder });
      assert.deepEqual([...new Set(status.map(({ state }) => state))], ["stopped"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
