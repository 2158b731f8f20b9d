import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** The real engines, and a cluster of the tests' own: the control plane of `npm start` is never touched. */
export interface Engine {
  /** Environment for the Pulumi CLI and kubectl. */
  env: NodeJS.ProcessEnv;
  /** Folder of this run: state, stack files. Removed at the end. */
  workFolder: string;
}

/** What a command answered. */
export interface Answer {
  code: number;
  stdout: string;
  stderr: string;
  /** Both streams, for messages. */
  text: string;
}

export const root = resolve(__dirname, "../../..");

/** Where the stacks go. */
export interface TestCluster {
  /** Environment that leads kubectl and the Pulumi CLI to it. */
  env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** What the files share that go side by side (shared-engine.mjs); without it, each run has its own. */
const shared = process.env.CERTCTL_SHARED_ENGINE;

/** The cluster of the tests, unless they bring another: a control plane whose kubelet is simulated. */
let startCluster: () => Promise<TestCluster> = () => startControlPlane("test-control-plane");
let started: Promise<{ engine: Engine; cluster: TestCluster }> | undefined;

/** Makes the tests of this run use another cluster. Said before the first use. */
export function runOn(start: () => Promise<TestCluster>): void {
  assert.ok(started === undefined || startCluster === start, "the tests of one run use one cluster");
  startCluster = start;
}

/** Gives the tests of a suite a control plane of their own: they change what all namespaces share. */
export function onControlPlaneOfItsOwn(name: string): void {
  let usual: typeof started;
  before("a control plane of its own starts", async function () {
    this.timeout(600_000);
    usual = started;
    started = start(() => startControlPlane(`test-control-plane-${name}`));
    await started;
  });
  after("its own control plane stops", async function () {
    this.timeout(600_000);
    const own = started;
    started = usual;
    await stop(own);
  });
}

/** The engine, started at the first call of the test run and stopped when it ends. */
export async function useEngine(): Promise<Engine> {
  return (await (started ??= shared === undefined ? start(startCluster) : attach(shared))).engine;
}

async function startControlPlane(name: string): Promise<TestCluster> {
  const { ensureToolchain } = await import("../../../toolchain/toolchain.mjs");
  const local = await import("../../../scripts/local/control-plane.mjs");
  const stateDir = join(root, ".local", name);
  const log = (): void => undefined;
  const stop = async (): Promise<void> => {
    await local.stopControlPlane({ stateDir, log });
    rmSync(stateDir, { recursive: true, force: true });
  };
  try {
    const toolchain = await ensureToolchain({ log });
    const { kubeconfig } = await local.startControlPlane({ stateDir, toolchain, log });
    return { env: { KUBECONFIG: kubeconfig }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  startCluster: () => Promise<TestCluster>,
): Promise<{ engine: Engine; cluster: TestCluster }> {
  const cluster = await startCluster();
  const workFolder = mkdtempSync(join(tmpdir(), "certctl-engine-"));
  return {
    engine: await engineIn(workFolder, cluster.env),
    cluster: {
      env: cluster.env,
      async stop() {
        await cluster.stop();
        rmSync(workFolder, { recursive: true, force: true });
      },
    },
  };
}

/** What others started, and will stop. */
async function attach(to: string): Promise<{ engine: Engine; cluster: TestCluster }> {
  const { workFolder, kubeconfig } = JSON.parse(to) as { workFolder: string; kubeconfig: string };
  const env = { KUBECONFIG: kubeconfig };
  return { engine: await engineIn(workFolder, env), cluster: { env, stop: () => Promise.resolve() } };
}

async function engineIn(workFolder: string, ofCluster: NodeJS.ProcessEnv): Promise<Engine> {
  const { ensureToolchain, toolchainEnvironment } = await import("../../../toolchain/toolchain.mjs");
  const toolchain = await ensureToolchain({ log: () => undefined });
  return {
    workFolder,
    env: {
      ...process.env,
      ...toolchainEnvironment(toolchain),
      ...ofCluster,
      PULUMI_BACKEND_URL: `file://${join(workFolder, "backend")}?create_dir=true&metadata=skip`,
      PULUMI_CONFIG_PASSPHRASE: "engine tests",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // Lets tests ask for the event log.
      PULUMI_DEBUG_COMMANDS: "true",
      PULUMI_OPTION_CONFIG_FILE: undefined,
      NO_COLOR: "1",
    },
  };
}

after("the cluster of the tests stops", async function () {
  this.timeout(600_000);
  await stop(started);
});

async function stop(running: typeof started): Promise<void> {
  await (await running)?.cluster.stop();
}

/** Runs a program of the toolchain to its end. */
export async function run(
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  options: { cwd?: string; input?: string } = {},
): Promise<Answer> {
  return new Promise((answer) => {
    const child = execFile(
      program,
      args,
      { env, cwd: options.cwd ?? root, maxBuffer: 256 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        answer({ code, stdout, stderr, text: `${stdout}\n${stderr}` });
      },
    );
    child.stdin?.end(options.input ?? "");
  });
}
