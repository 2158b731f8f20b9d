import { createInterface } from "node:readline";
import { Writable, type Readable } from "node:stream";
import { UserError } from "../lib/user-error.cjs";
import { textOf } from "./age-files";

/** Holds the passphrase of an archive, for those who cannot be asked. */
export const passphraseVariable = "CERTCTL_ARCHIVE_PASSPHRASE";
/** An archive can be tried offline, as often as one likes. */
const leastLength = 12;

/** Where a passphrase is asked. */
export interface Terminal {
  input: Readable & { isTTY?: boolean };
  output: NodeJS.WritableStream;
}

/**
 * A passphrase from the file, the environment, or the terminal; never from an argument, which every user of
 * the machine can see.
 */
export async function readPassphrase(
  file: string | undefined,
  terminal: Terminal = theTerminal(),
): Promise<string> {
  if (file !== undefined) return textOf(file).split(/\r?\n/)[0] ?? "";
  const given = process.env[passphraseVariable];
  if (given !== undefined && given !== "") return given;
  if (!terminal.input.isTTY) {
    throw new UserError(
      `No passphrase is given: set ${passphraseVariable}, name a file with --passphrase-file, or run this in a terminal.`,
    );
  }
  return ask("Passphrase: ", terminal);
}

/** A passphrase for a new archive: asked twice, and not a short one. */
export async function choosePassphrase(
  file: string | undefined,
  terminal: Terminal = theTerminal(),
): Promise<string> {
  const asked = file === undefined && !process.env[passphraseVariable];
  const passphrase = await readPassphrase(file, terminal);
  if (passphrase.length < leastLength)
    throw new UserError(`The passphrase is too short: it needs ${leastLength} characters or more.`);
  if (asked && (await ask("The same again: ", terminal)) !== passphrase)
    throw new UserError("The two passphrases differ.");
  return passphrase;
}

function theTerminal(): Terminal {
  return { input: process.stdin, output: process.stderr };
}

/** Asks without showing what is typed. */
function ask(question: string, { input, output }: Terminal): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: nowhere, terminal: true });
  output.write(question);
  return new Promise((resolve, reject) => {
    const cancel = (): void => {
      output.write("\n");
      reject(new UserError("No passphrase was given; nothing was done."));
    };
    lines.once("close", cancel).once("SIGINT", () => lines.close());
    lines.question("", (answer) => {
      lines.off("close", cancel).close();
      output.write("\n");
      resolve(answer);
    });
  });
}
