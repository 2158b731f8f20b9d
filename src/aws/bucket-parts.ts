import type * as kms from "@pulumi/aws/kms";
import * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "./account";
import type { BackupBucketSettings } from "./backup-bucket-args";
import { lifecycleRules, logRules } from "./bucket-lifecycle";
import { backupBucketPolicy, logBucketPolicy } from "./bucket-policies";
import type { GuardedBucket, ReplicatedBucket } from "./guarded-bucket";
import { bucketKey, guardedBucket } from "./guarded-bucket";
import { keyPolicy } from "./key-policy";

/** One bucket of backups: the first one, or its copy. */
export interface BucketPart {
  settings: BackupBucketSettings;
  prefix: string;
  /** Its region; the provider's without one. */
  region?: string;
  place: pulumi.Output<Place>;
  bucket?: pulumi.Input<string>;
  /** ARNs of those who write and read, and of those who only read. Nobody is refused when both are empty. */
  writers: pulumi.Output<string[]>;
  readers: pulumi.Output<string[]>;
  /** ARNs of those who use the key, but are no users of the bucket: S3 itself, when it copies. */
  copiers: { encrypt?: pulumi.Output<string>; decrypt?: pulumi.Output<string> };
  /** Whether an object can be written once only. */
  writeOnce: boolean;
}

/** Creates a bucket for backups, with its key. */
export function createBucket(
  name: string,
  part: BucketPart,
  opts: pulumi.CustomResourceOptions,
): ReplicatedBucket & { key?: kms.Key } {
  const { settings, region, place } = part;
  const { encryption = {}, objectLock = {}, tags, deletionProtection = true } = settings;
  const common = { region, tags, deletionProtection };
  const key =
    (encryption.mode ?? "kms") === "kms"
      ? bucketKey(
          name,
          { ...common, ...encryption, description: `Backups of certctl: ${name}`, policy: policyOfKey(part) },
          opts,
        )
      : undefined;
  const { mode = "none", days = 1 } = objectLock;
  const bucket = guardedBucket(
    name,
    {
      ...common,
      bucket: part.bucket,
      keyArn: key?.arn,
      versioned: true,
      ...(mode !== "none" && { lock: { mode: mode === "governance" ? "GOVERNANCE" : "COMPLIANCE", days } }),
      lifecycleRules: lifecycleRules(part.prefix, settings.lifecycle),
      policy: (arn) => policyOfBucket(arn, part, key?.arn),
    },
    opts,
  );
  return { bucket, place, key, keyArn: key?.arn };
}

/** Takes a bucket that exists, and sets its settings if that is wanted. */
export function adoptBucket(
  name: string,
  part: BucketPart,
  opts: pulumi.CustomResourceOptions,
): ReplicatedBucket {
  const { settings, region, place } = part;
  const { existing, lifecycle, tags, deletionProtection = true } = settings;
  const bucketName = pulumi.output(existing?.bucket ?? "");
  const arn = pulumi.interpolate`arn:${place.partition}:s3:::${bucketName}`;
  const keyArn = existing?.keyArn === undefined ? undefined : pulumi.output(existing.keyArn);
  if (!existing?.manageSettings) return { bucket: { name: bucketName, arn }, place, keyArn };
  const bucket = guardedBucket(
    name,
    {
      ...{ region, tags, deletionProtection, keyArn, versioned: true },
      existing: { bucket: bucketName, arn },
      lifecycleRules: lifecycleRules(part.prefix, lifecycle),
      policy: (bucketArn) => policyOfBucket(bucketArn, part, keyArn),
    },
    opts,
  );
  return { bucket, place, keyArn };
}

function policyOfKey({
  place,
  writers,
  readers,
  copiers,
}: BucketPart): pulumi.Output<ReturnType<typeof keyPolicy>> {
  const copying = pulumi.all([copiers.encrypt ?? "", copiers.decrypt ?? ""]);
  return pulumi
    .all([place, writers, readers, copying])
    .apply(([where, writing, reading, [encrypt, decrypt]]) => {
      // Without users that are told apart, the account's own policies decide, for S3's role too.
      if (writing.length + reading.length === 0) return keyPolicy({ ...where, writers: [], readers: [] });
      const present = (arn: string): string[] => (arn === "" ? [] : [arn]);
      return keyPolicy({
        ...where,
        writers: [...writing, ...present(encrypt)],
        readers: [...reading, ...present(decrypt)],
      });
    });
}

function policyOfBucket(
  arn: pulumi.Output<string>,
  { settings, writers, readers, writeOnce }: BucketPart,
  keyArn?: pulumi.Output<string>,
): pulumi.Output<ReturnType<typeof backupBucketPolicy>> {
  const requireHeaders = settings.encryption?.requireHeaders ?? false;
  return pulumi.all([arn, keyArn ?? "", writers, readers]).apply(([bucketArn, key, writing, reading]) =>
    backupBucketPolicy({
      bucketArn,
      ...(key !== "" && { keyArn: key }),
      requireHeaders,
      writeOnce,
      principals: [...writing, ...reading],
    }),
  );
}

/** Logs who asked the bucket for what, in another bucket. */
export function logAccess(
  name: string,
  {
    settings,
    region,
    place,
    source,
  }: Pick<BucketPart, "settings" | "region" | "place"> & { source: GuardedBucket },
  opts: pulumi.CustomResourceOptions,
): void {
  const { accessLog = {}, tags, deletionProtection = true } = settings;
  const { mode = "none", prefix = "access-log/", expireAfterDays } = accessLog;
  if (mode === "none") return;
  const create = (): GuardedBucket =>
    guardedBucket(
      `${name}-access-log`,
      {
        // S3 cannot deliver logs to a bucket that a KMS key encrypts by default.
        ...{ region, tags, deletionProtection, versioned: false },
        lifecycleRules: logRules(prefix, expireAfterDays),
        policy: (arn) =>
          pulumi
            .all([arn, source.arn, place])
            .apply(([own, logged, { accountId }]) => logBucketPolicy(own, logged, accountId)),
      },
      opts,
    );
  const targetBucket = mode === "create" ? create().name : pulumi.output(accessLog.bucket ?? "");
  new s3.BucketLogging(name, { bucket: source.name, region, targetBucket, targetPrefix: prefix }, opts);
}
