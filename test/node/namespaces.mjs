import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readJsonIfPresent, tailOfFile, writeFileAtomic } from "../../scripts/lib/files.mjs";
import { identifyProcess, isRunning } from "../../scripts/lib/process-identity.mjs";
import { UserError } from "../../scripts/lib/user-error.cjs";
import { run } from "./commands.mjs";
import { describeInstance } from "./instance.mjs";
import { findProgram } from "./prerequisites.mjs";

/** @typedef {import("../../scripts/lib/process-identity.mjs").ProcessIdentity} ProcessIdentity */
/** @typedef {import("./instance.mjs").Addresses} Addresses */

/**
 * The namespaces that hold a node: whatever happens in them ends with their first process.
 * @typedef {{ supervisor: ProcessIdentity, first: ProcessIdentity }} Namespaces
 */

const initScript = fileURLToPath(new URL("node-init.sh", import.meta.url));
const readySeconds = 10;

/**
 * @param {string} stateDir
 * @returns {Namespaces | undefined} nothing when they are not there (any more)
 */
export function readNamespaces(stateDir) {
  const record = /** @type {Namespaces | undefined} */ (readJsonIfPresent(describeInstance(stateDir).record));
  return record !== undefined && isRunning(record.supervisor) && isRunning(record.first) ? record : undefined;
}

/**
 * Makes the namespaces, with a link to this machine.
 * @param {string} stateDir
 * @param {Addresses} addresses
 * @returns {Promise<Namespaces>}
 */
export async function createNamespaces(stateDir, addresses) {
  const { record, marker } = describeInstance(stateDir);
  const ready = join(stateDir, "ready");
  const logFile = join(stateDir, "logs", "node-init.log");
  rmSync(ready, { force: true });
  for (const file of [record, logFile]) mkdirSync(dirname(file), { recursive: true });
  const log = openSync(logFile, "w");
  const [name = "", value = ""] = marker.split("=");
  const child = spawn(
    findProgram("unshare") ?? "unshare",
    [
      "--mount",
      "--pid",
      "--net",
      "--fork",
      "--kill-child=SIGKILL",
      "--mount-proc",
      "--",
      initScript,
      stateDir,
    ],
    { env: { PATH: toolsPath(), [name]: value }, detached: true, stdio: ["ignore", log, log] },
  );
  closeSync(log);
  child.on("error", () => {});
  child.unref();
  const supervisor = child.pid === undefined ? undefined : identifyProcess(child.pid);
  // Written before anything else: a run that is killed from here on leaves something that says what it has
  // started.
  if (supervisor !== undefined) writeFileAtomic(record, JSON.stringify({ supervisor }));

  const deadline = Date.now() + readySeconds * 1000;
  while (!existsSync(ready)) {
    if (!isRunning(supervisor) || Date.now() > deadline) {
      throw new UserError(`The node's namespaces could not be made:\n${tailOfFile(logFile, 10)}`);
    }
    await sleep(10);
  }
  const first = supervisor && firstChild(supervisor.pid);
  if (supervisor === undefined || first === undefined)
    throw new UserError("The node's first process has ended at once.");
  writeFileAtomic(record, JSON.stringify({ supervisor, first }));
  const namespaces = { supervisor, first };
  await connect(stateDir, namespaces, addresses);
  return namespaces;
}

/**
 * Links the node with this machine, which can reach its pods and Services as well. The link goes with the
 * namespace.
 * @param {string} stateDir
 * @param {Namespaces} namespaces
 * @param {Addresses} addresses
 */
async function connect(stateDir, namespaces, addresses) {
  const { link } = describeInstance(stateDir);
  const { host, node, linkPrefix, pods, services } = addresses;
  await run("ip", [
    "link",
    "add",
    link,
    "type",
    "veth",
    "peer",
    "name",
    "uplink",
    "netns",
    String(namespaces.first.pid),
  ]);
  const inNode = enter(namespaces, ["ip", "-batch", "-"]);
  // A pod that is not there (any more) is told to be so at once. There is no way to anywhere else than this
  // machine.
  await run(inNode.command, inNode.args, {
    input: `address add ${node}/${linkPrefix} dev uplink\nlink set uplink up\nroute add unreachable ${pods}\n`,
  });
  await run("ip", ["-batch", "-"], {
    input: `address add ${host}/${linkPrefix} dev ${link}\nlink set ${link} up\nroute add ${pods} via ${node}\nroute add ${services} via ${node}\n`,
  });
}

/**
 * A command as a process of the node.
 * @param {Namespaces} namespaces
 * @param {string[]} command
 * @returns {{ command: string, args: string[] }}
 */
export function enter({ first }, command) {
  const args = [`--target=${first.pid}`, "--mount", "--pid", "--net", "--", ...command];
  return { command: findProgram("nsenter") ?? "nsenter", args };
}

/** @returns {string} PATH of the node's processes */
export function toolsPath() {
  return `${process.env.PATH ?? ""}:/usr/local/sbin:/usr/sbin:/sbin`;
}

/**
 * @param {number} parent
 * @returns {ProcessIdentity | undefined}
 */
function firstChild(parent) {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim().split(" ");
  return identifyProcess(Number(children[0]));
}
