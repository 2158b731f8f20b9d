import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { identifyProcess, isRunning } from "./process-identity.mjs";

/** @typedef {import("./process-identity.mjs").ProcessIdentity} ProcessIdentity */

/**
 * Runs an action that only one process may do at a time. The lock of a process that is gone is taken over.
 * @template T
 * @param {string} path the lock file
 * @param {{ onWait?: (owner: ProcessIdentity) => void }} options `onWait` is told once, when another process
 * has the lock
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function withLock(path, { onWait }, action) {
  mkdirSync(dirname(path), { recursive: true });
  const mine = JSON.stringify(identifyProcess(process.pid));
  let told = false;
  while (!tryLock(path, mine)) {
    const held = readLock(path);
    if (held === undefined) continue;
    if (held.owner !== undefined && isRunning(held.owner)) {
      if (!told) onWait?.(held.owner);
      told = true;
      await sleep(200);
    } else {
      removeStaleLock(path, held.text);
    }
  }
  try {
    return await action();
  } finally {
    releaseLock(path);
  }
}

/**
 * Gives a lock back, if this process has it still.
 * @param {string} path
 */
function releaseLock(path) {
  const held = readLock(path);
  if (held?.owner?.pid === process.pid && isRunning(held.owner)) rmSync(path, { force: true });
}

/**
 * A file that is linked into place is there with its content or not at all. It is removed in the same turn: a
 * process that is ended while it waits leaves nothing behind.
 * @param {string} path
 * @param {string} text
 */
function tryLock(path, text) {
  const ticket = `${path}.${randomUUID()}.tmp`;
  writeFileSync(ticket, text);
  try {
    return tryLink(ticket, path);
  } finally {
    rmSync(ticket, { force: true });
  }
}

/**
 * @param {string} ticket
 * @param {string} path
 */
function tryLink(ticket, path) {
  try {
    linkSync(ticket, path);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  }
}

/**
 * @param {string} path
 * @returns {{ text: string, owner: ProcessIdentity | undefined } | undefined}
 */
function readLock(path) {
  let text;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
  try {
    return { text, owner: JSON.parse(text) };
  } catch {
    return { text, owner: undefined };
  }
}

/**
 * Two processes may find the same stale lock: the slower one must not remove the lock that the faster one has
 * taken since.
 * @param {string} path
 * @param {string} staleText
 */
function removeStaleLock(path, staleText) {
  const aside = `${path}.${randomUUID()}.stale`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (readFileSync(aside, "utf8") !== staleText) tryLink(aside, path);
  rmSync(aside, { force: true });
}
