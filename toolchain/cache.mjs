import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, relative } from "node:path";
import { readJsonIfPresent } from "../scripts/lib/files.mjs";
import { endProcess } from "../scripts/lib/process-identity.mjs";
import { buildFlags, moduleFiles } from "./go.mjs";

/** @typedef {import("./engines.mjs").Engine} Engine */
/** @typedef {import("../scripts/lib/process-identity.mjs").ProcessIdentity} ProcessIdentity */

/**
 * A built engine's place in the cache. The folder is there when the build was finished, and never changes.
 * @typedef {{ engine: Engine, folder: string, binary: string, isBuilt: boolean }} CachedEngine
 */

/** @returns {string} */
export function defaultCacheFolder() {
  if (process.env.CERTCTL_PULUMI_CACHE) return process.env.CERTCTL_PULUMI_CACHE;
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pulumi-certctl");
}

/**
 * @param {string} cacheFolder
 * @param {Engine} engine
 * @param {{ modulesFolder: string, go: { version: string, platform: string } }} inputs
 * @returns {CachedEngine}
 */
export function cachedEngine(cacheFolder, engine, { modulesFolder, go }) {
  const inputs = [
    go,
    engine.package,
    engine.files,
    buildFlags(engine),
    moduleFiles(join(modulesFolder, engine.module)),
  ];
  const folder = join(cacheFolder, "engines", `${engine.name}-${digest(inputs)}`);
  return { engine, folder, binary: join(folder, engine.name), isBuilt: existsSync(folder) };
}

/**
 * Where an engine is built: `output` becomes its folder, the rest is thrown away. It is next to its final
 * place, so that publishing is one rename.
 * @param {CachedEngine} cached
 */
export function createWorkFolder({ engine, folder }) {
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(join(dirname(folder), `.${engine.name}-`));
  const [output, temporary] = [join(work, "output"), join(work, "temporary")];
  mkdirSync(output);
  mkdirSync(temporary);
  return { work, output, temporary, compiler: join(work, compilerRecord) };
}

/** In a work folder: the process of the compiler. */
const compilerRecord = "compiler.json";

/**
 * Removes what builds that were killed have left, and ends their compilers, which may still run. Only for who
 * has the cache's lock: it cannot tell them from builds under way.
 * @param {string} cacheFolder
 */
export async function removeLeftovers(cacheFolder) {
  for (const parent of [cacheFolder, join(cacheFolder, "engines")]) {
    if (!existsSync(parent)) continue;
    for (const name of readdirSync(parent).filter((entry) => entry.startsWith("."))) {
      const compiler = readJsonIfPresent(join(parent, name, compilerRecord));
      if (compiler !== undefined)
        await endProcess(/** @type {ProcessIdentity} */ (compiler), { group: true, graceMilliseconds: 0 });
      rmSync(join(parent, name), { recursive: true, force: true });
    }
  }
}

/**
 * A folder of links to engines, named by what it holds: checkouts that need other versions get another one.
 * @param {string} cacheFolder
 * @param {string} kind
 * @param {string} subfolder of the folder, where the links go
 * @param {CachedEngine[]} cached
 */
export function linkFolder(cacheFolder, kind, subfolder, cached) {
  const folder = join(
    cacheFolder,
    `${kind}-${digest(cached.map((item) => relative(cacheFolder, item.binary)))}`,
  );
  const create = () => {
    const temporary = mkdtempSync(join(cacheFolder, `.${kind}-`));
    mkdirSync(join(temporary, subfolder), { recursive: true });
    for (const { engine, binary } of cached) {
      // Relative to the final place: a cache that was moved, or restored elsewhere, still works.
      symlinkSync(relative(join(folder, subfolder), binary), join(temporary, subfolder, engine.name));
    }
    renameSync(temporary, folder);
  };
  return { folder, isThere: cached.length === 0 || existsSync(folder), create };
}

/**
 * A folder that is named by what decides what is in it. The first call on a machine fills it; it is there
 * when that was finished, and never changes.
 * @param {string} parent
 * @param {string} name
 * @param {unknown} inputs
 * @param {(folder: string) => void} fill
 * @returns {string}
 */
export function cachedFolder(parent, name, inputs, fill) {
  const folder = join(parent, `${name}-${digest(inputs)}`);
  if (existsSync(folder)) return folder;
  mkdirSync(parent, { recursive: true });
  const work = mkdtempSync(join(parent, `.${name}-`));
  try {
    fill(work);
    publish(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

/**
 * Another process may have been quicker: what it made is the same.
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

/** @param {unknown} content */
function digest(content) {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 16);
}
