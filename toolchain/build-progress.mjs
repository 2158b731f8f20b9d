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
  /** @type {{ name: string, since: number } | undefined} */
  let running;
  const elapsed = () => formatDuration(Date.now() - (running?.since ?? Date.now()));
  const show = () =>
    log.status?.(running ? `${done} of ${total} done; building ${running.name} ${elapsed()}` : "");
  const heartbeat = () =>
    running && log(`  still building ${running.name} ${elapsed()} (${done} of ${total} done)`);
  const timer =
    log.status === undefined ? setInterval(heartbeat, heartbeatSeconds * 1000) : setInterval(show, 1000);

  return {
    /** @param {string} name */
    started(name) {
      running = { name, since: Date.now() };
      if (log.status === undefined) log(`  ${name}: building`);
      show();
    },
    /** @param {string} name */
    finished(name) {
      done++;
      log(`  ${name}: built in ${elapsed()} (${done} of ${total} done)`);
      running = undefined;
      show();
    },
    end() {
      clearInterval(timer);
      log.status?.("");
    },
  };
}
