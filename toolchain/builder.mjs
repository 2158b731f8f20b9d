import { join } from "node:path";
import { BuildStopped, buildEngine } from "./compile.mjs";
import { createBuildProgress } from "./build-progress.mjs";

/** @typedef {import("./cache.mjs").CachedEngine} CachedEngine */
/** @typedef {import("../scripts/lib/log.mjs").Log} Log */

/**
 * Builds engines, one after the other: Go itself uses every core, and what two of them share is compiled
 * twice when they are built at the same time. The first failure, or a signal, ends the build; what was
 * finished stays.
 * @param {CachedEngine[]} missing
 * @param {{ modulesFolder: string, logsFolder: string, total: number, log: Log, stop: AbortSignal }} options
 */
export async function buildEngines(missing, { modulesFolder, logsFolder, total, log, stop }) {
  const progress = createBuildProgress({ total, done: total - missing.length, log });
  try {
    for (const cached of missing) {
      const { name, module } = cached.engine;
      if (stop.aborted) throw new BuildStopped();
      progress.started(name);
      await buildEngine(cached, {
        moduleFolder: join(modulesFolder, module),
        logFile: join(logsFolder, `${name}.log`),
        stop,
      });
      progress.finished(name);
    }
  } finally {
    progress.end();
  }
}
