import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { UserError } from "./user-error.cjs";

/** The user, or the system, ended the command. */
export class Interrupted extends UserError {
  /**
   * @param {NodeJS.Signals} signal
   * @param {string} message
   */
  constructor(signal, message) {
    super(message);
    this.exitCode = signal === "SIGTERM" ? 143 : 130;
  }
}

/**
 * Runs a program and waits for its end. A signal is handed on to it, and it may finish what it does: package
 * managers and the Pulumi engine leave a sound state when they are asked, not killed.
 * @param {string} command
 * @param {string[]} args
 * @param {object} options
 * @param {string} options.cwd
 * @param {NodeJS.ProcessEnv} options.env
 * @param {(line: string) => void} [options.onOutput] gets each line of stdout, which goes to ours unless
 * given
 * @param {(line: string) => void} [options.onError] the same for stderr
 * @returns {Promise<number>} exit code
 */
export async function runForeground(command, args, { cwd, env, onOutput, onError }) {
  const child = spawn(command, args, {
    cwd,
    env,
    // Not in our process group: a terminal sends Ctrl-C to the whole group, and the engine takes a second one
    // as "stop at once".
    detached: true,
    stdio: ["ignore", onOutput ? "pipe" : "inherit", onError ? "pipe" : "inherit"],
  });
  if (onOutput && child.stdout) createInterface({ input: child.stdout }).on("line", onOutput);
  if (onError && child.stderr) createInterface({ input: child.stderr }).on("line", onError);

  /** @type {NodeJS.Signals | undefined} */
  let received;
  const handOn = (/** @type {NodeJS.Signals} */ signal) => {
    received = signal;
    child.kill(signal);
  };
  /** @type {NodeJS.Signals[]} */
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, handOn);
  try {
    const exitCode = await new Promise((resolve, reject) => {
      child.once("error", (error) => reject(new UserError(`${command} cannot be run: ${error.message}`)));
      // Not "exit": what it wrote last is still to be read then.
      child.once("close", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 1)));
    });
    if (received !== undefined)
      throw new Interrupted(received, "Interrupted. Run the command again to go on from there.");
    return exitCode;
  } finally {
    for (const signal of signals) process.off(signal, handOn);
  }
}
