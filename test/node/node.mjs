import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readTextIfPresent } from "../../scripts/lib/files.mjs";
import { withLock } from "../../scripts/lib/lock.mjs";
import { isRunning } from "../../scripts/lib/process-identity.mjs";
import { UserError } from "../../scripts/lib/user-error.cjs";
import { applyDefinitions } from "../../scripts/local/cluster-objects.mjs";
import {
  credentialFiles,
  ensureCredentials,
  readCredentials,
  writeKubeconfig,
} from "../../scripts/local/credentials.mjs";
import { answersOk } from "../../scripts/local/loopback-request.mjs";
import { partFiles, partLogTail, readRecord, startPart } from "../../scripts/local/part-process.mjs";
import { ensureDefinitions } from "../../toolchain/definitions.mjs";
import { engines, nodeEngines } from "../../toolchain/engines.mjs";
import { ensureToolchain } from "../../toolchain/toolchain.mjs";
import { ensureCertificates } from "./certificates.mjs";
import { createCgroup, endNode, removeTraces } from "./clean-up.mjs";
import { ensureClusterObjects, isNodeReady } from "./cluster-objects.mjs";
import { ports, writeConfiguration } from "./configuration.mjs";
import { buildImages } from "./images/build-images.mjs";
import { imagePrograms } from "./images/images.mjs";
import { importImages } from "./import-images.mjs";
import {
  defaultStateDir,
  describeInstance,
  nodeName,
  readAddresses,
  readOrChooseAddresses,
} from "./instance.mjs";
import { createNamespaces, enter, readNamespaces } from "./namespaces.mjs";
import { describeParts, partNames } from "./parts.mjs";
import { createPhases } from "./phases.mjs";
import { installPrerequisites, nodeUnavailable } from "./prerequisites.mjs";
import { allDone, onInterruption, resolves, retried, until } from "./waiting.mjs";

/** @typedef {import("../../scripts/lib/log.mjs").Log} Log */
/** @typedef {import("./parts.mjs").PartName} PartName */
/** @typedef {import("./images/build-images.mjs").ImageReference} ImageReference */
/** @typedef {import("./images/images.mjs").ImageName} ImageName */

/**
 * A Kubernetes node that runs.
 * @typedef {object} RunningNode
 * @property {string} stateDir
 * @property {string} kubeconfig path of the file; its user is the administrator
 * @property {Record<string, string>} environment what a command needs to use it, such as kubectl and `pulumi up`
 * @property {string} server URL of the API server
 * @property {string} nodeName
 * @property {string} nodeAddress where NodePorts are; Services and pods can be reached from this machine by their own addresses, too
 * @property {string} hostAddress this machine, as pods see it
 * @property {string} dnsAddress
 * @property {string} podRange as a CIDR
 * @property {string} volumesFolder
 * @property {Record<ImageName, ImageReference>} images
 * @property {import("./phases.mjs").Phase[]} phases what took how long
 */

const startSeconds = 90;
/** The API server makes its own namespaces and roles after it says that it is ready. */
const objectSeconds = 10;

/**
 * Installs and builds what a node needs and this machine does not have yet.
 * @param {{ log?: Log }} [options]
 */
export async function prepareNode({ log = () => {} } = {}) {
  const unavailable = nodeUnavailable();
  if (unavailable !== undefined) throw new UserError(`The node cannot be started: ${unavailable}.`);
  await installPrerequisites(log);
  const toolchain = await ensureToolchain({
    engines: [...engines, ...nodeEngines],
    only: neededEngines(),
    log,
  });
  return { toolchain, images: await buildImages({ log }) };
}

/**
 * Starts a node, or does nothing when it runs. What it held when it was stopped, it holds again.
 * @param {object} [options]
 * @param {string} [options.stateDir]
 * @param {Log} [options.log]
 * @returns {Promise<RunningNode>}
 */
export async function startNode({ stateDir = defaultStateDir, log = () => {} } = {}) {
  const { toolchain, images } = await prepareNode({ log });
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  return underLock(stateDir, log, async () => {
    const addresses = readOrChooseAddresses(stateDir);
    const server = `https://${addresses.node}:${ports.apiServer}`;
    const { phases, phase } = createPhases(log);
    const kubeconfig = join(stateDir, "kubeconfig");
    // A proxy to the world cannot know of addresses that are this machine's own.
    const noProxy = [process.env.NO_PROXY ?? process.env.no_proxy, addresses.range].filter(Boolean).join(",");
    const running = {
      stateDir,
      kubeconfig,
      environment: { KUBECONFIG: kubeconfig, NO_PROXY: noProxy, no_proxy: noProxy },
      server,
      nodeName,
      nodeAddress: addresses.node,
      hostAddress: addresses.host,
      dnsAddress: addresses.dns,
      podRange: addresses.pods,
      volumesFolder: join(stateDir, "volumes"),
      images: images.references,
      phases,
    };
    if (await runsAndAnswers(stateDir)) {
      const namespaces = readNamespaces(stateDir);
      // Images may be newer than the node.
      if (namespaces !== undefined)
        await phase("images imported", () => importImages(stateDir, namespaces, images.archives));
      return running;
    }
    await phase("what was left of an earlier run is gone", () => clearLeftovers(stateDir));
    const interruption = onInterruption();
    try {
      const up = bringUp({
        stateDir,
        addresses,
        server,
        kubeconfig,
        engines: toolchain.engines,
        images,
        phase,
      });
      await Promise.race([up, interruption.happened]);
    } catch (error) {
      // Half a node is of no use; its logs stay.
      await clearLeftovers(stateDir);
      throw error;
    } finally {
      interruption.end();
    }
    return running;
  });
}

function neededEngines() {
  return [...partNames.filter((name) => name !== "containerd"), ...imagePrograms, "kubectl"];
}

