import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cachedFolder, defaultCacheFolder } from "../../../toolchain/cache.mjs";

/**
 * A folder with the Python packages of one of the lists beside this file, for PYTHONPATH. The first call on a
 * machine installs them, by hash, into the project's cache.
 * @param {"awscli" | "checkov" | "moto" | "parliament" | "query-exporter" | "shellcheck"} list
 * @returns {string}
 */
export function pythonPackages(list) {
  const requirements = fileURLToPath(new URL(`${list}.txt`, import.meta.url));
  const inputs = [run("--version").trim(), readFileSync(requirements, "utf8")];
  return cachedFolder(join(defaultCacheFolder(), "python"), list, inputs, (folder) => {
    const options = [
      "--quiet",
      "--disable-pip-version-check",
      "--root-user-action=ignore",
      "--no-deps",
      "--require-hashes",
    ];
    run("-m", "pip", "install", ...options, "--target", folder, "--requirement", requirements);
  });
}

/** @param {string[]} args */
function run(...args) {
  const { status, stdout, stderr, error } = spawnSync("python3", args, { encoding: "utf8" });
  if (error !== undefined)
    throw new Error(
      `python3 could not be started (${error.message}); install Python 3.11 or newer, with pip.`,
    );
  if (status !== 0) throw new Error(`python3 ${args.slice(0, 3).join(" ")}: exit code ${status}\n${stderr}`);
  return stdout;
}
