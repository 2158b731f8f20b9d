import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readJsonIfPresent, readTextIfPresent, tailOfFile, writeFileAtomic } from "../lib/files.mjs";
import { endProcess, identifyProcess, isRunning } from "../lib/process-identity.mjs";
import { UserError } from "../lib/user-error.cjs";
import { answersOk } from "./loopback-request.mjs";

/** @typedef {import("../lib/process-identity.mjs").ProcessIdentity} ProcessIdentity */
/** @typedef {import("./parts.mjs").Part} Part */

/**
 * What is written down about a part that was started; gone when it was stopped on purpose.
 * @typedef {object} PartRecord
 * @property {ProcessIdentity} process
 * @property {string} digest of all it was started with
 * @property {number} logStart where in its log this run begins
 */

const tailLines = 10;
const largeLogBytes = 20 * 1024 * 1024;

/** A part ended, or did not get ready, while it was started. */
export class PartFailed extends UserError {
  /**
   * @param {string} message
   * @param {string} logTail
   */
  constructor(message, logTail) {
    super(message);
    this.logTail = logTail;
  }

  get portTaken() {
    return /address already in use/i.test(this.logTail);
  }
}

/**
 * @param {string} stateDir
 * @param {string} name
 */
export function partFiles(stateDir, name) {
  return { record: join(stateDir, "parts", `${name}.json`), log: join(stateDir, "logs", `${name}.log`) };
}

/**
 * @param {string} stateDir
 * @param {string} name
 * @returns {PartRecord | undefined}
 */
export function readRecord(stateDir, name) {
  return /** @type {PartRecord | undefined} */ (readJsonIfPresent(partFiles(stateDir, name).record));
}

/**
 * @param {string} stateDir
 * @param {string} name
 * @returns {string} the end of what its last run wrote, indented to stand under a message
 */
export function partLogTail(stateDir, name) {
  const tail = tailOfFile(partFiles(stateDir, name).log, tailLines, readRecord(stateDir, name)?.logStart);
  if (tail === "") return "    (it wrote nothing)";
  return tail
    .split("\n")
    .map((line) => `    ${line.length > 300 ? `${line.slice(0, 300)}…` : line}`)
    .join("\n");
}

/**
 * @param {Part} part
 * @returns {string}
 */
export function partDigest(part) {
  const contents = (part.reads ?? []).map((file) => readTextIfPresent(file));
  return createHash("sha256")
    .update(JSON.stringify([part.command, part.args, part.env, contents]))
    .digest("hex");
}

/**
 * Starts a part as a process of its own, which outlives this one, and waits until it is ready.
 * @param {string} stateDir
 * @param {Part} part
 * @param {{ probe: () => Parameters<typeof answersOk>[1], deadline: number }} options
 */
export async function startPart(stateDir, part, { probe, deadline }) {
  const files = partFiles(stateDir, part.name);
  const ended = launch(part, files);
  for (;;) {
    if (ended.how !== undefined) throw partFailed(stateDir, part, `ended while it started (${ended.how})`);
    if (await answersOk(part.health, probe())) return;
    if (Date.now() > deadline) throw partFailed(stateDir, part, "was not ready in time");
    await sleep(50);
  }
}

/**
 * @param {string} stateDir
 * @param {Part} part
 * @param {string} problem
 */
function partFailed(stateDir, part, problem) {
  const tail = partLogTail(stateDir, part.name);
  const { log } = partFiles(stateDir, part.name);
  return new PartFailed(`${part.name} ${problem}. The end of its log (${log}):\n${tail}`, tail);
}

/**
 * @param {Part} part
 * @param {ReturnType<typeof partFiles>} files
 * @returns {{ how: string | undefined }} says how the process ended, once it has
 */
function launch(part, files) {
  mkdirSync(dirname(files.log), { recursive: true });
  mkdirSync(dirname(files.record), { recursive: true });
  keepLogSmall(files.log);
  part.beforeStart?.();
  const digest = partDigest(part);
  const log = openSync(files.log, "a");
  const logStart = fstatSync(log).size;
  const child = spawn(part.command, part.args, {
    cwd: dirname(dirname(files.log)),
    // Not the user's environment: etcd, for one, takes every ETCD_ variable as an option.
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...part.env },
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  /** @type {{ how: string | undefined }} */
  const ended = { how: undefined };
  child.once("error", (error) => (ended.how = error.message));
  child.once("exit", (code, signal) => (ended.how = signal ?? `exit code ${code}`));
  child.unref();
  // In the same turn as the start: a signal to this process is handled before both or after both.
  const identity = child.pid === undefined ? undefined : identifyProcess(child.pid);
  if (identity !== undefined)
    writeFileAtomic(files.record, JSON.stringify({ process: identity, digest, logStart }));
  return ended;
}

/**
 * @param {string} stateDir
 * @param {string} name
 * @param {Parameters<typeof endProcess>[1]} [options]
 * @returns {Promise<ProcessIdentity | undefined>} the process that was ended
 */
export async function stopPart(stateDir, name, options) {
  const record = readRecord(stateDir, name);
  if (record === undefined) return undefined;
  const ended = await endProcess(record.process, options);
  if (isRunning(record.process))
    throw new UserError(`${name} (process ${record.process.pid}) cannot be ended`);
  rmSync(partFiles(stateDir, name).record, { force: true });
  return ended ? record.process : undefined;
}

/** @param {string} log */
function keepLogSmall(log) {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (size > largeLogBytes) renameSync(log, `${log}.old`);
}
