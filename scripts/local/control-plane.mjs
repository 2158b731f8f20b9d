import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { ensureDefinitions } from "../../toolchain/definitions.mjs";
import { ensureToolchain } from "../../toolchain/toolchain.mjs";
import { readJsonIfPresent, writeFileAtomic } from "../lib/files.mjs";
import { withLock } from "../lib/lock.mjs";
import { isRunning } from "../lib/process-identity.mjs";
import { applyDefinitions, ensureClusterObjects, waitUntilSchedulable } from "./cluster-objects.mjs";
import { credentialFiles, ensureCredentials, readCredentials, writeKubeconfig } from "./credentials.mjs";
import { answersOk } from "./loopback-request.mjs";
import {
  PartFailed,
  partDigest,
  partFiles,
  partLogTail,
  readRecord,
  startPart,
  stopPart,
} from "./part-process.mjs";
import { describeParts, partNames, portNames } from "./parts.mjs";
import { freePort, isPortFree } from "./ports.mjs";

/** @typedef {import("./parts.mjs").Ports} Ports */
/** @typedef {import("../../toolchain/toolchain.mjs").Toolchain} Toolchain */

/**
 * @typedef {object} ControlPlane
 * @property {string} kubeconfig path of the file
 * @property {string} server URL of the API server
 * @property {string[]} started names of the parts that were started
 * @property {string[]} reused names of the parts that ran already
 */

/**
 * @typedef {object} PartStatus
 * @property {string} name
 * @property {"running" | "crashed" | "stopped"} state `crashed`: it was started, and ended without being told to
 * @property {number} [pid]
 * @property {string} log path of its log
 */

const startSeconds = 60;

/**
 * Starts the local control plane, or what is missing of it: parts that run and answer are kept, whatever
 * started them.
 * @param {object} options
 * @param {string} options.stateDir its data, credentials, logs and process records
 * @param {string} [options.kubeconfig] where to write it; in the state folder unless given
 * @param {Toolchain} [options.toolchain] built when it is not given
 * @param {number} [options.stuckSeconds] how long a part that runs may take to answer before it counts as
 * stuck
 * @param {(line: string) => void} [options.log]
 * @returns {Promise<ControlPlane>}
 */
export async function startControlPlane({
  stateDir,
  kubeconfig = join(stateDir, "kubeconfig"),
  toolchain,
  stuckSeconds = 10,
  log = () => {},
}) {
  const { engines, kwokStages, cacheFolder } = toolchain ?? (await ensureToolchain({ log }));
  const definitions = ensureDefinitions({ cacheFolder, log });
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  return underLock(stateDir, log, async () => {
    const credentials = credentialFiles(join(stateDir, "credentials"));
    ensureCredentials(credentials);
    const ports = await readOrChoosePorts(stateDir);
    const describe = () => describeParts({ engines, kwokStages, stateDir, kubeconfig, credentials, ports });
    const access = () => ({
      server: `https://127.0.0.1:${ports.apiServer}`,
      ...readCredentials(credentials),
    });
    const deadline = Date.now() + startSeconds * 1000;
    reportCrashes(stateDir, log);

    /** @type {{ started: string[], reused: string[] }} */
    const result = { started: [], reused: [] };
    for (const names of partNames) {
      await allDone(
        names.map(async (name) => {
          const started = await ensurePart(name, {
            stateDir,
            ports,
            describe,
            probe: access,
            stuckSeconds,
            deadline,
            log,
          });
          result[started ? "started" : "reused"].push(name);
        }),
      );
      const { server, token, certificateAuthority } = access();
      // The parts that come next read it.
      if (names.includes("kube-apiserver")) {
        if (certificateAuthority === undefined) throw new Error("the API server has written no certificate");
        writeKubeconfig(kubeconfig, { server, token, certificateAuthority });
        const cluster = { server, token, certificateAuthority };
        await Promise.all([ensureClusterObjects(cluster), applyDefinitions(cluster, definitions)]);
      }
    }
    const { certificateAuthority = "", ...rest } = access();
    await waitUntilSchedulable({ certificateAuthority, ...rest }, deadline);
    return { kubeconfig, server: rest.server, ...result };
  });
}

/**
 * Ends the processes that startControlPlane started with this state folder, and no others. Its data stays.
 * @param {object} options
 * @param {string} options.stateDir
 * @param {(line: string) => void} [options.log]
 * @returns {Promise<{ name: string, pid: number }[]>} what was ended
 */
export async function stopControlPlane({ stateDir, log = () => {} }) {
  if (!existsSync(stateDir)) return [];
  return underLock(stateDir, log, async () => {
    /** @type {{ name: string, pid: number }[]} */
    const ended = [];
    for (const names of [...partNames].reverse()) {
      await allDone(
        names.map(async (name) => {
          const process = await stopPart(stateDir, name);
          if (process !== undefined) ended.push({ name, pid: process.pid });
        }),
      );
    }
    return ended;
  });
}

/**
 * @param {object} options
 * @param {string} options.stateDir
 * @returns {PartStatus[]}
 */
