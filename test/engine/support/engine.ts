import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** The real engines, and a control plane of the tests' own: the one of `npm start` is never touched. */
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
const stateDir = join(root, ".local", "test-control-plane");
let started: Promise<Engine> | undefined;

/** The engine, started at the first call of the test run and stopped when it ends. */
export function useEngine(): Promise<Engine> {
  return (started ??= start());
}

async function start(): Promise<Engine> {
  const { ensureToolchain, toolchainEnvironment } = await import("../../toolchain/toolchain.mjs");
  const { startControlPlane } = await import("../../../scripts/local/control-plane.mjs");
  const toolchain = await ensureToolchain({ log: () => undefined });
  const controlPlane = await startControlPlane({ stateDir, toolchain, log: () => undefined });
  const workFolder = mkdtempSync(join(tmpdir(), "certctl-engine-"));
  const backend = join(workFolder, "backend");
  return {
    workFolder,
    env: {
      ...process.env,
      ...toolchainEnvironment(toolchain),
      KUBECONFIG: controlPlane.kubeconfig,
      PULUMI_BACKEND_URL: `file://${backend}?create_dir=true&metadata=skip`,
      PULUMI_CONFIG_PASSPHRASE: "engine tests",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // Lets tests ask for the event log.
      PULUMI_DEBUG_COMMANDS: "true",
      PULUMI_OPTION_CONFIG_FILE: undefined,
      NO_COLOR: "1",
    },
  };
}

after("the control plane of the tests stops", async function () {
  this.timeout(60_000);
  if (!started) return;
  const { stopControlPlane } = await import("../../../scripts/local/control-plane.mjs");
  const { workFolder } = await started;
  await stopControlPlane({ stateDir, log: () => undefined });
  rmSync(stateDir, { recursive: true, force: true });
  rmSync(workFolder, { recursive: true, force: true });
});

/** Runs a program of the toolchain to its end. */
export async function run(
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  options: { cwd?: string; input?: string } = {},
): Promise<Answer> {
  return new Promise((answer) => {
    const child = execFile(program, args, { env, cwd: options.cwd ?? root, maxBuffer: 256 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      answer({ code, stdout, stderr, text: `${stdout}\n${stderr}` });
    });
    child.stdin?.end(options.input ?? "");
  });
}
