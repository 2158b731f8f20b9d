import { accessSync, constants, mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { withLock } from "../scripts/lib/lock.mjs";
import { formatDuration } from "../scripts/lib/log.mjs";
import { UserError } from "../scripts/lib/user-error.mjs";
import { buildEngines } from "./builder.mjs";
import { cachedEngine, defaultCacheFolder, linkFolder, removeLeftovers } from "./cache.mjs";
import { BuildStopped } from "./compile.mjs";
import { engines as allEngines, pulumiVersion } from "./engines.mjs";
import { defaultModulesFolder, requireGo } from "./go.mjs";

/** @typedef {import("./engines.mjs").Engine} Engine */
/** @typedef {import("../scripts/lib/log.mjs").Log} Log */

/**
 * Where the built programs are.
 * @typedef {object} Toolchain
 * @property {Record<string, string>} engines path of each program, by its name
 * @property {string} kwokStages folder of the stage files that come with KWOK
 * @property {string} pulumiHome PULUMI_HOME in which the npm package `pulumi` finds the CLI
 * @property {string} pulumiBin folder of the CLI and its language host
 * @property {string} bin folder for PATH: kubectl and the provider
 * @property {string} cacheFolder
 */

/**
 * Checks that there is a Go that can build the toolchain: a command calls it before it does something else
 * that takes long.
 * @param {Engine[]} [engines]
 * @param {string} [modulesFolder]
 */
export function requireCompiler(engines = allEngines, modulesFolder = defaultModulesFolder) {
  return requireGo([...new Set(engines.map(({ module }) => join(modulesFolder, module)))]);
}

/**
 * Builds what is missing of the toolchain. When nothing is, it returns at once.
 * @param {object} [options]
 * @param {Log} [options.log] told the progress
 * @param {string[]} [options.only] names of the engines that are needed; all unless given
 * @param {Engine[]} [options.engines]
 * @param {string} [options.modulesFolder]
 * @param {string} [options.cacheFolder]
 * @returns {Promise<Toolchain>}
 */
export async function ensureToolchain({
  log = () => {},
  only,
  engines = allEngines,
  modulesFolder = defaultModulesFolder,
  cacheFolder = defaultCacheFolder(),
} = {}) {
  const needed = selectEngines(engines, only);
  const go = requireCompiler(needed, modulesFolder);
  const plan = () => {
    const cached = needed.map((engine) => cachedEngine(cacheFolder, engine, { modulesFolder, go }));
    const placed = (/** @type {Engine["place"]} */ place) =>
      cached.filter(({ engine }) => engine.place === place);
    const links = {
      pulumi: linkFolder(cacheFolder, "pulumi-home", pulumiSubfolder, placed("pulumi")),
      path: linkFolder(cacheFolder, "bin", ".", placed("path")),
    };
    return { cached, links };
  };

  const { cached, links } = plan();
  const isComplete =
    cached.every(({ isBuilt }) => isBuilt) && Object.values(links).every(({ isThere }) => isThere);
  if (!isComplete) {
    createCacheFolder(cacheFolder);
    const onWait = (/** @type {{ pid: number }} */ { pid }) =>
      log(`Process ${pid} is building the toolchain in ${cacheFolder}; waiting for it.`);
    await withLock(join(cacheFolder, "lock"), { onWait }, async () => {
      await removeLeftovers(cacheFolder);
      // The process that had the lock may have built them.
      const { cached, links } = plan();
      const missing = cached.filter(({ isBuilt }) => !isBuilt);
      if (missing.length > 0)
        await buildMissing(missing, { total: cached.length, modulesFolder, cacheFolder, log });
      for (const link of Object.values(links)) if (!link.isThere) link.create();
    });
  }

  const pathOf = Object.fromEntries(cached.map(({ engine, binary }) => [engine.name, binary]));
  const kwok = cached.find(({ engine }) => engine.name === "kwok");
  return {
    engines: pathOf,
    kwokStages: kwok === undefined ? "" : join(kwok.folder, kwok.engine.files?.as ?? ""),
    pulumiHome: links.pulumi.folder,
    pulumiBin: join(links.pulumi.folder, pulumiSubfolder),
    bin: links.path.folder,
    cacheFolder,
  };
}

/** As the npm package `pulumi` has it (its lib/cache.js and lib/resolve.js). */
const pulumiSubfolder = join("versions", pulumiVersion, "bin");

/**
 * @param {Toolchain} toolchain
 * @returns {Record<string, string>} what a command needs so that `npx pulumi`, its plugins and kubectl are
 * those of the toolchain
 */
export function toolchainEnvironment({ pulumiHome, pulumiBin, bin }) {
  return {
    PULUMI_HOME: pulumiHome,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // A plugin that was not built here is an error at once, not a download.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PATH: [pulumiBin, bin, process.env.PATH ?? ""].join(delimiter),
  };
}

/**
 * @param {Engine[]} engines
 * @param {string[] | undefined} only
 */
function selectEngines(engines, only) {
  if (only === undefined) return engines;
  const unknown = only.filter((name) => !engines.some((engine) => engine.name === name));
  if (unknown.length > 0) {
    throw new UserError(
      `There is no engine ${unknown.join(", ")}; there are ${engines.map(({ name }) => name).join(", ")}.`,
    );
  }
  return engines.filter(({ name }) => only.includes(name));
}

/** @param {string} cacheFolder */
function createCacheFolder(cacheFolder) {
  try {
    mkdirSync(cacheFolder, { recursive: true });
    accessSync(cacheFolder, constants.W_OK);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    throw new UserError(
      `The toolchain's folder ${cacheFolder} cannot be written (${code}): set CERTCTL_PULUMI_CACHE to one that can.`,
    );
  }
}

/**
 * @param {import("./cache.mjs").CachedEngine[]} missing
 * @param {{ total: number, modulesFolder: string, cacheFolder: string, log: Log }} options
 */
async function buildMissing(missing, { total, modulesFolder, cacheFolder, log }) {
  const since = Date.now();
  const stop = new AbortController();
  /** @type {NodeJS.Signals | undefined} */
  let signal;
  const onSignal = (/** @type {NodeJS.Signals} */ received) => {
    signal = received;
    stop.abort();
  };
  process.once("SIGINT", onSignal);
  process.once("SIGTERM", onSignal);
  log(
    `Building ${missing.length} of ${total} programs of the toolchain from source; the first time takes about 10 minutes on 2 cores.`,
  );
  try {
    const logsFolder = join(cacheFolder, "logs");
    await buildEngines(missing, { modulesFolder, logsFolder, total, log, stop: stop.signal });
    log(`The toolchain is built (${formatDuration(Date.now() - since)}).`);
  } catch (error) {
    if (!(error instanceof BuildStopped)) throw error;
    throw new BuildInterrupted(signal);
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
}

/** A signal ended the build. The command ends, too, once its locks are given back. */
export class BuildInterrupted extends UserError {
  /** @param {NodeJS.Signals | undefined} signal */
  constructor(signal) {
    super("The build was interrupted. What was finished is kept: run the command again to go on from there.");
    this.exitCode = signal === "SIGTERM" ? 143 : 130;
  }
}
