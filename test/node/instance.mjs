import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readJsonIfPresent, writeFileAtomic } from "../../scripts/lib/files.mjs";
import { UserError } from "../../scripts/lib/user-error.cjs";

/** Where the node is unless a command is told another folder. */
export const defaultStateDir = fileURLToPath(new URL("../../.local/node", import.meta.url));

/**
 * In the node's own view of the file system, this is the state folder: paths there are short, whatever the
 * checkout is called.
 */
export const insideStateDir = "/run/node";

export const nodeName = "node-1";
export const clusterDomain = "cluster.local";

/**
 * The names by which a node's traces on the machine are known. They follow from the state folder alone, so
 * that they can be found when nothing in it is left.
 * @param {string} stateDir
 */
export function describeInstance(stateDir) {
  const path = realPath(stateDir);
  const id = createHash("sha256").update(path).digest("hex").slice(0, 6);
  return {
    path,
    /** Every process of the node has it in its environment. */
    marker: `CERTCTL_NODE=${path}`,
    cgroup: `certctl-node-${id}`,
    link: `cnode-${id}`,
    lock: `${path}.lock`,
    record: join(path, "parts", "namespaces.json"),
  };
}

/**
 * @param {string} path
 * @returns {string} without symbolic links, also when the last parts of it do not exist (any more)
 */
function realPath(path) {
  const absolute = resolve(path);
  if (existsSync(absolute)) return realpathSync(absolute);
  return join(realPath(dirname(absolute)), basename(absolute));
}

/** @typedef {ReturnType<typeof addressesOf>} Addresses */

/** @param {number} block second number of the addresses */
function addressesOf(block) {
  return {
    /** Everything that is the node's. */
    range: `10.${block}.0.0/16`,
    /** The machine, as the node and its pods see it. */
    host: `10.${block}.0.1`,
    /** The node, as the machine and the pods see it. */
    node: `10.${block}.0.2`,
    linkPrefix: 30,
    pods: `10.${block}.1.0/24`,
    services: `10.${block}.16.0/20`,
    apiService: `10.${block}.16.1`,
    dns: `10.${block}.16.10`,
  };
}

/**
 * @param {string} stateDir
 * @returns {Addresses | undefined} nothing before the first start
 */
export function readAddresses(stateDir) {
  const saved = /** @type {{ block?: number } | undefined} */ (
    readJsonIfPresent(join(stateDir, "addresses.json"))
  );
  return saved?.block === undefined ? undefined : addressesOf(saved.block);
}

/**
 * @param {string} stateDir
 * @returns {Addresses} those of the first start: certificates and the objects in the cluster have them
 */
export function readOrChooseAddresses(stateDir) {
  const saved = readAddresses(stateDir);
  if (saved !== undefined) return saved;
  const taken = routedBlocks();
  const first = Number.parseInt(describeInstance(stateDir).cgroup.slice(-6), 16) % 50;
  const block = Array.from({ length: 50 }, (_, index) => 200 + ((first + index) % 50)).find(
    (number) => !taken.has(number),
  );
  if (block === undefined)
    throw new UserError(
      "All of 10.200.0.0 to 10.249.255.255 is routed already: there is no range for the node.",
    );
  writeFileAtomic(join(stateDir, "addresses.json"), JSON.stringify({ block }));
  return addressesOf(block);
}

/** @returns {Set<number>} */
function routedBlocks() {
  const routes = /** @type {{ dst: string }[]} */ (
    JSON.parse(execFileSync("ip", ["-4", "-j", "route"], { encoding: "utf8" }) || "[]")
  );
  return new Set(routes.flatMap(({ dst }) => (dst.startsWith("10.") ? [Number(dst.split(".")[1])] : [])));
}
