import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { readJsonIfPresent } from "../lib/files.mjs";
import { formatDuration } from "../lib/log.mjs";
import { UserError } from "../lib/user-error.cjs";
import { root } from "./processes.mjs";

/** @typedef {{ packages?: Record<string, { version?: string, optional?: boolean, link?: boolean }> }} LockFile */

/**
 * Installs the npm packages when they are missing, or not those of package-lock.json.
 * @param {{ log: import("../lib/log.mjs").Log, folder?: string }} options
 */
export async function ensureDependencies({ log, folder = root }) {
  if (areInstalled(folder)) return;
  log("Installing the npm packages; the first time this takes about a minute.");
  const since = Date.now();
  // No package's own script runs: nothing here needs one.
  const npm = spawnSync("npm", ["ci", "--ignore-scripts", "--loglevel=error"], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
    shell: process.platform === "win32",
  });
  if (npm.error !== undefined)
    throw new UserError(
      `npm could not be started (${npm.error.message}): install Node.js with npm, and run the command again.`,
    );
  if (npm.status !== 0)
    throw new UserError(
      `"npm ci" failed; mend what it says, and run the command again:\n${npm.stderr.trim()}`,
    );
  log(`The npm packages are installed (${formatDuration(Date.now() - since)}).`);
}

/**
 * npm notes what it has installed, at the end: an installation that was interrupted has no such note.
 * @param {string} folder
 */
export function areInstalled(folder) {
  const wanted = /** @type {LockFile | undefined} */ (readJsonIfPresent(join(folder, "package-lock.json")))
    ?.packages;
  const installed = /** @type {LockFile | undefined} */ (
    readJsonIfPresent(join(folder, "node_modules/.package-lock.json"))
  )?.packages;
  if (wanted === undefined)
    throw new UserError(`${join(folder, "package-lock.json")} is missing or damaged: restore it from git.`);
  if (installed === undefined) return false;
  return Object.entries(wanted)
    .filter(([path, { optional }]) => path !== "" && !(optional === true && installed[path] === undefined))
    .every(([path, { version }]) => installed[path]?.version === version);
}
