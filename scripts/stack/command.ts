import { parseArgs, type ParseArgsConfig } from "node:util";

/** An error whose message is all that the user needs: what is wrong and how to mend it. It is printed without a stack. */
export class UserError extends Error {
  public override readonly name = "UserError";
}

/** Runs a command: its exit code is 0, or 1 with the error on stderr. */
export async function runCommand(main: () => Promise<void>): Promise<void> {
  // `… | head` closes the pipe when it has seen enough.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  try {
    await main();
  } catch (error) {
    // Only an error of ours is a sentence; anything else is a defect, and its stack is how to find it.
    process.stderr.write(
      `${error instanceof UserError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = 1;
  }
}

/** `util.parseArgs`, whose errors become sentences. */
export function parseCommandLine<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const [sentence] = error instanceof Error ? error.message.split(". ") : [String(error)];
    throw new UserError(`${sentence ?? ""}. See --help.`, { cause: error });
  }
}

/** One text per line, for lists in messages. */
export function lines(texts: readonly string[], indent = ""): string {
  return texts.map((text) => `${indent}${text}\n`).join("");
}
