// How every command of the project runs and ends. CommonJS, for the commands in TypeScript and those in
// JavaScript use it alike; and it needs no package, for npm start begins where none is installed.
"use strict";
const { UserError } = require("./user-error.cjs");

/**
 * Where a command writes.
 * @typedef {{ stdout(text: string): void, stderr(text: string): void }} Output
 */

/**
 * A command: returns an exit code, or nothing for success, or fails with a UserError.
 * @typedef {(args: readonly string[], output: Output) => Promise<number | void>} Command
 */

/**
 * Runs a command, and turns how it ends into an exit code, with an error's message on stderr.
 * @param {Command} command
 * @param {readonly string[]} args
 * @param {Output} output
 * @returns {Promise<number>}
 */
async function execute(command, args, output) {
  try {
    return (await command(args, output)) ?? 0;
  } catch (error) {
    output.stderr(`${describeError(error)}\n`);
    return error instanceof UserError ? error.exitCode : 1;
  }
}

/**
 * Runs a command with the arguments, the streams and the exit code of this process.
 * @param {Command} command
 */
async function runCommand(command) {
  const { stdout, stderr } = process;
  // Whoever read it is gone (`npm start | head`): what is under way is brought to its end all the same.
  for (const stream of [stdout, stderr])
    stream.on("error", (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code !== "EPIPE") throw error;
    });
  process.exitCode = await execute(command, process.argv.slice(2), {
    stdout: (text) => stdout.write(text),
    stderr: (text) => stderr.write(text),
  });
}

/**
 * @param {unknown} error
 * @returns {string}
 */
function describeError(error) {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof UserError) return error.message;
  const { code, path, message } = /** @type {NodeJS.ErrnoException} */ (error);
  if (code === "ENOSPC")
    return `The disk is full (${path ?? message}): make room, and run the command again.`;
  // Anything else is a defect, and its stack is how to find it.
  return error.stack ?? message;
}

/**
 * One text per line, for lists in messages.
 * @param {readonly string[]} texts
 * @param {string} [indent]
 * @returns {string}
 */
function lines(texts, indent = "") {
  return texts.map((text) => `${indent}${text}\n`).join("");
}

module.exports = { execute, runCommand, lines };
