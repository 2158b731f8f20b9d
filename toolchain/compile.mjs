import { execFileSync, spawn } from "node:child_process";
import { closeSync, copyFileSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { tailOfFile, writeFileAtomic } from "../scripts/lib/files.mjs";
import { endProcess, identifyProcess } from "../scripts/lib/process-identity.mjs";
import { UserError } from "../scripts/lib/user-error.mjs";
import { createWorkFolder } from "./cache.mjs";
import { buildFlags, goEnvironment } from "./go.mjs";

/** @typedef {import("./cache.mjs").CachedEngine} CachedEngine */

/** The build was told to stop by a signal. */
export class BuildStopped extends Error {
  /** @override */
  name = "BuildStopped";
}

/**
 * Builds one engine and puts it into the cache: whole, or not at all.
 * @param {CachedEngine} cached
 * @param {{ moduleFolder: string, logFile: string, stop: AbortSignal }} options
 */
export async function buildEngine(cached, { moduleFolder, logFile, stop }) {
  const { engine } = cached;
  const { work, output, temporary, compiler } = createWorkFolder(cached);
  try {
    const args = ["build", ...buildFlags(engine), "-o", join(output, engine.name), engine.package];
    // Go's own temporary files go where they are removed with the rest, whatever happens to it.
    const env = { ...goEnvironment(), GOTMPDIR: temporary };
    const exitCode = await runCompiler(args, { cwd: moduleFolder, env, logFile, record: compiler, stop });
    if (exitCode !== 0) throw buildFailed(engine.name, exitCode, logFile);
    if (engine.files !== undefined) copyModuleFolder(engine.files, { moduleFolder, output, env });
    renameSync(output, cached.folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, logFile: string, record: string, stop: AbortSignal }}
 * options
 * @returns {Promise<number | string>} exit code, or signal
 */
async function runCompiler(args, { cwd, env, logFile, record, stop }) {
  if (stop.aborted) throw new BuildStopped();
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, "w");
  // A process group of its own: Go starts compilers and linkers, and all of them have to end together.
  const child = spawn("go", args, { cwd, env, detached: true, stdio: ["ignore", log, log] });
  closeSync(log);
  /** @type {Promise<number | string>} */
  const ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  const identity = child.pid === undefined ? undefined : identifyProcess(child.pid);
  if (identity !== undefined) writeFileAtomic(record, JSON.stringify(identity));
  const end = () => {
    if (identity !== undefined) void endProcess(identity, { group: true, graceMilliseconds: 0 });
  };
  stop.addEventListener("abort", end, { once: true });
  try {
    const exitCode = await ended;
    if (stop.aborted) throw new BuildStopped();
    return exitCode;
  } finally {
    stop.removeEventListener("abort", end);
  }
}

/**
 * @param {string} name
 * @param {number | string} exitCode
 * @param {string} logFile
 */
function buildFailed(name, exitCode, logFile) {
  const tail = withoutAddresses(tailOfFile(logFile, 20));
  if (/no space left on device|ENOSPC/i.test(tail)) {
    return new UserError(
      `${name} could not be built: the disk is full. A first build needs about 8 GB where Go keeps its caches (go env GOCACHE GOMODCACHE), ` +
        `and 1 GB in the toolchain's folder (set CERTCTL_PULUMI_CACHE to move it). The compiler's output is in ${logFile}.`,
    );
  }
  return new UserError(
    `${name} could not be built (go build: ${exitCode}). The end of its output (${logFile}):\n${tail.replace(/^/gm, "    ")}`,
  );
}

/**
 * @param {string} text
 * @returns {string} without the hosts in it: a proxy's address may hold a password, and this text ends up in
 * CI logs
 */
export function withoutAddresses(text) {
  return text.replace(/\b(https?:\/\/)[^/\s"]+/g, "$1…");
}

/**
 * @param {NonNullable<import("./engines.mjs").Engine["files"]>} files
 * @param {{ moduleFolder: string, output: string, env: NodeJS.ProcessEnv }} options
 */
function copyModuleFolder(files, { moduleFolder, output, env }) {
  const source = execFileSync("go", ["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", files.module], {
    cwd: moduleFolder,
    env,
    encoding: "utf8",
  }).trim();
  copyFiles(join(source, files.folder), join(output, files.as));
}

/**
 * Copies files, not their modes: in Go's module cache folders are read-only, and their copies could not be
 * filled or removed.
 * @param {string} from
 * @param {string} to
 */
function copyFiles(from, to) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyFiles(source, target);
    else copyFileSync(source, target);
  }
}