export function controlPlaneStatus({ stateDir }) {
  return partNames.flat().map((name) => {
    const record = readRecord(stateDir, name);
    const { log } = partFiles(stateDir, name);
    if (record === undefined) return { name, state: "stopped", log };
    return { name, state: isRunning(record.process) ? "running" : "crashed", pid: record.process.pid, log };
  });
}

/**
 * @param {object} options
 * @param {string} options.stateDir
 * @returns {string[]} for each part that ended by itself, a message with the end of its log
 */
export function describeCrashes({ stateDir }) {
  return controlPlaneStatus({ stateDir })
    .filter(({ state }) => state === "crashed")
    .map(
      ({ name, log }) =>
        `${name} has ended by itself. The end of its log (${log}):\n${partLogTail(stateDir, name)}`,
    );
}

/**
 * @param {string} stateDir
 * @param {(line: string) => void} log
 */
function reportCrashes(stateDir, log) {
  const parts = controlPlaneStatus({ stateDir }).filter(({ state }) => state !== "stopped");
  // All of them: the machine or the session ended, and their logs say nothing about it.
  if (parts.length > 0 && parts.every(({ state }) => state === "crashed")) {
    log("the control plane of an earlier session is gone; starting it again with its data");
    return;
  }
  for (const crash of describeCrashes({ stateDir })) log(crash);
}

/**
 * As Promise.all, but an error waits for the others: nothing may go on behind the back of who gets it.
 * @param {Promise<void>[]} promises
 */
async function allDone(promises) {
  for (const outcome of await Promise.allSettled(promises)) {
    if (outcome.status === "rejected") throw outcome.reason;
  }
}

/**
 * @typedef {object} PartContext
 * @property {string} stateDir
 * @property {Ports} ports
 * @property {() => Record<string, import("./parts.mjs").Part>} describe
 * @property {() => Parameters<typeof answersOk>[1]} probe
 * @property {number} stuckSeconds
 * @property {number} deadline
 * @property {(line: string) => void} log
 */

/**
 * @param {string} name
 * @param {PartContext} context
 * @returns {Promise<boolean>} whether it had to be started
 */
async function ensurePart(name, { stateDir, ports, describe, probe, stuckSeconds, deadline, log }) {
  const part = () => /** @type {import("./parts.mjs").Part} */ (describe()[name]);
  const record = readRecord(stateDir, name);
  if (record !== undefined && isRunning(record.process)) {
    const current = record.digest === partDigest(part());
    if (current && (await answersWithin(part().health, probe, stuckSeconds))) return false;
    log(
      current
        ? `${name} runs but does not answer; starting it again`
        : `${name} runs with other settings; starting it again`,
    );
    // One that does not answer is not expected to end by itself either.
    await stopPart(stateDir, name, { graceMilliseconds: current ? 1_000 : undefined });
  }
  for (let attempt = 1; ; attempt++) {
    await replaceTakenPorts(stateDir, part(), ports, log);
    try {
      await startPart(stateDir, part(), { probe, deadline });
      return true;
    } catch (error) {
      await stopPart(stateDir, name);
      // Another program may take a port between the check and the start.
      if (!(error instanceof PartFailed && error.portTaken && attempt < 3)) throw error;
    }
  }
}

/**
 * @param {string} url
 * @param {PartContext["probe"]} probe
 * @param {number} seconds
 */
async function answersWithin(url, probe, seconds) {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    if (await answersOk(url, probe())) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

/** @param {string} stateDir */
const portsFile = (stateDir) => join(stateDir, "ports.json");

/**
 * @param {string} stateDir
 * @returns {Promise<Ports>} those of the first start, so that a kubeconfig stays valid
 */
async function readOrChoosePorts(stateDir) {
  const saved = /** @type {Partial<Ports>} */ (readJsonIfPresent(portsFile(stateDir)) ?? {});
  const ports = /** @type {Ports} */ ({});
  for (const name of portNames)
    ports[name] = saved[name] ?? (await freePort(Object.values({ ...saved, ...ports })));
  writeFileAtomic(portsFile(stateDir), JSON.stringify(ports, undefined, 2));
  return ports;
}

/**
 * @param {string} stateDir
 * @param {import("./parts.mjs").Part} part
 * @param {Ports} ports
 * @param {(line: string) => void} log
 */
async function replaceTakenPorts(stateDir, part, ports, log) {
  for (const name of part.ports) {
    const taken = ports[name];
    if (await isPortFree(taken)) continue;
    ports[name] = await freePort(Object.values(ports));
    writeFileAtomic(portsFile(stateDir), JSON.stringify(ports, undefined, 2));
    log(`port ${taken} of ${part.name} is taken by another program; it uses ${ports[name]} now`);
  }
}

/**
 * @template T
 * @param {string} stateDir
 * @param {(line: string) => void} log
 * @param {() => Promise<T>} action
 */
function underLock(stateDir, log, action) {
  const onWait = (/** @type {{ pid: number }} */ { pid }) =>
    log(`process ${pid} is starting or stopping this control plane; waiting for it`);
  return withLock(join(stateDir, "lock"), { onWait }, action);
}
