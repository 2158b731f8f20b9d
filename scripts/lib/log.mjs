/**
 * Tells the user something, a line at a time. `status` shows what is going on in a line that the next one
 * replaces; it is missing where lines cannot be replaced.
 * @typedef {((line: string) => void) & { status?: (text: string) => void }} Log
 */

/**
 * @param {NodeJS.WriteStream} stream
 * @returns {Log}
 */
export function createLog(stream) {
  if (!stream.isTTY || process.env.TERM === "dumb") return (line) => stream.write(`${line}\n`);
  let shown = "";
  const clear = () => shown === "" || stream.write("\r\u001b[K");
  const draw = () => stream.write(shown.slice(0, (stream.columns || 80) - 1));
  /** @type {Log} */
  const log = (line) => {
    clear();
    stream.write(`${line}\n`);
    draw();
  };
  log.status = (text) => {
    clear();
    shown = text;
    draw();
  };
  return log;
}

/**
 * @param {number} milliseconds
 * @returns {string} such as `4.2 s`, `38 s`, `3 min 20 s`
 */
export function formatDuration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return `${Math.floor(Math.round(seconds) / 60)} min ${Math.round(seconds) % 60} s`;
}
