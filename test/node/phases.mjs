import { formatDuration } from "../../scripts/lib/log.mjs";

/** @typedef {{ name: string, milliseconds: number }} Phase */
/** @typedef {<T>(name: string, action: () => Promise<T> | T) => Promise<T>} RunPhase */

/**
 * Measures what takes how long, and tells when it is done.
 * @param {import("../../scripts/lib/log.mjs").Log} log
 * @returns {{ phases: Phase[], phase: RunPhase }}
 */
export function createPhases(log) {
  const start = Date.now();
  /** @type {Phase[]} */
  const phases = [];
  return {
    phases,
    async phase(name, action) {
      const since = Date.now();
      try {
        const result = await action();
        phases.push({ name, milliseconds: Date.now() - since });
        log(
          `${formatDuration(Date.now() - start).padStart(8)}  ${name} (${formatDuration(Date.now() - since)})`,
        );
        return result;
      } catch (error) {
        log(`${formatDuration(Date.now() - start).padStart(8)}  not: ${name}`);
        throw error;
      }
    },
  };
}
