import * as pulumi from "@pulumi/pulumi";
import type { StackArgs } from "./stack-args";
import type { Issue } from "../checks/issues";
import { ConfigurationError, formatPath, inOrder } from "../checks/issues";
import { isContainer, mapLeaves, unseen } from "../checks/unseen";
import { placeholder } from "../checks/placeholders";
import { requiredSecrets } from "../secrets/required-secrets";
import { secretConfigKeys } from "../checks/schema-check";
import { checkStack } from "./stack-checks";
import { configNamespace, mapSecretLeaves, ownKey, parseValues } from "./stack-values";
export { stackFileValues } from "./stack-values";

export interface StackArgsOptions {
  /**
   * `placeholder`: no secret value is needed or kept; each appears as `<secret certctl:databasePassword>`.
   */
  secrets?: "placeholder";
}

/**
 * The arguments of the stack that runs. Throws every problem at once; secrets are Outputs that stay secret.
 */
export function readStackConfig(): StackArgs {
  const values = pulumi.runtime.allConfig();
  const secretKeys = new Set(Object.keys(values).filter(isConfigSecret));
  const { args, issues } = stackArgs(values, secretKeys);
  if (issues.length > 0) throw new ConfigurationError(issues.map(withStackName));
  const hide = (key: string, value: unknown): unknown =>
    secretConfigKeys.includes(key) ? mapLeaves(value, (leaf) => pulumi.secret(leaf)) : value;
  return Object.fromEntries(Object.entries(args).map(([key, value]) => [key, hide(key, value)]));
}

/** Commands in messages can be copied as they are. */
function withStackName({ path, message }: Issue): Issue {
  return { path, message: message.replaceAll("<stack>", pulumi.getStack()) };
}

function isConfigSecret(key: string): boolean {
  // Declared internal, but the only way to learn it: `Config.get` merely warns.
  return (pulumi.runtime as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(key);
}

/**
 * The arguments in a stack's configuration, and everything that is wrong with them. Needs no Pulumi runtime.
 */
export function stackArgs(
  values: Record<string, string>,
  secretKeys: ReadonlySet<string>,
  options: StackArgsOptions = {},
): { args: StackArgs; issues: Issue[] } {
  const args = parseValues(values);
  const stored = [...clearTextIssues(args, secretKeys), ...needlessSecretIssues(secretKeys)];
  if (options.secrets !== "placeholder") return { args, issues: inOrder([...stored, ...checkStack(args)]) };
  const checked = replaceSecrets(args, () => unseen);
  return {
    args: replaceSecrets(args, placeholder),
    issues: inOrder([...stored, ...checkStack(checked)]),
  };
}

function clearTextIssues(args: Record<string, unknown>, secretKeys: ReadonlySet<string>): Issue[] {
  return secretConfigKeys
    .filter((key) => hasLeaf(args[key]) && !secretKeys.has(`${configNamespace}:${key}`))
    .map((key) => {
      const nested = typeof args[key] === "object";
      const target = nested ? `--path ${configNamespace}:${key}.<name>` : `${configNamespace}:${key}`;
      return {
        path: key,
        message: `is stored in clear text; set it with: pulumi config set --secret ${target}`,
      };
    });
}

/** Values that would be decrypted into manifests for everybody to read. */
function needlessSecretIssues(secretKeys: ReadonlySet<string>): Issue[] {
  const keys = [...secretKeys].map(ownKey).filter((key) => key !== undefined);
  return keys
    .filter((key) => !secretConfigKeys.includes(key))
    .map((key) => ({
      path: key,
      message:
        "holds an encrypted value, but is no secret and appears in manifests; use secretEnv, or clear text",
    }));
}

function hasLeaf(value: unknown): boolean {
  let found = false;
  mapLeaves(value, (leaf) => (found ||= leaf !== undefined));
  return found;
}

/** The arguments with every secret replaced, and with those that are missing but needed. */
function replaceSecrets(args: Record<string, unknown>, placeholderFor: (path: string) => unknown): StackArgs {
  const entries = Object.entries(args).flatMap(([key, value]) => {
    if (!secretConfigKeys.includes(key)) return [[key, value] as const];
    const leaves = mapSecretLeaves(value, (location) => placeholderFor(formatPath([key, ...location])));
    // Encrypted as a whole, a map does not show its keys.
    return typeof value === "object" && !isContainer(leaves) ? [] : [[key, leaves] as const];
  });
  const replaced: Record<string, unknown> = Object.fromEntries(entries);
  for (const path of requiredSecrets(args)) {
    const [key = "", name] = path.split(".");
    if (name === undefined) replaced[key] ??= placeholderFor(path);
    else replaced[key] = { [name]: placeholderFor(path), ...asObject(replaced[key]) };
  }
  return replaced;
}

function asObject(value: unknown): object {
  return isContainer(value) ? value : {};
}
