import { parseArgs, type ParseArgsConfig } from "node:util";

/**
 * An error whose message is all that the user needs: what is wrong and how to mend it. It is printed without
 * a stack.
 */
export class UserError extends Error {
  public override readonly name = "UserError";
}

/** Where a command writes. */
export interface Output {
  stdout(text: string): void;
  stderr(text: string): void;
}

/** A command of the project: fails with a UserError, or has done what it was asked. */
export type Command = (commandLine: readonly string[], output: Output) => Promise<void>;

/** Runs a command and returns its exit code: 0, or 1 with the error on stderr. */
export async function execute(
  command: Command,
  commandLine: readonly string[],
  output: Output,
): Promise<number> {
  try {
    await command(commandLine, output);
    return 0;
  } catch (error) {
    // Only an error of ours is a sentence; anything else is a defect, and its stack is how to find it.
    output.stderr(
      `${error instanceof UserError || !(error instanceof Error) ? messageOf(error) : (error.stack ?? error.message)}\n`,
    );
    return 1;
  }
}

/** Runs a command with the arguments, the streams and the exit code of this process. */
export async function runCommand(command: Command): Promise<void> {
  const { stdout, stderr } = process;
  // `… | head` closes the pipe when it has seen enough.
  stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  const output = {
    stdout: (text: string) => void stdout.write(text),
    stderr: (text: string) => void stderr.write(text),
  };
  process.exitCode = await execute(command, process.argv.slice(2), output);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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
