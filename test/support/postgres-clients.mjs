import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultCacheFolder } from "../../toolchain/cache.mjs";

/**
 * PostgreSQL's own clients of a major version; npm has the server only. Any Python unpacks them, whatever
 * version the wheel is for.
 */
const wheel =
  "pgserver==0.1.4 --hash=sha256:d595789b47624a3d963aa9aa6359da9be31beb7e61f1a45541953242068b8813";
const platform = [
  "--python-version=3.11",
  "--implementation=cp",
  "--abi=cp311",
  "--platform=manylinux2014_x86_64",
];

/**
 * A folder with psql, pg_dump, pg_restore and others in `pgserver/pginstall/bin`, and their libraries beside
 * it. The first call on a machine downloads them into the project's cache.
 * @returns {string}
 */
export function postgresClients() {
  const parent = join(defaultCacheFolder(), "python");
  const folder = join(parent, "postgres-clients-16.2");
  if (existsSync(folder)) return folder;
  mkdirSync(parent, { recursive: true });
  const work = mkdtempSync(join(parent, ".postgres-clients-"));
  try {
    const requirements = join(work, "requirements.txt");
    writeFileSync(requirements, `${wheel}\n`);
    const options = [
      "--quiet",
      "--disable-pip-version-check",
      "--no-deps",
      "--only-binary=:all:",
      "--require-hashes",
      ...platform,
    ];
    run("-m", "pip", "download", ...options, "--dest", work, "--requirement", requirements);
    const archive = readdirSync(work).find((file) => file.endsWith(".whl")) ?? "";
    const unpacked = join(work, "unpacked");
    run("-m", "zipfile", "-e", join(work, archive), unpacked);
    for (const name of readdirSync(join(unpacked, "pgserver/pginstall/bin"))) {
      execFileSync("chmod", ["755", join(unpacked, "pgserver/pginstall/bin", name)]);
    }
    renameSync(unpacked, folder);
  } catch (error) {
    // Another process may have been quicker.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

/** @param {string[]} args */
function run(...args) {
  execFileSync("python3", args, { stdio: ["ignore", "ignore", "inherit"] });
}
