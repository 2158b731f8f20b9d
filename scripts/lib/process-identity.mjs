import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * A process that is recognised again later. A number alone may belong to another process by then; together
 * with the time the process started it does not.
 * @typedef {{ pid: number, startedAt: string }} ProcessIdentity
 */

/**
 * @param {number} pid
 * @returns {ProcessIdentity | undefined} nothing when no such process runs
 */
export function identifyProcess(pid) {
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  const startedAt = process.platform === "linux" ? startTimeFromProc(pid) : startTimeFromPs(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/**
 * @param {ProcessIdentity | undefined} identity
 * @returns {boolean} whether that very process still runs
 */
export function isRunning(identity) {
  return identity !== undefined && identifyProcess(identity.pid)?.startedAt === identity.startedAt;
}

/**
 * Ends a process: asks first, and kills it when it has not ended in time. Another process that has its number
 * by now is left alone.
 * @param {ProcessIdentity} identity
 * @param {{ graceMilliseconds?: number, group?: boolean }} [options] `group`: the whole process group that it
 * leads
 * @returns {Promise<boolean>} whether there was something to end
 */
export async function endProcess(identity, { graceMilliseconds = 10_000, group = false } = {}) {
  if (!isRunning(identity)) return false;
  const target = group ? -identity.pid : identity.pid;
  for (const [signal, patience] of /** @type {const} */ ([
    ["SIGTERM", graceMilliseconds],
    ["SIGKILL", 10_000],
  ])) {
    sendSignal(target, signal);
    const deadline = Date.now() + patience;
    while (isRunning(identity) && Date.now() < deadline) await sleep(20);
    if (!isRunning(identity)) break;
  }
  return true;
}

/**
 * @param {number} target
 * @param {NodeJS.Signals} signal
 */
function sendSignal(target, signal) {
  try {
    process.kill(target, signal);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH") throw error;
  }
}

/** @param {number} pid */
function startTimeFromProc(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The program's name may hold spaces and parentheses: fields are counted from the last one.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, ticks] = [fields[0], fields[19]];
    // A zombie has ended; only its parent has not asked for its exit code yet.
    if (state === "Z" || state === "X" || ticks === undefined) return undefined;
    // Ticks count from the boot, so another boot may repeat them.
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${ticks}`;
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function startTimeFromPs(pid) {
  try {
    const [state = "", ...started] = execFileSync("ps", ["-o", "state=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    })
      .trim()
      .split(/\s+/);
    return started.length === 0 || state.startsWith("Z") ? undefined : started.join(" ");
  } catch {
    return undefined;
  }
}
