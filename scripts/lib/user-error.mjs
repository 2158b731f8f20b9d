/**
 * An error whose message is all that the user needs: what is wrong and how to mend it. It is printed without a stack.
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
    // Only an error of ours is a sentence; anything else is a defect, and its stack is how to find it.
    const text = error instanceof UserError ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`${text}\n`);
    process.exitCode = error instanceof UserError ? error.exitCode : 1;
  }
}
