import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readTextIfPresent } from "../../scripts/lib/files.mjs";
import { endProcess, identifyProcess } from "../../scripts/lib/process-identity.mjs";
import { UserError } from "../../scripts/lib/user-error.cjs";
import { defaultStateDir, describeInstance } from "./instance.mjs";
import { cgroupMounts, findProgram } from "./prerequisites.mjs";

/** @typedef {import("../../scripts/lib/process-identity.mjs").ProcessIdentity} ProcessIdentity */
/** Something of the node that is still there. */
/** @typedef {{ kind: "process" | "mount" | "link" | "network namespace" | "cgroup" | "nftables table" | "folder", what: string }} Leftover */

const endSeconds = 20;

/**
 * By version 1 and by version 2, eight times what any one process has. The pods share it: all together, they
 * would else have as much as one.
 */
const processorTime = { "cpu.shares": 8192, "cpu.weight": 800 };

/** @param {string} stateDir */
export function createCgroup(stateDir) {
  const { cgroup } = describeInstance(stateDir);
  for (const folder of cgroupMounts()) {
    enableControllers(folder);
    mkdirSync(join(folder, cgroup), { recursive: true });
    for (const [name, value] of Object.entries(processorTime)) {
      const file = join(folder, cgroup, name);
      if (existsSync(file)) writeFileSync(file, String(value));
    }
  }
}

/**
 * Version 2: a group has those controllers that its parent hands down.
 * @param {string} folder
 */
function enableControllers(folder) {
  const available = readTextIfPresent(join(folder, "cgroup.controllers"))?.trim();
  if (!available) return;
  for (const controller of available.split(/\s+/)) {
    try {
      execFileSync("sh", ["-c", `echo +${controller} > ${folder}/cgroup.subtree_control`], {
        stdio: "ignore",
      });
    } catch {
      // Kubelet names the controllers that it misses.
    }
  }
}

/**
 * Ends every process of the node, and waits until the kernel has taken back what they had.
 * @param {string} stateDir
 * @returns {Promise<boolean>} whether there was one
 */
export async function endNode(stateDir) {
  let found = false;
  const deadline = Date.now() + endSeconds * 1000;
  for (;;) {
    const processes = nodeProcesses(stateDir);
    found ||= processes.length > 0;
    // The oldest is the one that the others cannot outlive.
    for (const one of processes) await endProcess(one, { graceMilliseconds: 0 });
    removeCgroups(stateDir);
    const rest = leftovers({ stateDir }).filter(({ kind }) => kind !== "folder");
    if (rest.length === 0) return found;
    if (Date.now() > deadline) {
      throw new UserError(
        `The node could not be ended; still there: ${rest.map(({ kind, what }) => `${kind} ${what}`).join(", ")}`,
      );
    }
    await sleep(50);
  }
}

/**
 * Removes what the node holds, and every sign that there was one. It must have ended.
 * @param {string} stateDir
 */
export function removeTraces(stateDir) {
  rmSync(stateDir, { recursive: true, force: true });
}

/**
 * Everything of the node that this machine still has: nothing after it was stopped, apart from its folder,
 * and nothing at all after a clean-up.
 * @param {{ stateDir?: string }} [options]
 * @returns {Leftover[]}
 */
export function leftovers({ stateDir = defaultStateDir } = {}) {
  const { link, path } = describeInstance(stateDir);
  const lines = (/** @type {string} */ text) => text.split("\n").filter((line) => line !== "");
  const mounts = lines(readFileSync("/proc/self/mounts", "utf8")).map((line) => line.split(" "));
  const tables =
    findProgram("nft") === undefined
      ? []
      : lines(execFileSync("nft", ["list", "tables"], { encoding: "utf8" }));
  const networkNamespaces = existsSync("/run/netns") ? readdirSync("/run/netns") : [];
  /** @type {[Leftover["kind"], string[]][]} */
  const found = [
    ["process", nodeProcesses(stateDir).map(({ pid }) => `${pid} (${commandLine(pid)})`)],
    [
      "mount",
      mounts
        .filter(
          ([device, folder]) => device?.startsWith("certctl-node") || `${folder}/`.startsWith(`${path}/`),
        )
        .map(([, folder]) => folder ?? ""),
    ],
    ["link", existsSync(`/sys/class/net/${link}`) ? [link] : []],
    ["network namespace", networkNamespaces.filter((name) => name.startsWith("certctl-node"))],
    ["cgroup", cgroupFolders(stateDir)],
    ["nftables table", tables.filter((table) => table.includes("certctl-"))],
    ["folder", existsSync(stateDir) ? [path] : []],
  ];
  return found.flatMap(([kind, names]) => names.map((what) => ({ kind, what })));
}

/**
 * @param {string} stateDir
 * @returns {ProcessIdentity[]} the node's processes, the oldest first
 */
function nodeProcesses(stateDir) {
  const { marker } = describeInstance(stateDir);
  const pids = new Set(
    cgroupFolders(stateDir).flatMap((folder) => processesOf(join(folder, "cgroup.procs"))),
  );
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    if (read(`/proc/${name}/environ`).split("\0").includes(marker)) pids.add(Number(name));
  }
  const identities = [...pids].flatMap((pid) => identifyProcess(pid) ?? []);
  const ticks = (/** @type {ProcessIdentity} */ { startedAt }) => Number(startedAt.split("/")[1]);
  return identities.sort((left, right) => ticks(left) - ticks(right));
}

/** @param {string} file */
function processesOf(file) {
  return read(file)
    .split("\n")
    .filter((line) => line !== "")
    .map(Number);
}

/** @param {number} pid */
function commandLine(pid) {
  return read(`/proc/${pid}/cmdline`).split("\0").join(" ").trim().slice(0, 100);
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/**
 * @param {string} stateDir
 * @returns {string[]} the deepest first
 */
function cgroupFolders(stateDir) {
  const { cgroup } = describeInstance(stateDir);
  return cgroupMounts().flatMap((mount) => {
    const top = join(mount, cgroup);
    return existsSync(top) ? [...foldersIn(top), top] : [];
  });
}

/**
 * @param {string} folder
 * @returns {string[]} the deepest first; a folder may go while they are read, as that of a pod that ends
 */
function foldersIn(folder) {
  /** @type {import("node:fs").Dirent[]} */
  let entries = [];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ENOENT") throw error;
  }
  return entries
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => [...foldersIn(join(folder, name)), join(folder, name)]);
}

/** @param {string} stateDir */
function removeCgroups(stateDir) {
  for (const folder of cgroupFolders(stateDir)) {
    try {
      rmdirSync(folder);
    } catch {
      // Its last process is not quite gone.
    }
  }
}
