import type * as iam from "@pulumi/aws/iam";
import type * as kms from "@pulumi/aws/kms";
import * as pulumi from "@pulumi/pulumi";
import { checkedSettings } from "../checks/checked-settings";
import type { Contract } from "../checks/contract";
import { backupBucketIssues } from "./backup-bucket-checks";
import { placeOf } from "./account";
import type { BackupBucketSettings, ReplicationSettings } from "./backup-bucket-args";
import { adoptBucket, createBucket, logAccess } from "./bucket-parts";
import type { BucketPart } from "./bucket-parts";
import type { ReplicatedBucket } from "./guarded-bucket";
import { replicate, replicationRole } from "./replication";
import { backupAccess, restoreAccess } from "./role-policies";
import { accessTo, grant, serviceAccountRole } from "./service-account-role";

/** Arguments of a bucket for backups. */
export type BackupBucketArgs = BackupBucketSettings;

const contract: Contract<BackupBucketArgs, BackupBucketSettings> = {
  settings: "BackupBucketSettings",
  others: {},
  issues: backupBucketIssues,
};

/** What the backup of an instance is told of its bucket. */
export interface BackupBucketSink {
  /** Name of the bucket. */
  bucket: pulumi.Output<string>;
  /** Begin of the keys of backups. */
  prefix: string;
  /** Region of the bucket. */
  region: pulumi.Output<string>;
  /** ARN of the KMS key; none with keys of S3. */
  keyArn?: pulumi.Output<string>;
  /** ARN of the role of the backup's ServiceAccount; none without `identity`. */
  roleArn?: pulumi.Output<string>;
  /** ARN of the role of the ServiceAccount of restore and drill; none without `identity`. */
  restoreRoleArn?: pulumi.Output<string>;
}

/**
 * A bucket on AWS that backups are written to once and leave by lifecycle only, its key, and the roles of
 * backup and restore.
 */
export class BackupBucket extends pulumi.ComponentResource {
  /** For the instance's backup. Its outputs are known when every setting of the bucket is in force. */
  public readonly sink: BackupBucketSink;
  /** The bucket's own key; none with keys of S3, or of an existing bucket. */
  public readonly key?: kms.Key;
  /** The role that may put and read; none without `identity`. */
  public readonly backupRole?: iam.Role;
  /** The role that may read; none without `identity`. */
  public readonly restoreRole?: iam.Role;
  /** Name of the copy's bucket; none without `replication`. */
  public readonly replica?: pulumi.Output<string>;

  constructor(name: string, args: BackupBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("certctl:index:BackupBucket", name, {}, opts);
    const settings = checkedSettings(contract, args, name, opts);
    const { mode = "create", region, prefix = "certctl/", identity, replication, tags } = settings;
    const child = { parent: this, dependsOn: opts?.dependsOn };
    const place = placeOf(region, { parent: this });

    if (identity) {
      const { backupServiceAccount = "certctl-backup", restoreServiceAccount = "certctl-restore" } = identity;
      const of = { identity, tags, place: placeOf(identity.podIdentity?.region, { parent: this }) };
      const writer = {
        ...of,
        serviceAccount: backupServiceAccount,
        description: "Writes backups of certctl",
      };
      this.backupRole = serviceAccountRole(`${name}-writer`, writer, child);
      const reader = {
        ...of,
        serviceAccount: restoreServiceAccount,
        description: "Reads backups of certctl",
      };
      this.restoreRole = serviceAccountRole(`${name}-reader`, reader, child);
    }
    const copier = replication && replicationRole(`${name}-copier`, { place, tags }, child);
    const users = {
      writers: pulumi.all([...arnOf(this.backupRole), ...(settings.principals ?? [])]),
      readers: pulumi.all(arnOf(this.restoreRole)),
    };

    const part: BucketPart = {
      settings,
      prefix,
      region,
      place,
      ...users,
      bucket: settings.bucket,
      copiers: {},
      writeOnce: true,
    };
    const source: ReplicatedBucket & { key?: kms.Key } =
      mode === "create"
        ? createBucket(name, { ...part, copiers: { decrypt: copier?.arn } }, child)
        : adoptBucket(name, part, child);
    this.key = source.key;
    logAccess(name, { settings, region, place, source: source.bucket }, child);
    const target =
      replication && createBucket(`${name}-replica`, this.replicaPart(part, replication, copier), child);
    if (copier && target) replicate(name, { role: copier, source, target, prefix, region }, child);
    this.replica = target?.bucket.name;

    const roleArn =
      this.backupRole &&
      grant(`${name}-writer`, this.backupRole, accessTo(source, prefix, backupAccess), child);
    const restoreRoleArn =
      this.restoreRole &&
      grant(`${name}-reader`, this.restoreRole, accessTo(source, prefix, restoreAccess), child);
    if (this.restoreRole && target)
      grant(`${name}-reader-replica`, this.restoreRole, accessTo(target, prefix, restoreAccess), child);

    this.sink = {
      bucket: source.bucket.name,
      prefix,
      region: place.region,
      keyArn: source.keyArn,
      roleArn,
      restoreRoleArn,
    };
    this.registerOutputs({ ...this.sink });
  }

  /**
   * The copy: in its own region with its own key, written by S3 itself, read by everybody who has to do with
   * the first bucket.
   */
  private replicaPart(
    part: BucketPart,
    { region, bucket }: ReplicationSettings,
    copier?: iam.Role,
  ): BucketPart {
    const readers = pulumi.all([part.writers, part.readers]).apply((users) => users.flat());
    const place = placeOf(region, { parent: this });
    const users = { writers: pulumi.output<string[]>([]), readers, copiers: { encrypt: copier?.arn } };
    return { ...part, ...users, region, place, bucket, writeOnce: false };
  }
}

function arnOf(role: iam.Role | undefined): pulumi.Output<string>[] {
  return role ? [role.arn] : [];
}
