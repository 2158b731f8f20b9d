import * as iam from "@pulumi/aws/iam";
import * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "./account";
import type { ReplicatedBucket } from "./guarded-bucket";
import type { ReplicationEnd } from "./replication-policies";
import { replicationAccess, replicationTrust } from "./replication-policies";
import { grant } from "./service-account-role";

/** The role as which S3 copies, without rights yet: the keys' policies name it. */
export function replicationRole(
  name: string,
  { place, tags }: { place: pulumi.Output<Place>; tags?: Record<string, string> },
  opts: pulumi.CustomResourceOptions,
): iam.Role {
  const trust = place.apply(({ accountId }) => replicationTrust(accountId));
  return new iam.Role(
    name,
    { description: "Copies backups to another region", assumeRolePolicy: pulumi.jsonStringify(trust), tags },
    opts,
  );
}

/** Copies each new object under the prefix; deletions stay where they are. */
export function replicate(
  name: string,
  args: {
    role: iam.Role;
    source: ReplicatedBucket;
    target: ReplicatedBucket;
    prefix: string;
    region?: string;
  },
  opts: pulumi.CustomResourceOptions,
): void {
  const { role, source, target, prefix, region } = args;
  const ends = pulumi.all([endOf(source), endOf(target)]);
  const access = ends.apply(([from, to]) => replicationAccess(from, to));
  const roleArn = grant(name, role, access, opts);
  const replicaKmsKeyId = target.keyArn;
  const rule = {
    id: "backups",
    status: "Enabled",
    priority: 0,
    filter: { prefix },
    deleteMarkerReplication: { status: "Disabled" },
    ...(replicaKmsKeyId && { sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } } }),
    destination: {
      bucket: target.bucket.arn,
      ...(replicaKmsKeyId && { encryptionConfiguration: { replicaKmsKeyId } }),
    },
  };
  const versioned = [source.bucket.versioning, target.bucket.versioning].filter(
    (versioning) => versioning !== undefined,
  );
  new s3.BucketReplicationConfig(
    name,
    { bucket: source.bucket.name, region, role: roleArn, rules: [rule] },
    { ...opts, dependsOn: versioned },
  );
}

function endOf({ bucket, place, keyArn }: ReplicatedBucket): pulumi.Output<ReplicationEnd> {
  const known = pulumi.all([bucket.arn, place, keyArn ?? ""]);
  return known.apply(([bucketArn, { viaService }, key]) => ({
    bucketArn,
    viaService,
    ...(key !== "" && { keyArn: key }),
  }));
}
