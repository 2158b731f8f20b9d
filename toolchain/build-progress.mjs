import { clearInterval, setInterval } from "node:timers";
import { formatDuration } from "../scripts/lib/log.mjs";

/** @typedef {import("../scripts/lib/log.mjs").Log} Log */

const heartbeatSeconds = 30;

/**
 * Tells how far a build is: on a terminal with a line that changes, elsewhere with a line now and then, so
 * that a log shows life.
 * @param {{ total: number, done: number, log: Log }} options
 */
export function createBuildProgress({ total, done, log }) {
  /** @type {Map<string, number>} */
  const running = new Map();
  const elapsed = (/** @type {number} */ since) => formatDuration(Date.now() - since);
  const underWay = () => [...running].map(([name, since]) => `${name} ${elapsed(since)}`).join(", ");
  const show = () =>
    log.status?.(running.size === 0 ? "" : `${done} of ${total} done; building ${underWay()}`);
  const heartbeat = () =>
    running.size > 0 && log(`  still building ${underWay()} (${done} of ${total} done)`);
  const timer =
    log.status === undefined ? setInterval(heartbeat, heartbeatSeconds * 1000) : setInterval(show, 1000);

  return {
    /** @param {string} name */
    started(name) {
      running.set(name, Date.now());
      if (log.status === undefined) log(`  ${name}: building`);
      show();
    },
    /** @param {string} name */
    finished(name) {
      const since = running.get(name) ?? Date.now();
      running.delete(name);
      done++;
      log(`  ${name}: built in ${elapsed(since)} (${done} of ${total} done)`);
      show();
    },
    /** @param {string} name */
    failed(name) {
      running.delete(name);
      show();
    },
    end() {
      clearInterval(timer);
      log.status?.("");
    },
  };
}
