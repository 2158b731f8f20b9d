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

/** The cluster of the tests, unless they bring another: a control plane whose kubelet is simulated. */
let startCluster: () => Promise<TestCluster> = startControlPlane;
let started: Promise<{ engine: Engine; cluster: TestCluster }> | undefined;

/** Makes the tests of this run use another cluster. Said before the first use. */
export function runOn(start: () => Promise<TestCluster>): void {
  assert.ok(started === undefined || startCluster === start, "the tests of one run use one cluster");
  startCluster = start;
}

/** The engine, started at the first call of the test run and stopped when it ends. */
export async function useEngine(): Promise<Engine> {
  return (await (started ??= start())).engine;
}

async function startControlPlane(): Promise<TestCluster> {
  const { ensureToolchain } = await import("../../../toolchain/toolchain.mjs");
  const local = await import("../../../scripts/local/control-plane.mjs");
  const stateDir = join(root, ".local", "test-control-plane");
  const log = (): void => undefined;
  const { kubeconfig } = await local.startControlPlane({
    stateDir,
    toolchain: await ensureToolchain({ log }),
    log,
  });
  return {
    env: { KUBECONFIG: kubeconfig },
    async stop() {
      await local.stopControlPlane({ stateDir, log });
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

async function start(): Promise<{ engine: Engine; cluster: TestCluster }> {
  const { ensureToolchain, toolchainEnvironment } = await import("../../../toolchain/toolchain.mjs");
  const toolchain = await ensureToolchain({ log: () => undefined });
  const cluster = await startCluster();
  const workFolder = mkdtempSync(join(tmpdir(), "certctl-engine-"));
  const backend = join(workFolder, "backend");
  const engine = {
    workFolder,
    env: {
      ...process.env,
      ...toolchainEnvironment(toolchain),
      ...cluster.env,
      PULUMI_BACKEND_URL: `file://${backend}?create_dir=true&metadata=skip`,
      PULUMI_CONFIG_PASSPHRASE: "engine tests",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // Lets tests ask for the event log.
      PULUMI_DEBUG_COMMANDS: "true",
      PULUMI_OPTION_CONFIG_FILE: undefined,
      NO_COLOR: "1",
    },
  };
  return { engine, cluster };
}

after("the cluster of the tests stops", async function () {
  this.timeout(60_000);
  if (!started) return;
  const { engine, cluster } = await started;
  await cluster.stop();
  rmSync(engine.workFolder, { recursive: true, force: true });
});

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
