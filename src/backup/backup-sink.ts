import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { EnvVar, Volume, VolumeMount } from "../kubernetes/environment";
import { literalVariables, secretVariable } from "../kubernetes/environment";
import type { ResolvedBucket, ResolvedSink } from "./backup-settings";
import { BackupSinkMode, S3IdentityMode } from "./sink-args";

/** Who a pod is to a bucket: the one that writes backups, or the one that reads them. */
export type SinkRole = "backup" | "restore";

/** What a container needs to use a sink. */
export interface SinkAccess {
  env: EnvVar[];
  volumes: Volume[];
  mounts: VolumeMount[];
}

/** Where the volume of backups is mounted. */
export const backupDirectory = "/backups";

/** Environment and files of a container that uses a sink. `claim` is the volume's. */
export function sinkAccess(sink: ResolvedSink, claim: pulumi.Input<string>, role: SinkRole): SinkAccess {
  if (sink.mode === BackupSinkMode.S3) return { env: bucketEnvironment(sink.s3), volumes: [], mounts: [] };
  const readOnly = role === "restore";
  return {
    env: literalVariables({ BACKUP_DIR: backupDirectory }),
    volumes: [{ name: "backups", persistentVolumeClaim: { claimName: claim } }],
    mounts: [{ name: "backups", mountPath: backupDirectory, ...(readOnly && { readOnly }) }],
  };
}

/** What the metadata of a service account says of a sink: with IRSA, its role. */
export function sinkAnnotations(
  sink: ResolvedSink,
  role: SinkRole,
): { annotations?: Record<string, pulumi.Input<string>> } {
  const irsa =
    sink.mode === BackupSinkMode.S3 && sink.s3.identity.mode === S3IdentityMode.Irsa
      ? sink.s3.identity.irsa
      : undefined;
  if (!irsa) return {};
  const roleArn = role === "restore" ? (irsa.restoreRoleArn ?? irsa.roleArn) : irsa.roleArn;
  return { annotations: { "eks.amazonaws.com/role-arn": roleArn } };
}

function bucketEnvironment({
  bucket,
  prefix,
  region,
  endpoint,
  encryption,
  identity,
}: ResolvedBucket): EnvVar[] {
  const keys = identity.mode === S3IdentityMode.AccessKeys ? identity.accessKeys : undefined;
  const algorithm = { bucketDefault: "", kms: "aws:kms", s3: "AES256" }[encryption.mode];
  return [
    ...literalVariables({
      S3_BUCKET: bucket,
      S3_PREFIX: prefix,
      S3_ENCRYPTION: algorithm,
      S3_KMS_KEY: encryption.keyArn ?? "",
      READ_TIMEOUT_SECONDS: "120",
      AWS_REGION: region,
      AWS_PAGER: "",
      AWS_RETRY_MODE: "standard",
      AWS_MAX_ATTEMPTS: "4",
      // With no identity configured, the CLI would take that of the node.
      AWS_EC2_METADATA_DISABLED: "true",
      // For S3 alone: a token is changed into credentials at AWS, also where the bucket is behind a VPC
      // endpoint.
      ...(endpoint !== undefined && { AWS_ENDPOINT_URL_S3: endpoint }),
    }),
    ...(keys
      ? [
          secretVariable("AWS_ACCESS_KEY_ID", { name: keys.secretName, key: "accessKeyId" }),
          secretVariable("AWS_SECRET_ACCESS_KEY", { name: keys.secretName, key: "secretAccessKey" }),
        ]
      : []),
  ];
}

/**
 * The claim for backups. Not awaited: a storage class that binds at first use leaves it Pending until the
 * first pod.
 */
export function backupClaim(
  metadata: k8s.types.input.meta.v1.ObjectMeta,
  storage: { size: string; storageClass?: string },
): k8s.types.input.core.v1.PersistentVolumeClaim {
  return {
    metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: storage.size } },
      ...(storage.storageClass !== undefined && { storageClassName: storage.storageClass }),
    },
  };
}
