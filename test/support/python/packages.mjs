import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultCacheFolder } from "../../toolchain/cache.mjs";

/**
 * A folder with the Python packages of one of the lists beside this file, for PYTHONPATH. The first call on a machine installs them, by
 * hash, into the project's cache; the folder is there when that was finished, and never changes.
 * @param {"awscli" | "moto" | "parliament" | "shellcheck"} list
 * @returns {string}
 */
export function pythonPackages(list) {
  const requirements = fileURLToPath(new URL(`${list}.txt`, import.meta.url));
  const python = run("--version").trim();
  const digest = createHash("sha256").update(python).update(readFileSync(requirements)).digest("hex").slice(0, 16);
  const parent = join(defaultCacheFolder(), "python");
  const folder = join(parent, `${list}-${digest}`);
  if (existsSync(folder)) return folder;

  mkdirSync(parent, { recursive: true });
  const work = mkdtempSync(join(parent, `.${list}-`));
  try {
    const options = ["--quiet", "--disable-pip-version-check", "--root-user-action=ignore", "--no-deps", "--require-hashes"];
    run("-m", "pip", "install", ...options, "--target", work, "--requirement", requirements);
    publish(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

/**
 * Another process may have been quicker: what it installed is the same.
 * @param {string} work
 * @param {string} folder
 */
function publish(work, folder) {
  try {
    renameSync(work, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

/** @param {string[]} args */
function run(...args) {
  const { status, stdout, stderr, error } = spawnSync("python3", args, { encoding: "utf8" });
  if (error !== undefined) throw new Error(`python3 could not be started (${error.message}); install Python 3.11 or newer, with pip.`);
  if (status !== 0) throw new Error(`python3 ${args.slice(0, 3).join(" ")}: exit code ${status}\n${stderr}`);
  return stdout;
}
