import { join } from "node:path";
import { BuildStopped, buildEngine } from "./compile.mjs";
import { createBuildProgress } from "./build-progress.mjs";

/** @typedef {import("./cache.mjs").CachedEngine} CachedEngine */
/** @typedef {import("../scripts/lib/log.mjs").Log} Log */

/** Go uses every core for one engine, but not all of the time: at its end there is a single linker. */
const enginesAtATime = 2;

/**
 * Builds engines, two at a time. The first failure, or a signal, ends all of them; what was finished stays.
 * @param {CachedEngine[]} missing
 * @param {{ modulesFolder: string, logsFolder: string, total: number, log: Log, stop: AbortController }}
 * options
 */
export async function buildEngines(missing, { modulesFolder, logsFolder, total, log, stop }) {
  const waiting = [...missing];
  const progress = createBuildProgress({ total, done: total - missing.length, log });
  /** @type {Map<CachedEngine, Promise<void>>} */
  const running = new Map();
  /** @type {unknown} */
  let failure;

  /** @param {CachedEngine} cached */
  const start = async (cached) => {
    const { name, module } = cached.engine;
    progress.started(name);
    try {
      await buildEngine(cached, {
        moduleFolder: join(modulesFolder, module),
        logFile: join(logsFolder, `${name}.log`),
        stop: stop.signal,
      });
      progress.finished(name);
    } catch (error) {
      progress.failed(name);
      if (!(error instanceof BuildStopped)) failure ??= error;
      stop.abort();
    } finally {
      running.delete(cached);
    }
  };

  try {
    while ((waiting.length > 0 && !stop.signal.aborted) || running.size > 0) {
      while (running.size < enginesAtATime && !stop.signal.aborted) {
        const next = takeNext(waiting, [...running.keys()]);
        if (next === undefined) break;
        running.set(next, start(next));
      }
      await Promise.race(running.values());
    }
  } finally {
    progress.end();
  }
  if (failure !== undefined) throw failure;
  if (stop.signal.aborted) throw new BuildStopped();
}

/**
 * @param {CachedEngine[]} waiting
 * @param {CachedEngine[]} running
 * @returns {CachedEngine | undefined} one of another module: two of one module would compile the same
 * packages at the same time
 */
function takeNext(waiting, running) {
  const modules = new Set(running.map(({ engine }) => engine.module));
  const index = waiting.findIndex(({ engine }) => !modules.has(engine.module));
  return index < 0 ? undefined : waiting.splice(index, 1)[0];
}
