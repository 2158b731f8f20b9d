import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { UserError } from "../../scripts/lib/user-error.cjs";
import { run } from "./commands.mjs";

/** @typedef {import("../../scripts/lib/log.mjs").Log} Log */

/** Programs that a node and its images need, with the Debian package that has each. */
const programs = {
  containerd: "containerd",
  ctr: "containerd",
  "dpkg-deb": "dpkg",
  ip: "iproute2",
  nft: "nftables",
  nsenter: "util-linux",
  pip3: "python3-pip",
  python3: "python3",
  runc: "runc",
  unshare: "util-linux",
};

const networkPlugins = ["host-local", "loopback", "ptp"];
const networkPluginFolders = ["/opt/cni/bin", "/usr/lib/cni", "/usr/libexec/cni"];

/**
 * Whether a real node can run here. It changes nothing, and takes a few milliseconds.
 * @returns {string | undefined} one sentence with the reason when it cannot
 */
export function nodeUnavailable() {
  if (process.platform !== "linux") return `a real node needs Linux, and this is ${process.platform}`;
  if (process.arch !== "x64") return `a real node's images are made for x64, and this is ${process.arch}`;
  if (process.getuid?.() !== 0) return "a real node needs root, for its containers and their network";
  const namespaces = namespacesProblem();
  if (namespaces !== undefined) return namespaces;
  if (!cgroupMounts().some(isWritable))
    return "a real node needs cgroups that it can write, and there are none here";
  if (missingPackages().length > 0 && findProgram("apt-get") === undefined) {
    return `a real node needs ${missingPackages().join(", ")}, and there is no apt-get to install them`;
  }
  return undefined;
}

/** @returns {string | undefined} */
function namespacesProblem() {
  try {
    execFileSync("unshare", ["--mount", "--pid", "--net", "--fork", "true"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    return undefined;
  } catch (error) {
    const text = String(/** @type {{ stderr?: Buffer }} */ (error).stderr ?? error).trim();
    return `a real node needs namespaces of its own, and root may not make them here (${text.split("\n")[0]})`;
  }
}

/**
 * Installs the packages that are missing.
 * @param {Log} log
 */
export async function installPrerequisites(log) {
  const missing = missingPackages();
  if (missing.length === 0) return;
  log(`Installing ${missing.join(", ")} (apt-get)`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };
  const options = { env, onLine: (/** @type {string} */ line) => showProgress(line, log) };
  try {
    // An installation that was interrupted would make the next one fail.
    await run("dpkg", ["--configure", "-a"], options);
    await run("apt-get", ["update", "-q"], options);
    await run("apt-get", ["install", "-q", "-y", "--no-install-recommends", ...missing], options);
  } catch (error) {
    throw new UserError(
      `The packages for the real node could not be installed: ${error instanceof Error ? error.message : error}`,
    );
  } finally {
    log.status?.("");
  }
  const stillMissing = missingPackages();
  if (stillMissing.length > 0)
    throw new UserError(`${stillMissing.join(", ")} was installed, but its programs are not on PATH.`);
}

/**
 * @param {string} line
 * @param {Log} log
 */
function showProgress(line, log) {
  if (log.status !== undefined) log.status(`  ${line}`);
  else if (/^(Unpacking|Setting up) /.test(line)) log(`  ${line}`);
}

/** @returns {string[]} */
function missingPackages() {
  const missing = Object.entries(programs).flatMap(([name, debianPackage]) =>
    findProgram(name) === undefined ? [debianPackage] : [],
  );
  if (networkPluginFolder() === undefined) missing.push("containernetworking-plugins");
  return [...new Set(missing)].sort();
}

/** @returns {string | undefined} the folder of the CNI plugins */
export function networkPluginFolder() {
  return networkPluginFolders.find((folder) =>
    networkPlugins.every((name) => existsSync(join(folder, name))),
  );
}

/**
 * @param {string} name
 * @returns {string | undefined} its path; the administrator's folders are searched, too
 */
export function findProgram(name) {
  const folders = [
    ...(process.env.PATH ?? "").split(delimiter),
    "/usr/local/sbin",
    "/usr/sbin",
    "/sbin",
    "/usr/local/bin",
    "/usr/bin",
    "/bin",
  ];
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

/** @param {string} path */
function isWritable(path) {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * @returns {string[]} where this machine's cgroups are: one place for version 2, one for each controller of
 * version 1
 */
export function cgroupMounts() {
  return readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, , type]) => type === "cgroup" || type === "cgroup2")
    .map(([, folder = ""]) => folder);
}
