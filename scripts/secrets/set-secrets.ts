import {
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { UserError } from "../lib/user-error.cjs";
import { pulumi } from "../stack/pulumi-cli";
import { qualified, type StackFile } from "../stack/stack-file";
import type { Setting } from "./plan";

/**
 * Stores values by `pulumi config set`, all or none: the CLI works on a copy of the stack file, which takes
 * the file's place at the end. A run that fails or is killed leaves no half of a pair behind.
 */
export async function setSecrets(
  directory: string,
  stack: string,
  file: StackFile,
  settings: readonly Setting[],
): Promise<void> {
  const workspace = mkdtempSync(join(tmpdir(), "certctl-secrets-"));
  try {
    const copy = join(workspace, basename(file.path));
    if (file.text !== undefined) writeFileSync(copy, file.text, { mode: 0o600 });
    for (const { key, value, secret } of settings) {
      const path = key.includes(".") ? ["--path"] : [];
      const args = ["config", "set", secret ? "--secret" : "--plaintext", ...path, "--raw", qualified(key)];
      await pulumi(args, { directory, stack, configFile: copy, input: value });
    }
    replace(file, readFileSync(copy, "utf8"));
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

function replace(file: StackFile, text: string): void {
  const path = existsSync(file.path) ? realpathSync(file.path) : file.path;
  const current = existsSync(path) ? readFileSync(path, "utf8") : undefined;
  if (current !== file.text)
    throw new UserError(
      `${file.path} was changed by something else meanwhile; nothing was set: run this command again.`,
    );
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text, { mode: current === undefined ? 0o644 : statSync(path).mode });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new UserError(
      `${file.path} could not be written, and is as it was: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
}
