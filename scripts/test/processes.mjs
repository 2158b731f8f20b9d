import { fileURLToPath } from "node:url";
import { runForeground } from "../lib/foreground.mjs";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Runs a program in the project's folder with its output on ours.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void }} [options] `onLine` gets
 * what goes to stdout
 * @returns {Promise<number>} exit code
 */
export function runProgram(program, args, { cwd = root, env = process.env, onLine } = {}) {
  return runForeground(program, args, { cwd, env, onOutput: onLine });
}

/**
 * Runs a JavaScript file with this Node.js.
 * @param {string[]} args
 * @param {Parameters<typeof runProgram>[2]} [options]
 */
export function runNode(args, options) {
  return runProgram(process.execPath, args, options);
}
