import * as kms from "@pulumi/aws/kms";
import * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import { dataProtection } from "../kubernetes/protection";
import type { Place } from "./account";
import type { PolicyDocument } from "./policy-document";

/** How a bucket is to be. */
export interface GuardedBucketArgs {
  /** Its name; made from the resource's name when left out. */
  bucket?: pulumi.Input<string>;
  /** A bucket that exists: its settings become these, and it stays itself. */
  existing?: { bucket: pulumi.Output<string>; arn: pulumi.Output<string> };
  region?: string;
  /** ARN of the key that encrypts; S3's own keys without one. */
  keyArn?: pulumi.Input<string>;
  versioned: boolean;
  /** How long a version is locked, and against whom. */
  lock?: { mode: "GOVERNANCE" | "COMPLIANCE"; days: number };
  lifecycleRules: s3.BucketLifecycleConfigurationArgs["rules"];
  policy: (bucketArn: pulumi.Output<string>) => pulumi.Output<PolicyDocument>;
  tags?: Record<string, string>;
  deletionProtection: boolean;
}

/** A bucket with the settings that each bucket here has. */
export interface GuardedBucket {
  /** Its name, known only when every setting is in force: what uses the name waits for them. */
  name: pulumi.Output<string>;
  arn: pulumi.Output<string>;
  versioning?: s3.BucketVersioning;
}

/**
 * Creates a bucket, or takes one as it is, and then its settings: first what keeps the public out, and the
 * policy last.
 */
export function guardedBucket(
  name: string,
  args: GuardedBucketArgs,
  opts: pulumi.CustomResourceOptions,
): GuardedBucket {
  const { region, keyArn, tags, existing } = args;
  const data = { ...opts, ...dataProtection(args.deletionProtection) };
  const create = (): s3.Bucket => {
    const inputs = {
      bucket: args.bucket,
      region,
      tags,
      objectLockEnabled: args.lock !== undefined,
      forceDestroy: !args.deletionProtection,
    };
    return new s3.Bucket(name, inputs, data);
  };
  const { bucket, arn } = existing ?? create();
  const setting = { bucket, region };

  const access = new s3.BucketPublicAccessBlock(
    name,
    {
      ...setting,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    data,
  );
  const ownership = new s3.BucketOwnershipControls(
    name,
    { ...setting, rule: { objectOwnership: "BucketOwnerEnforced" } },
    data,
  );
  const versioning = args.versioned
    ? new s3.BucketVersioning(name, { ...setting, versioningConfiguration: { status: "Enabled" } }, data)
    : undefined;
  const first = { ...data, dependsOn: [access, ownership, ...(versioning ? [versioning] : [])] };

  const byDefault =
    keyArn === undefined ? { sseAlgorithm: "AES256" } : { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn };
  const encryption = new s3.BucketServerSideEncryptionConfiguration(
    name,
    {
      ...setting,
      rules: [{ applyServerSideEncryptionByDefault: byDefault, bucketKeyEnabled: keyArn !== undefined }],
    },
    first,
  );
  const lifecycle = new s3.BucketLifecycleConfiguration(
    name,
    { ...setting, rules: args.lifecycleRules },
    first,
  );
  const lock = args.lock
    ? [
        new s3.BucketObjectLockConfiguration(
          name,
          { ...setting, rule: { defaultRetention: args.lock } },
          first,
        ),
      ]
    : [];
  const policy = new s3.BucketPolicy(
    name,
    { ...setting, policy: pulumi.jsonStringify(args.policy(arn)) },
    { ...data, dependsOn: [encryption, lifecycle, ...lock] },
  );
  const settled = pulumi.all([bucket, policy.id]).apply(([found]) => found);
  return { name: settled, arn, versioning };
}

/** What a bucket's own key is told. */
export interface BucketKeyArgs {
  description: pulumi.Input<string>;
  region?: string;
  policy: pulumi.Output<PolicyDocument>;
  rotationPeriodDays?: number;
  deletionWindowDays?: number;
  tags?: Record<string, string>;
  deletionProtection: boolean;
}

/** A key that rotates, with an alias for people. */
export function bucketKey(name: string, args: BucketKeyArgs, opts: pulumi.CustomResourceOptions): kms.Key {
  const { description, region, tags, rotationPeriodDays = 365, deletionWindowDays = 30 } = args;
  const data = { ...opts, ...dataProtection(args.deletionProtection) };
  const key = new kms.Key(
    name,
    {
      description,
      region,
      tags,
      enableKeyRotation: true,
      rotationPeriodInDays: rotationPeriodDays,
      deletionWindowInDays: deletionWindowDays,
      policy: pulumi.jsonStringify(args.policy),
    },
    data,
  );
  new kms.Alias(name, { targetKeyId: key.keyId, region }, data);
  return key;
}

/** A bucket at one end of a replication, where it is, and its key. */
export interface ReplicatedBucket {
  bucket: GuardedBucket;
  place: pulumi.Output<Place>;
  keyArn?: pulumi.Output<string>;
}
