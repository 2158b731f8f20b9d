import { createRequire } from "node:module";
import type * as pulumi from "@pulumi/pulumi";
import type * as aws from "../aws/backup-bucket";
import type { BackupBucketSettings } from "../aws/backup-bucket-args";
import type { S3Encryption, S3Identity } from "../backup/sink-args";
import type { CertctlArgs } from "../certctl-args";
import { derive } from "../kubernetes/inputs";
import { defaultNamespace, instanceNames, stackInstance } from "../kubernetes/names";

/**
 * The bucket of a stack's configuration, for the instance's ServiceAccounts. `@pulumi/aws` is loaded here and
 * nowhere before: a stack without a bucket works without it.
 */
export function stackBackupBucket(
  settings: BackupBucketSettings,
  { namespace = defaultNamespace }: CertctlArgs,
): aws.BackupBucket {
  const { BackupBucket } = createRequire(__filename)("../aws/backup-bucket") as typeof aws;
  const { identity } = settings;
  return new BackupBucket(instanceNames(stackInstance).backup, {
    ...settings,
    ...(identity && { identity: { namespace, ...identity } }),
  });
}

/** What is known of a stack's bucket: by its outputs, or by what stands for them. */
export type StackBucketSink = { [K in keyof aws.BackupBucketSink]: pulumi.Input<string> } & {
  prefix: string;
};

/** What a bucket with these settings will tell; `standIn` names what only a deployment knows. */
export function plannedSink(
  settings: BackupBucketSettings,
  standIn: (output: string) => pulumi.Input<string>,
): StackBucketSink {
  const { mode = "create", existing, encryption, identity } = settings;
  const ownKey = mode === "create" && (encryption?.mode ?? "kms") === "kms" ? standIn("keyArn") : undefined;
  return {
    bucket: settings.bucket ?? existing?.bucket ?? standIn("bucket"),
    prefix: settings.prefix ?? "certctl/",
    region: settings.region ?? standIn("region"),
    keyArn: existing?.keyArn ?? ownKey,
    ...(identity && { roleArn: standIn("roleArn"), restoreRoleArn: standIn("restoreRoleArn") }),
  };
}

/** Whether the instance's backups go to the bucket that the stack makes. */
export function usesStackBucket({ backup }: CertctlArgs): boolean {
  return backup?.sink?.mode === "s3" && backup.sink.s3?.bucket === undefined;
}

/**
 * The instance, with its backups in the stack's bucket, where they are to be in a bucket and none is named.
 */
export function withStackBucket(
  args: CertctlArgs,
  settings: BackupBucketSettings,
  known: StackBucketSink,
): CertctlArgs {
  if (!usesStackBucket(args)) return args;
  const { roleArn = "", restoreRoleArn = "" } = known;
  const s3 = {
    // With Pod Identity nothing else tells that the roles have their rights.
    bucket: derive<[string, string, string], string>(
      [known.bucket, roleArn, restoreRoleArn],
      (bucket) => bucket,
    ),
    prefix: known.prefix,
    region: known.region,
    encryption: encryptionOf(settings, known),
    ...(settings.identity && { identity: identityOf(settings.identity.mode, roleArn, restoreRoleArn) }),
    ...args.backup?.sink?.s3,
  };
  return { ...args, backup: { ...args.backup, sink: { ...args.backup?.sink, s3 } } };
}

/** Named in each upload: the bucket may ask for that, and an existing one may have another default. */
function encryptionOf({ encryption }: BackupBucketSettings, { keyArn }: StackBucketSink): S3Encryption {
  if (keyArn !== undefined) return { mode: "kms", keyArn };
  return { mode: encryption?.mode === "s3" ? "s3" : "bucketDefault" };
}

function identityOf(
  mode: "irsa" | "podIdentity",
  roleArn: pulumi.Input<string>,
  restoreRoleArn: pulumi.Input<string>,
): S3Identity {
  return mode === "irsa" ? { mode, irsa: { roleArn, restoreRoleArn } } : { mode };
}
