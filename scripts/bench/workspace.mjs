import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureToolchain, toolchainEnvironment } from "../../toolchain/toolchain.mjs";
import { runForeground } from "../lib/foreground.mjs";
import { UserError } from "../lib/user-error.cjs";
import { startControlPlane, stopControlPlane } from "../local/control-plane.mjs";
import { root } from "../test/processes.mjs";

/** @typedef {import("../lib/log.mjs").Log} Log */

/**
 * A control plane, a Pulumi backend and a folder of a run's own.
 * @typedef {object} Workspace
 * @property {string} folder
 * @property {NodeJS.ProcessEnv} env
 */

/**
 * @template T
 * @param {Log} log
 * @param {(workspace: Workspace) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withWorkspace(log, use) {
  const toolchain = await ensureToolchain({ log });
  const folder = mkdtempSync(join(tmpdir(), "certctl-bench-"));
  const stateDir = join(folder, "control-plane");
  try {
    log("Starting a control plane for the measurements.");
    const { kubeconfig } = await startControlPlane({ stateDir, toolchain });
    mkdirSync(join(folder, "backend"));
    mkdirSync(join(folder, "memory"));
    const env = {
      ...process.env,
      ...toolchainEnvironment(toolchain),
      KUBECONFIG: kubeconfig,
      PULUMI_BACKEND_URL: `file://${join(folder, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "bench",
    };
    return await use({ folder, env });
  } finally {
    await stopControlPlane({ stateDir });
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs a program without output, and tells how long it took.
 * @param {Workspace} workspace
 * @param {string[]} command
 * @param {{ cwd?: string, env?: Record<string, string>, onOutput?: (line: string) => void }} [options]
 * @returns {Promise<number>} seconds
 */
export async function timed(workspace, command, { cwd = root, env = {}, onOutput } = {}) {
  /** @type {string[]} */
  const output = [];
  const keep = (/** @type {string} */ line) => output.push(line);
  const [program = "", ...args] = command;
  const since = performance.now();
  const code = await runForeground(program, args, {
    cwd,
    env: { ...workspace.env, ...env },
    onOutput: onOutput ?? keep,
    onError: keep,
  });
  const seconds = (performance.now() - since) / 1000;
  if (code !== 0)
    throw new UserError(`"${command.join(" ")}" failed, so nothing can be measured:\n${output.join("\n")}`);
  return seconds;
}

/**
 * Makes a stack, in a namespace of its own, whose stack file lies in the workspace; the repository's stays as
 * it is.
 * @param {Workspace} workspace
 * @param {string} stack
 * @returns {Promise<string>} the stack file
 */
export async function createStack(workspace, stack) {
  const project = join(workspace.folder, "project");
  mkdirSync(project, { recursive: true });
  copyFileSync(join(root, "Pulumi.yaml"), join(project, "Pulumi.yaml"));
  // The CLI writes its salt beside Pulumi.yaml.
  await timed(workspace, ["pulumi", "stack", "init", stack, "--non-interactive"], { cwd: project });
  const file = join(workspace.folder, `Pulumi.${stack}.yaml`);
  const committed = readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8");
  const ownNamespace = committed.replace(/^( {2}certctl:namespace:) .*$/m, `$1 bench-${stack}`);
  writeFileSync(file, ownNamespace.replace(/^encryptionsalt:.*\n/m, ""));
  await timed(workspace, ["npm", "run", "--silent", "secrets", "--", stack, "--config-file", file]);
  return file;
}

/**
 * Makes a Pulumi project with a program of the benchmark's own, and a stack.
 * @param {Workspace} workspace
 * @param {string} name of a file in scripts/bench/programs
 * @returns {Promise<string>} its folder
 */
export async function createProject(workspace, name) {
  const folder = join(workspace.folder, name);
  mkdirSync(folder);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const main = join(root, "scripts/bench/programs", `${name}.cjs`);
  if (!existsSync(main)) throw new Error(`there is no ${main}`);
  writeFileSync(join(folder, "index.js"), `module.exports = require(${JSON.stringify(main)});\n`);
  writeFileSync(join(folder, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\nmain: index.js\n`);
  // As the stack program is loaded.
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: join(root, "tsconfig.json") }));
  await timed(workspace, ["pulumi", "stack", "init", "bench", "--non-interactive"], { cwd: folder });
  return folder;
}

/**
 * Variables that make the Node.js programs which Pulumi starts leave a note of their memory.
 * @param {Workspace} workspace
 * @returns {Record<string, string>}
 */
export function memoryNotes({ folder }) {
  return {
    NODE_OPTIONS: `--require ${join(root, "scripts/bench/programs/note-memory.cjs")}`,
    CERTCTL_BENCH_MEMORY: join(folder, "memory"),
  };
}

/**
 * @param {Workspace} workspace
 * @returns {number} MB of the largest program that left a note
 */
export function peakMemory({ folder }) {
  const notes = readdirSync(join(folder, "memory")).map((name) =>
    Number(readFileSync(join(folder, "memory", name), "utf8")),
  );
  if (notes.length === 0) throw new Error("no program has noted its memory");
  return Math.max(...notes);
}
