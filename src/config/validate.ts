import type { CertctlArgs } from "../certctl-args";
import { agentsIssues } from "../agents/agents-checks";
import { backupBucketIssues } from "../aws/backup-bucket-checks";
import { backupIssues } from "../backup/backup-checks";
import { restoreIssues } from "../backup/restore-checks";
import { certctlIssues } from "../certctl-checks";
import { certctlWarnings } from "../certctl-warnings";
import type { MigrationSettings } from "../database/database-args";
import { databaseIssues, externalDatabaseIssues, postgresIssues } from "../database/database-checks";
import { migrationResources, scriptResources } from "../fleet-size";
import { resourceIssues } from "../kubernetes/kubernetes-checks";
import { monitoringIssues } from "../monitoring/monitoring-checks";
import type { ProvisioningSettings } from "../provisioning/provisioning-args";
import { serverIssues } from "../server/server-checks";
import type { StackArgs } from "../stack-args";
import { stackIssues } from "../stack-checks";
import { stackWarnings } from "../stack-warnings";
import { tlsIssues } from "../tls/tls-checks";
import type { Issue } from "./issues";
import { inOrder, isUnder, under } from "./issues";
import { isContainer, unseen } from "./plain";
import type { Definition, SchemaIssue } from "./schema-check";
import { schemaIssues } from "./schema-check";

export { checkedArgs, settledArgs } from "./checked-args";
export { ConfigurationError } from "./issues";
export type { Issue } from "./issues";

/**
 * Everything that is wrong with the arguments of an instance. `name` is the component's; Services are named
 * after it.
 */
export function checkCertctl(args: CertctlArgs, name = "certctl"): Issue[] {
  return allIssues("CertctlArgs", args, "", (masked: CertctlArgs) => certctlIssues(masked, name));
}

/** Everything that is wrong with the configuration of a stack. */
export function checkStack(args: StackArgs): Issue[] {
  return allIssues("StackArgs", args, "", stackIssues);
}

/** Checks of a part that need nothing of the rest of the instance. */
const partChecks: Partial<Record<Definition, (settings: never) => Issue[]>> = {
  AgentSettings: agentsIssues,
  BackupBucketSettings: backupBucketIssues,
  BackupSettings: backupIssues,
  DatabaseSettings: databaseIssues,
  ExternalDatabaseSettings: externalDatabaseIssues,
  MigrationSettings: ({ resources }: MigrationSettings) =>
    under("resources", resourceIssues(resources, migrationResources)),
  MonitoringSettings: monitoringIssues,
  PostgresSettings: postgresIssues,
  ProvisioningSettings: ({ resources }: ProvisioningSettings) =>
    under("resources", resourceIssues(resources, scriptResources)),
  RestoreSettings: restoreIssues,
  ServerSettings: serverIssues,
  TlsSettings: tlsIssues,
};

/** Everything that is wrong with the arguments of a part. `path` comes before each issue's own. */
export function checkSettings(definition: Definition, value: object, path: string): Issue[] {
  return allIssues(definition, value, path, partChecks[definition] ?? (() => []));
}

/**
 * Risky but legal choices, one line each, with the fix. Of Outputs it sees only that they are there: give it
 * `settledArgs(args)` to look at their values too.
 */
export function warnCertctl(args: CertctlArgs): string[] {
  return certctlWarnings(args);
}

/** Risky but legal choices of a stack, in the same way. */
export function warnStack(args: StackArgs): string[] {
  return stackWarnings(args);
}

/**
 * The schema's issues, and those of the checks that make sense where the form is right. In the order of their
 * paths.
 */
function allIssues(
  definition: Definition,
  value: object,
  path: string,
  check: (masked: never) => Issue[],
): Issue[] {
  const form = schemaIssues(definition, value, path ? [path] : []);
  // Checks see of an unseen value that it is there, which may be wrong already; only a list must be seen.
  const refused = form.filter(({ unseen: hidden, wanted }) => !hidden || wanted === "array");
  const masked = mask(value, path ? form.map(withoutFirstStep) : form);
  const meaning = under(path, check(masked as never)).filter(
    (issue) => !refused.some(({ path: where }) => isUnder(issue.path, where)),
  );
  return inOrder([...form.filter(({ unseen: hidden }) => !hidden), ...meaning]);
}

/** A copy without what the schema has refused, so that further checks neither trip over it nor repeat it. */
function mask(value: unknown, issues: readonly SchemaIssue[]): unknown {
  const here = issues.find(({ location }) => location.length === 0);
  if (here) return substitute(here.wanted);
  if (!isContainer(value)) return value;
  const below = (step: string | number): SchemaIssue[] =>
    issues.filter(({ location }) => location[0] === step).map(withoutFirstStep);
  if (Array.isArray(value)) return value.map((item, index) => mask(item, below(index)));
  const missing = issues
    .filter(({ location }) => location.length === 1)
    .map(({ location }) => [String(location[0]), undefined] as const);
  const entries = [...missing, ...Object.entries(value)].filter(
    ([key, item]) => item !== undefined || below(key).length > 0,
  );
  return Object.fromEntries(entries.map(([key, item]) => [key, mask(item, below(key))]));
}

function withoutFirstStep(issue: SchemaIssue): SchemaIssue {
  return { ...issue, location: issue.location.slice(1) };
}

/** A value that passes by every check. */
function substitute(wanted: string | undefined): unknown {
  if (wanted === "integer" || wanted === "number") return NaN;
  return wanted === "array" ? [] : unseen;
}
