import { lines, type Output } from "../lib/command.cjs";
import type { PulumiCall } from "../stack/pulumi-cli";
import { qualified, type StackFile } from "../stack/stack-file";
import { decrypt, type Key } from "./age-files";
import { unpackArchive } from "./archive";
import type { ArchivedSecret } from "./archived-secrets";
import { isStoredSecret } from "./archived-secrets";
import { isSet } from "./plan";
import { setSecrets } from "./set-secrets";

/** What is imported, and where to. */
export interface ImportRequest {
  call: PulumiCall;
  stackFile: StackFile;
  archive: string;
  key: Key;
  dryRun: boolean;
}

/** Values that only make sense together. */
const groups = [
  ["caPrivateKey", "caCertificate"],
  ["tlsPrivateKey", "tlsCertificate", "tlsCaCertificate"],
];

/**
 * Sets what a stack lacks from an archive. A value that exists stays as it is, and so does what belongs to
 * it.
 */
export async function importSecrets(
  { call, stackFile, archive, key, dryRun }: ImportRequest,
  output: Output,
): Promise<void> {
  const { stack, created, secrets } = await unpackArchive(await decrypt(archive, key));
  const planned = secrets.map((secret) => ({ secret, kept: whyKept(secret, stackFile) }));
  const missing = planned
    .filter(({ kept }) => kept === undefined)
    .map(({ secret: { key: name, value } }) => ({ key: name, value, secret: isStoredSecret(name) }));
  if (missing.length > 0 && !dryRun) await setSecrets(call.directory, call.stack, stackFile, missing);
  const word = dryRun ? "missing" : "set";
  output.stdout(
    lines([
      `From the archive of ${stack}, ${created.toISOString()}: ${missing.length} ${word}, ${secrets.length - missing.length} kept.`,
      ...planned.map(
        ({ secret, kept }) =>
          `  ${(kept === undefined ? word : "kept").padEnd(9)} ${qualified(secret.key)}${kept ?? ""}`,
      ),
    ]),
  );
}

/** Why a value is not set; undefined when it is. */
function whyKept({ key }: ArchivedSecret, { config, others }: StackFile): string | undefined {
  if (isSet({ ...others, ...config }, key)) return " (is there, and was not changed)";
  const partner = groups.find((group) => group.includes(key))?.find((other) => isSet(config, other));
  return partner === undefined
    ? undefined
    : ` (not set: it belongs to ${qualified(partner)}, which is there)`;
}
