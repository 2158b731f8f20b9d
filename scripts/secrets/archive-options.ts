import { resolve } from "node:path";
import { UserError } from "../lib/user-error.cjs";
import { identitiesOf, linesOf, type Key, type Lock } from "./age-files";
import { choosePassphrase, readPassphrase } from "./passphrase";

/** Options of `npm run secrets` that go with an archive. */
export interface ArchiveOptions {
  recipient: string[];
  "recipients-file": string[];
  identity: string[];
  "passphrase-file"?: string;
}

/** The ways to use `npm run secrets`, with the options that go with each. */
export const forms = [
  { options: ["config-file", "dry-run"] },
  { mode: "renew-tls", options: ["config-file", "dry-run"] },
  {
    mode: "export",
    options: ["config-file", "output", "recipient", "recipients-file", "passphrase-file"],
  },
  { mode: "import", options: ["config-file", "identity", "passphrase-file", "dry-run"] },
];

/**
 * What each way to use the command has no use for: ignored silently, an option would promise what does not
 * happen.
 */
export function refuseMixture(options: ArchiveOptions & Record<string, unknown>): void {
  // When two are asked for, the first in this order counts, and the other does not go with it.
  const form = ["export", "import", "renew-tls"].find((name) => isGiven(options[name]));
  const mode = form === undefined ? "" : `--${form}`;
  const accepted = [form, ...(forms.find((one) => one.mode === form)?.options ?? [])];
  const lost = Object.keys(options).find((name) => isGiven(options[name]) && !accepted.includes(name));
  if (lost !== undefined)
    throw new UserError(
      `--${lost} does not go ${mode === "" ? "without --export or --import" : `with ${mode}`}. See --help.`,
    );
  if (
    options["passphrase-file"] !== undefined &&
    [...options.recipient, ...options["recipients-file"], ...options.identity].length > 0
  ) {
    throw new UserError(
      "An archive has a passphrase or recipients, not both: leave out --passphrase-file, or what names the others.",
    );
  }
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
}

/** What an archive is locked with: recipients, or a passphrase. */
export async function lockOf(options: ArchiveOptions): Promise<Lock> {
  const files = options["recipients-file"].map(usersPath);
  const recipients = [...options.recipient, ...files.flatMap(linesOf)];
  if (recipients.length > 0) return { recipients };
  if (files.length > 0) throw new UserError(`${files.join(", ")} names no recipient.`);
  return { passphrase: await choosePassphrase(passphraseFile(options)) };
}

/** What opens an archive. */
export async function keyOf(options: ArchiveOptions): Promise<Key> {
  const identities = options.identity.map(usersPath).flatMap(identitiesOf);
  return identities.length > 0
    ? { identities }
    : { passphrase: await readPassphrase(passphraseFile(options)) };
}

function passphraseFile({ "passphrase-file": file }: ArchiveOptions): string | undefined {
  return file === undefined ? undefined : usersPath(file);
}

/** `npm run` starts in the project's directory, and people mean their own. */
export function usersPath(file: string): string {
  return resolve(process.env.INIT_CWD ?? "", file);
}
