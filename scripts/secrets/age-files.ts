import { readFileSync } from "node:fs";
import { UserError } from "../lib/user-error.cjs";

/** Who can decrypt a file: everybody with the passphrase, or with the identity of one of the recipients. */
export type Lock = { passphrase: string } | { recipients: readonly string[] };

/** What decrypts a file. */
export type Key = { passphrase: string } | { identities: readonly string[] };

/** Encrypts to the age format, which the program `age` reads. */
export async function encrypt(content: Uint8Array, lock: Lock): Promise<Uint8Array> {
  const { Encrypter } = await import("age-encryption");
  const encrypter = new Encrypter();
  if ("passphrase" in lock) encrypter.setPassphrase(lock.passphrase);
  else for (const recipient of lock.recipients) addTo(encrypter, recipient);
  return encrypter.encrypt(content);
}

function addTo(encrypter: { addRecipient(recipient: string): void }, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch (error) {
    // Someone may give the identity by mistake: it is not printed.
    const shown = recipient.startsWith("age1") ? `"${recipient}"` : "What was given";
    throw new UserError(
      `${shown} is not a recipient: it begins with age1, and "age-keygen -y KEYFILE" prints it.`,
      { cause: error },
    );
  }
}

/** Decrypts an age file. */
export async function decrypt(file: string, key: Key): Promise<Uint8Array> {
  const content = readFile(file);
  const { Decrypter } = await import("age-encryption");
  const decrypter = new Decrypter();
  if ("passphrase" in key) decrypter.addPassphrase(key.passphrase);
  else for (const identity of key.identities) decrypter.addIdentity(identity);
  try {
    return await decrypter.decrypt(content);
  } catch (error) {
    throw new UserError(reasonOf(error, file, key), { cause: error });
  }
}

function reasonOf(error: unknown, file: string, key: Key): string {
  const message = error instanceof Error ? error.message : String(error);
  if (!message.includes("no identity matched")) return `${file} is damaged, or no age file: ${message}.`;
  if ("passphrase" in key)
    return `The passphrase is not the one of ${file}, or it is encrypted for recipients: then give --identity FILE.`;
  return `${file} is encrypted for none of these identities; one with a passphrase needs no --identity.`;
}

/** Recipients or identities of a file: one a line, as for `age`; lines that begin with # are comments. */
export function linesOf(file: string): string[] {
  const found = textOf(file)
    .split("\n")
    .map((line) => line.trim());
  return found.filter((line) => line !== "" && !line.startsWith("#"));
}

/** Identities of a key file of `age-keygen`. */
export function identitiesOf(file: string): string[] {
  const identities = linesOf(file);
  const isIdentity = (line: string): boolean => line.startsWith("AGE-SECRET-KEY-");
  if (identities.length > 0 && identities.every(isIdentity)) return identities;
  throw new UserError(
    `${file} is not a key file of "age-keygen": each line must begin with AGE-SECRET-KEY-.`,
  );
}

/** A file that the user named. */
export function textOf(file: string): string {
  return readFile(file).toString("utf8");
}

function readFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UserError(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      { cause: error },
    );
  }
}
