import { stringify } from "yaml";
import { Certctl } from "../../src/certctl";
import type { CertctlArgs } from "../../src/certctl-args";
import { ConfigurationError } from "../../src/checks/issues";
import { stackArgs, stackFileValues } from "../../src/stack/stack-config";
import { outputPlaceholder, withPlaceholders } from "../../src/checks/placeholders";
import type { StackArgs } from "../../src/stack/stack-args";
import { plannedSink, withStackBucket } from "../../src/stack/stack-backup-bucket";
import { stackWarnings } from "../../src/stack/stack-warnings";
import { captureManifests, type Manifest } from "./capture";

export type { Manifest } from "./capture";

/** Name of the instance in src/main.ts. */
export const instance = "certctl";

/**
 * The configuration in the `config` map of a stack file, each secret replaced by a placeholder such as
 * `<secret certctl:databasePassword>`, also one that is missing. Throws every problem at once.
 */
export function placeholderStack(config: Record<string, unknown>): StackArgs {
  const { values, secretKeys } = stackFileValues(config);
  const { args, issues } = stackArgs(values, secretKeys, { secrets: "placeholder" });
  if (issues.length > 0) throw new ConfigurationError(issues);
  return args;
}

/**
 * The instance of a stack. What only a deployment tells of its bucket is a placeholder, such as `<output
 * certctl:backupBucket.bucket>`.
 */
export function instanceArgs({ backupBucket, ...args }: StackArgs): CertctlArgs {
  if (!backupBucket) return args;
  return withStackBucket(
    args,
    backupBucket,
    plannedSink(backupBucket, (output) => outputPlaceholder(`backupBucket.${output}`)),
  );
}

/** The arguments of the instance in the `config` map of a stack file, with placeholders. */
export function placeholderArgs(config: Record<string, unknown>): CertctlArgs {
  return instanceArgs(placeholderStack(config));
}

/** The manifests of the stack with this configuration, without an engine and a cluster. */
export async function renderStack(config: Record<string, unknown>): Promise<Manifest[]> {
  return renderArgs(placeholderArgs(config));
}

/** The manifests of an instance. */
export async function renderArgs(args: CertctlArgs): Promise<Manifest[]> {
  return captureManifests(() => {
    withPlaceholders(() => new Certctl(instance, args));
  });
}

/** Risky but legal choices. */
export function warnings(args: StackArgs): string[] {
  return stackWarnings(args);
}

/**
 * Documents as kubectl reads them: YAML 1.1, in which more texts need quotes (`on`, `1_000`) than in the
 * current version.
 */
export function toYaml(manifests: readonly Manifest[]): string {
  const text = manifests.map((manifest) => stringify(manifest, { version: "1.1", lineWidth: 0 }));
  return text.map((document) => `---\n${document}`).join("");
}
