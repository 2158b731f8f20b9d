import { ConfigurationError } from "../../src/checks/issues";
import { stackArgs } from "../../src/stack/stack-config";
import type { StackArgs } from "../../src/stack/stack-args";
import { UserError } from "../lib/user-error.cjs";
import { decryptedConfig } from "../stack/decrypted-config";

/**
 * The arguments with the secrets that the CLI decrypts in the place of their placeholders; what is missing
 * keeps its placeholder.
 */
export async function withSecrets(
  placeholders: StackArgs,
  { directory, stack, configFile }: { directory: string; stack: string | undefined; configFile: string },
): Promise<StackArgs> {
  if (stack === undefined)
    throw new UserError("To show secrets, name the stack whose key decrypts them: --stack NAME.");
  const entries = Object.entries(await decryptedConfig({ directory, stack, configFile }));
  const values = Object.fromEntries(entries.map(([key, { value = "" }]) => [key, value]));
  const secretKeys = new Set(entries.filter(([, { secret }]) => secret).map(([key]) => key));
  const { args, issues } = stackArgs(values, secretKeys);
  // What is missing was reported before, unless a placeholder may stand for it.
  const problems = issues.filter(({ path }) => path.split(".").reduce<unknown>(step, args) !== undefined);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return merge(placeholders, args) as StackArgs;
}

function step(value: unknown, key: string): unknown {
  return isMap(value) ? value[key] : undefined;
}

function merge(below: unknown, above: unknown): unknown {
  if (!isMap(below) || !isMap(above)) return above ?? below;
  const keys = new Set([...Object.keys(below), ...Object.keys(above)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(below[key], above[key])]));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
