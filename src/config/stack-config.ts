import * as pulumi from "@pulumi/pulumi";
import type { CertctlArgs } from "../certctl-args";
import type { Issue } from "./issues";
import { ConfigurationError, formatPath } from "./issues";
import { mapLeaves, unseen } from "./plain";
import { requiredSecrets } from "./required-secrets";
import { definitionSchema } from "./schema-check";
import { configNamespace, mapSecretLeaves, parseValues } from "./stack-values";
import { checkCertctl } from "./validate";

export { stackFileValues } from "./stack-values";

/** Keys that must be encrypted in a stack file. */
export const secretConfigKeys: readonly string[] = Object.entries(definitionSchema("CertctlArgs").properties ?? {})
  .filter(([, node]) => node.secret)
  .map(([key]) => key);

export interface StackArgsOptions {
  /** `placeholder`: no secret value is needed or kept; each appears as `<secret certctl:databasePassword>`. */
  secrets?: "placeholder";
}

/** The arguments of the stack that runs. Throws every problem at once; secrets are Outputs that stay secret. */
export function readStackConfig(): CertctlArgs {
  const values = pulumi.runtime.allConfig();
  const secretKeys = new Set(Object.keys(values).filter(isConfigSecret));
  const { args, issues } = stackArgs(values, secretKeys);
  if (issues.length > 0) throw new ConfigurationError(issues);
  const isSecret = (key: string): boolean => secretConfigKeys.includes(key) || secretKeys.has(`${configNamespace}:${key}`);
  return Object.fromEntries(
    Object.entries(args).map(([key, value]) => [key, isSecret(key) ? mapLeaves(value, (leaf) => pulumi.secret(leaf)) : value]),
  );
}

function isConfigSecret(key: string): boolean {
  // Declared internal, but the only way to learn it: `Config.get` merely warns.
  return (pulumi.runtime as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(key);
}

/** The arguments in a stack's configuration, and everything that is wrong with them. Needs no Pulumi runtime. */
export function stackArgs(
  values: Record<string, string>,
  secretKeys: ReadonlySet<string>,
  options: StackArgsOptions = {},
): { args: CertctlArgs; issues: Issue[] } {
  const { args, issues } = parseValues(values);
  issues.push(...clearTextIssues(args, secretKeys));
  if (options.secrets !== "placeholder") return { args, issues: [...issues, ...checkCertctl(args)] };

  const checked = replaceSecrets(args, () => unseen);
  return { args: replaceSecrets(args, (path) => `<secret ${configNamespace}:${path}>`), issues: [...issues, ...checkCertctl(checked)] };
}

function clearTextIssues(args: Record<string, unknown>, secretKeys: ReadonlySet<string>): Issue[] {
  return secretConfigKeys
    .filter((key) => hasLeaf(args[key]) && !secretKeys.has(`${configNamespace}:${key}`))
    .map((key) => {
      const nested = typeof args[key] === "object";
      const target = nested ? `--path ${configNamespace}:${key}.<name>` : `${configNamespace}:${key}`;
      return { path: key, message: `is stored in clear text; set it with: pulumi config set --secret ${target}` };
    });
}

function hasLeaf(value: unknown): boolean {
  let found = false;
  mapLeaves(value, (leaf) => (found ||= leaf !== undefined));
  return found;
}

/** The arguments with every secret replaced, and with those that are missing but needed. */
function replaceSecrets(args: Record<string, unknown>, placeholder: (path: string) => unknown): CertctlArgs {
  const replaced: Record<string, unknown> = { ...args };
  for (const key of secretConfigKeys) {
    if (key in args) replaced[key] = mapSecretLeaves(args[key], (location) => placeholder(formatPath([key, ...location])));
  }
  for (const path of requiredSecrets(args)) {
    const [key = "", name] = path.split(".");
    if (name === undefined) replaced[key] ??= placeholder(path);
    else replaced[key] = { [name]: placeholder(path), ...asObject(replaced[key]) };
  }
  return replaced;
}

function asObject(value: unknown): object {
  return typeof value === "object" && value !== null && value !== unseen ? value : {};
}