/**
 * @param {object} plan
 * @param {string} plan.stateDir
 * @param {import("./instance.mjs").Addresses} plan.addresses
 * @param {string} plan.server
 * @param {string} plan.kubeconfig
 * @param {Record<string, string>} plan.engines
 * @param {import("./images/build-images.mjs").BuiltImages} plan.images
 * @param {import("./phases.mjs").RunPhase} plan.phase
 */
async function bringUp({ stateDir, addresses, server, kubeconfig, engines: paths, images, phase }) {
  const deadline = Date.now() + startSeconds * 1000;
  const credentials = credentialFiles(join(stateDir, "credentials"));
  const namespaces = await phase("namespaces made", () => {
    for (const folder of ["volumes", "pod-logs"]) mkdirSync(join(stateDir, folder), { recursive: true });
    createCgroup(stateDir);
    return createNamespaces(stateDir, addresses);
  });
  ensureCredentials(credentials);
  const certificates = await ensureCertificates(stateDir, addresses);
  const access = {
    server,
    token: readCredentials(credentials).token,
    certificateAuthority: readFileSync(certificates.authority, "utf8"),
  };
  writeKubeconfig(kubeconfig, access);
  const pauseImage = images.references.pause.tag;
  const configuration = writeConfiguration({ stateDir, addresses, certificates, pauseImage, engines: paths });
  const parts = describeParts({
    stateDir,
    engines: paths,
    namespaces,
    addresses,
    certificates,
    credentials,
    configuration,
    kubeconfig,
  });
  const start = (/** @type {PartName} */ name) =>
    phase(`${name} ready`, () => startPart(stateDir, parts[name], { probe: () => access, deadline }));

  const controlPlane = async () => {
    await start("etcd");
    await start("kube-apiserver");
    const dnsImage = images.references.coredns.tag;
    await Promise.all([
      start("kube-controller-manager"),
      start("kube-scheduler"),
      start("network-policy"),
      start("local-volumes"),
      phase("cluster objects made", () =>
        retried(
          async () => {
            await ensureClusterObjects(access, { dnsImage, dnsAddress: addresses.dns });
            await applyDefinitions(access, ensureDefinitions());
          },
          Date.now() + objectSeconds * 1000,
        ),
      ),
    ]);
  };
  const containers = async () => {
    await start("containerd");
    await phase("images imported", () => importImages(stateDir, namespaces, images.archives));
  };
  await allDone([controlPlane(), containers()]);
  await allDone([start("kubelet"), start("kube-proxy")]);
  await phase("node Ready", () =>
    until(
      () => isNodeReady(access, nodeName),
      deadline,
      () => partLogTail(stateDir, "kubelet"),
    ),
  );
  await phase("DNS answers", () =>
    until(
      () => resolves(addresses.dns),
      deadline,
      () => partLogTail(stateDir, "kubelet"),
    ),
  );
}

/**
 * Ends the node. Its processes end as in a power failure, and what it holds stays unless it is purged.
 * @param {object} [options]
 * @param {string} [options.stateDir]
 * @param {boolean} [options.purge] removes everything that it holds, too
 * @param {Log} [options.log]
 * @returns {Promise<boolean>} whether it ran
 */
export async function stopNode({ stateDir = defaultStateDir, purge = false, log = () => {} } = {}) {
  return underLock(stateDir, log, async () => {
    const ran = await clearLeftovers(stateDir);
    if (purge) removeTraces(stateDir);
    return ran;
  });
}

/**
 * @param {object} [options]
 * @param {string} [options.stateDir]
 * @returns {{ name: string, state: "running" | "ended" | "stopped", pid?: number, log: string }[]}
 */
export function nodeStatus({ stateDir = defaultStateDir } = {}) {
  const namespaces = readNamespaces(stateDir);
  return partNames.map((name) => {
    const record = readRecord(stateDir, name);
    const { log } = partFiles(stateDir, name);
    if (record === undefined || namespaces === undefined) return { name, state: "stopped", log };
    return { name, state: isRunning(record.process) ? "running" : "ended", pid: record.process.pid, log };
  });
}

/**
 * A command as a process of the node, for tests that look or reach into it: `nft list ruleset`, `mount`.
 * @param {string[]} command
 * @param {{ stateDir?: string }} [options]
 * @returns {{ command: string, args: string[] }}
 */
export function inNode(command, { stateDir = defaultStateDir } = {}) {
  const namespaces = readNamespaces(stateDir);
  if (namespaces === undefined) throw new UserError(`No node runs in ${stateDir}.`);
  return enter(namespaces, command);
}

/** @param {string} stateDir */
async function runsAndAnswers(stateDir) {
  const addresses = readAddresses(stateDir);
  if (addresses === undefined || nodeStatus({ stateDir }).some(({ state }) => state !== "running"))
    return false;
  const certificateAuthority = readTextIfPresent(join(stateDir, "credentials", "ca.crt"));
  const { token } = readCredentials(credentialFiles(join(stateDir, "credentials")));
  return answersOk(`https://${addresses.node}:${ports.apiServer}/readyz`, { token, certificateAuthority });
}

/** @param {string} stateDir */
async function clearLeftovers(stateDir) {
  const ran = await endNode(stateDir);
  rmSync(join(stateDir, "parts"), { recursive: true, force: true });
  return ran;
}

/**
 * @template T
 * @param {string} stateDir
 * @param {Log} log
 * @param {() => Promise<T>} action
 */
function underLock(stateDir, log, action) {
  const onWait = (/** @type {{ pid: number }} */ { pid }) =>
    log(`Process ${pid} is starting or stopping the node; waiting for it.`);
  return withLock(describeInstance(stateDir).lock, { onWait }, action);
}
