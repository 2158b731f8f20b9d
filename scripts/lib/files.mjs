import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";

/**
 * Writes a file in one step: a reader, or a run that was killed, sees the old content or the new one, never
 * half of it.
 * @param {string} path
 * @param {string} content
 * @param {number} [mode] of the file, from its first byte on
 */
export function writeFileAtomic(path, content, mode = 0o644) {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, content, { mode });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * @param {string} path
 * @returns {string | undefined} nothing when there is no such file
 */
export function readTextIfPresent(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * @param {string} path
 * @returns {unknown} nothing when there is no such file, or it is not JSON (of a version that wrote something
 * else)
 */
export function readJsonIfPresent(path) {
  const text = readTextIfPresent(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * @param {string} path
 * @param {number} lines
 * @param {number} [fromByte] what stood before is not read: it is of an earlier run
 * @returns {string} the last lines of a log, which may be large
 */
export function tailOfFile(path, lines, fromByte = 0) {
  let file;
  try {
    file = openSync(path, "r");
  } catch {
    return "";
  }
  try {
    const size = fstatSync(file).size;
    const buffer = Buffer.alloc(Math.min(Math.max(size - fromByte, 0), 64 * 1024));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString("utf8").trimEnd().split("\n").slice(-lines).join("\n");
  } finally {
    closeSync(file);
  }
}
