import { spawn } from "node:child_process";

/**
 * Runs a program and waits for it.
 * @param {string} command
 * @param {string[]} args
 * @param {object} [options]
 * @param {string} [options.input] its standard input
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {(line: string) => void} [options.onLine] told each line that it writes
 * @returns {Promise<string>} its standard output
 */
export function run(command, args, { input, cwd, env, onLine } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    let [output, errors] = ["", ""];
    const tell = lines(onLine);
    child.stdout?.setEncoding("utf8").on("data", (text) => {
      output += text;
      tell(text);
    });
    child.stderr?.setEncoding("utf8").on("data", (text) => {
      errors += text;
      tell(text);
    });
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) return resolve(output);
      const end = (errors.trim() || output.trim()).split("\n").slice(-15).join("\n");
      reject(
        new CommandFailed(
          `${[command, ...args].join(" ").slice(0, 300)}: ${signal ?? `exit code ${code}`}\n${end}`,
          output,
          errors,
        ),
      );
    });
  });
}

/** A program ended with another exit code than 0. */
export class CommandFailed extends Error {
  /**
   * @param {string} message
   * @param {string} output
   * @param {string} errors
   */
  constructor(message, output, errors) {
    super(message);
    this.output = output;
    this.errors = errors;
  }
}

/** @param {((line: string) => void) | undefined} onLine */
function lines(onLine) {
  let rest = "";
  return (/** @type {string} */ text) => {
    if (onLine === undefined) return;
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) onLine(part);
  };
}
