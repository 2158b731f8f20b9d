/**
 * An error whose message is all that the user needs: what is wrong and how to mend it. It is printed without
 * a stack.
 */
export class UserError extends Error {
  /** @override */
  name = "UserError";
  /** What the command exits with. */
  exitCode = 1;
}

/**
 * Runs a command's main function and turns how it ends into an exit code, with an error's message on stderr.
 * @param {() => Promise<number | void>} main returns an exit code, or nothing for success
 */
export async function runCommand(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = error instanceof UserError ? error.exitCode : 1;
  }
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
