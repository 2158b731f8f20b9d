import type { CertctlArgs } from "../certctl-args";
import type { Issue, Location } from "./issues";
import { isUnder } from "./issues";
import { isContainer, mapLeaves, unseen } from "./plain";
import type { Definition, SchemaIssue } from "./schema-check";
import { schemaIssues } from "./schema-check";

export { checkedArgs } from "./checked-args";
export { ConfigurationError } from "./issues";
export type { Issue } from "./issues";

/** Everything that is wrong with the arguments of an instance. */
export function checkCertctl(args: CertctlArgs): Issue[] {
  return checkSettings("CertctlArgs", args, "");
}

/** Everything that is wrong with the arguments of a part. `path` comes before each issue's own. */
export function checkSettings(definition: Definition, value: object, path: string): Issue[] {
  const prefix: Location = path ? [path] : [];
  const issues = schemaIssues(definition, value, prefix);
  return issues.map(({ path: where, message }) => ({ path: where, message }));
}

/** Risky but legal choices, one line each, with the fix. */
export function warnCertctl(_args: CertctlArgs): string[] {
  return [];
}
