import { closeSync, existsSync, openSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { lines, type Output } from "../lib/command.cjs";
import { UserError } from "../lib/user-error.cjs";
import { decryptedConfig } from "../stack/decrypted-config";
import type { PulumiCall } from "../stack/pulumi-cli";
import { qualified } from "../stack/stack-file";
import { encrypt, type Lock } from "./age-files";
import { packArchive, type Archive } from "./archive";
import { describeSecret, secretsOf } from "./archived-secrets";
import { readCommand, type OutsideSecret } from "./outside-secrets";

/** What is exported, and where to. */
export interface ExportRequest {
  call: PulumiCall;
  outside: readonly OutsideSecret[];
  /** Path of the archive. */
  file: string;
  /** Asked only when there is something to encrypt. */
  lock: () => Promise<Lock>;
  now?: Date;
}

/** Name of an archive by default, such as `certctl-secrets-prod-ha-2026-11-25.tar.age`. */
export function archiveName(stack: string, now = new Date()): string {
  return `certctl-secrets-${basename(stack)}-${now.toISOString().slice(0, 10)}.tar.age`;
}

/** Writes every secret of a stack into one encrypted archive. Decrypted, they are in memory only. */
export async function exportSecrets(
  { call, outside, file, lock, now = new Date() }: ExportRequest,
  output: Output,
): Promise<void> {
  if (existsSync(file))
    throw new UserError(`${file} exists, and is not overwritten: name another file with --output.`);
  const archive: Archive = {
    stack: call.stack,
    created: now,
    secrets: secretsOf(await decryptedConfig(call)),
  };
  if (archive.secrets.length === 0) {
    throw new UserError(
      `${call.configFile} has no secrets, so there is nothing to export: "npm run secrets -- ${call.stack}" makes them.`,
    );
  }
  const tar = await packArchive(archive, readme(archive, outside));
  writeNew(file, await encrypt(tar, await lock()));
  output.stdout(
    lines([
      `${file}: ${archive.secrets.length} secrets saved, encrypted.`,
      ...archive.secrets.map(({ key }) => `  saved     ${qualified(key)}`),
      ...outside.map(
        (secret) => `  not in it  Secret ${secret.name} (${secret.argument}): ${readCommand(secret)}`,
      ),
      `Keep it away from the stack and from what decrypts it. Back: npm run secrets -- ${call.stack} --import FILE`,
    ]),
  );
}

/** A file of its owner alone; one that appeared meanwhile stays as it is. */
function writeNew(file: string, content: Uint8Array): void {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, "wx", 0o600);
    writeFileSync(descriptor, content);
    closeSync(descriptor);
  } catch (error) {
    // Half an archive looks like one.
    if (descriptor !== undefined) rmSync(file, { force: true });
    throw new UserError(
      `${file} could not be written: ${error instanceof Error ? error.message : String(error)}.`,
      { cause: error },
    );
  }
}

function readme({ stack, created, secrets }: Archive, outside: readonly OutsideSecret[]): string {
  const saved = secrets.map((secret) => `- ${secret.file}: ${describeSecret(secret)}`);
  const elsewhere = outside.map(
    (secret) => `- Secret ${secret.name} (${secret.argument}): ${readCommand(secret)}`,
  );
  return lines([
    `# Secrets of the certctl stack ${stack}`,
    "",
    `Exported ${created.toISOString()}. Each file holds one value of the stack's configuration, as it is.`,
    "",
    ...saved,
    "",
    "## Not in here",
    "",
    ...(elsewhere.length === 0 ? ["The stack uses no Secret that it does not make."] : elsewhere),
    "",
    "The database, which backups hold, and the keys that agents made, which lie on their claims or nodes.",
    "",
    "## Putting it back",
    "",
    "In a checkout of the project, with this archive still encrypted:",
    "",
    `    npx pulumi stack init ${stack}`,
    `    npm run secrets -- ${stack} --import FILE`,
    "",
    "It sets what the stack lacks, and never changes a value that is there. One value by hand:",
    "",
    "    npx pulumi config set --secret certctl:encryptionKey < certctl/encryptionKey",
  ]);
}
