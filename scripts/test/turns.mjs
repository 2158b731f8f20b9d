/** @typedef {import("../lib/log.mjs").Log} Log */

/**
 * Steps that run side by side speak one at a time, in the order in which they began: what the first one says
 * is shown at once, and what the others say when those before them have ended.
 * @param {Log} log
 */
export function takeTurns(log) {
  /** @type {{ lines: string[], ended: boolean }[]} */
  const speakers = [];
  const showFirst = () => {
    for (let first = speakers[0]; first !== undefined; first = speakers[0]) {
      for (const line of first.lines.splice(0)) log(line);
      if (!first.ended) return;
      speakers.shift();
    }
  };

  return {
    /** @returns {{ log: Log, end: () => void }} */
    begin() {
      /** @type {{ lines: string[], ended: boolean }} */
      const speaker = { lines: [], ended: false };
      speakers.push(speaker);
      return {
        log: (line) => {
          speaker.lines.push(line);
          showFirst();
        },
        end: () => {
          speaker.ended = true;
          showFirst();
        },
      };
    },
  };
}
