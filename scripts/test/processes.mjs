import { fileURLToPath } from "node:url";
import { runForeground } from "../lib/foreground.mjs";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Runs a program in the project's folder.
 * @param {string} program
 * @param {string[]} args
 * @param {object} [options]
 * @param {(line: string) => void} [options.log] gets each line of stdout and stderr, which go to ours unless
 * given
 * @param {(line: string) => void} [options.onLine] gets each line of stdout instead
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @returns {Promise<number>} exit code
 */
export function runProgram(program, args, { log, onLine = log, cwd = root, env = process.env } = {}) {
  return runForeground(program, args, { cwd, env, onOutput: onLine, onError: log });
}

/**
 * Runs a JavaScript file with this Node.js.
 * @param {string[]} args
 * @param {Parameters<typeof runProgram>[2]} [options]
 */
export function runNode(args, options) {
  return runProgram(process.execPath, args, options);
}
