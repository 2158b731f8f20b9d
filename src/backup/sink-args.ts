import type * as pulumi from "@pulumi/pulumi";
import type { ObjectName, StorageSettings } from "../kubernetes/types";

/** Where backups are kept. */
export const BackupSinkMode = {
  /** A persistent volume in the cluster. It is lost with the cluster's storage: copy it elsewhere. */
  Pvc: "pvc",
  /** A bucket, of Amazon S3 or compatible with it. */
  S3: "s3",
} as const;
export type BackupSinkMode = (typeof BackupSinkMode)[keyof typeof BackupSinkMode];

/**
 * Where backups are kept: on a volume, for `pvc.retention`; or in a bucket, for as long as the bucket's
 * lifecycle configuration says.
 */
export interface BackupSink {
  /** Kind of storage. @default pvc */
  mode?: BackupSinkMode;
  /** The volume; only with `mode: pvc`. */
  pvc?: PvcSink;
  /** The bucket; only with `mode: s3`, and then required, unless a stack's `backupBucket` makes it. */
  s3?: S3Sink;
}

/** A volume for backups. Pods on several nodes share it one after the other, unless its class allows more. */
export interface PvcSink {
  /** The claim that is created. The default size is 20Gi, 50Gi or 200Gi by fleet size. */
  storage?: StorageSettings;
  /** A claim that exists already, instead of one that is created. */
  existingClaim?: pulumi.Input<ObjectName>;
  /** How long backups are kept: by age and by count. */
  retention?: BackupRetention;
}

/** How long backups are kept on a volume. The newest one that is good is never removed. */
export interface BackupRetention {
  /**
   * Days after which a backup is removed; the three newest stay all the same.
   *
   * @default 30
   * @asType integer
   * @minimum 1
   * @maximum 3650
   */
  days?: number;
  /**
   * Backups that are kept at most.
   *
   * @default 60
   * @asType integer
   * @minimum 1
   * @maximum 10000
   */
  count?: number;
}

/**
 * A bucket for backups, of Amazon S3 or of a store that is compatible with it: it must know `If-None-Match`
 * for uploads, and SHA-256 checksums. Keys are written once and never deleted; how long they are kept is the
 * bucket's lifecycle configuration.
 */
export interface S3Sink {
  /**
   * Name of the bucket. Required, unless a stack's `backupBucket` makes it: then bucket, region, prefix,
   * encryption and roles are known.
   *
   * @pattern ^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$
   * @patternErrorMessage is not the name of a bucket; use 3 to 63 lower-case letters, digits, "-" and "."
   */
  bucket?: pulumi.Input<string>;
  /** What every key begins with. @default certctl/ */
  prefix?: KeyPrefix;
  /**
   * Region of the bucket, such as `eu-central-1`; `us-east-1` for most stores outside AWS. Required with
   * `bucket`.
   *
   * @pattern ^[a-z0-9]([a-z0-9-]*[a-z0-9])?$
   * @patternErrorMessage is not a region; write one such as eu-central-1
   */
  region?: pulumi.Input<string>;
  /**
   * URL of a store that is compatible with S3, such as MinIO or Ceph, or of a VPC endpoint.
   *
   * @default Amazon S3 in the region
   * @pattern ^https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?$
   * @patternErrorMessage is not the URL of a store; write scheme, host and port only, such as https://minio.example.com:9000
   */
  endpoint?: pulumi.Input<string>;
  /** What an upload asks the store to encrypt with. */
  encryption?: S3Encryption;
  /** Who the pods are to the store. */
  identity?: S3Identity;
}

/** What an upload asks a bucket to encrypt with. */
export const S3EncryptionMode = {
  /** Nothing is asked: the bucket's default encryption applies. */
  BucketDefault: "bucketDefault",
  /** A KMS key (SSE-KMS). */
  Kms: "kms",
  /** Keys of the store (SSE-S3). */
  S3: "s3",
} as const;
export type S3EncryptionMode = (typeof S3EncryptionMode)[keyof typeof S3EncryptionMode];

/** What an upload asks a bucket to encrypt with. */
export interface S3Encryption {
  /** Whose keys. @default bucketDefault */
  mode?: S3EncryptionMode;
  /** ARN of the KMS key; only with `mode: kms`, and then required. */
  keyArn?: pulumi.Input<KmsKeyArn>;
}

/** How pods prove to a bucket who they are. */
export const S3IdentityMode = {
  /** IAM roles for service accounts: the service accounts name their roles. */
  Irsa: "irsa",
  /**
   * EKS Pod Identity: associations with the service accounts `<name>-backup` and `<name>-restore` exist in
   * the cluster.
   */
  PodIdentity: "podIdentity",
  /** Access keys from a Secret, for stores outside AWS. */
  AccessKeys: "accessKeys",
} as const;
export type S3IdentityMode = (typeof S3IdentityMode)[keyof typeof S3IdentityMode];

/** Who the pods are to a bucket. */
export interface S3Identity {
  /** How they prove it. @default irsa */
  mode?: S3IdentityMode;
  /** Roles; only with `mode: irsa`, and then required. */
  irsa?: IrsaIdentity;
  /** Access keys; only with `mode: accessKeys`, and then required. */
  accessKeys?: AccessKeysIdentity;
}

/** IAM roles for service accounts. */
export interface IrsaIdentity {
  /** ARN of the role of the service account `<name>-backup`, which puts and reads. */
  roleArn: pulumi.Input<RoleArn>;
  /**
   * ARN of the role of the service account `<name>-restore` (restore and drill), which reads.
   *
   * @default `roleArn`, which must then trust both service accounts
   */
  restoreRoleArn?: pulumi.Input<RoleArn>;
}

/** Access keys. */
export interface AccessKeysIdentity {
  /** Secret in the instance's namespace with the keys `accessKeyId` and `secretAccessKey`. */
  secretName: pulumi.Input<ObjectName>;
}

/**
 * The ARN of an IAM role.
 *
 * @pattern ^arn:aws(-[a-z]+)*:iam::[0-9]{12}:role\/.+$
 * @patternErrorMessage is not the ARN of a role, such as arn:aws:iam::123456789012:role/certctl-backup
 */
export type RoleArn = string;

/**
 * What S3 keys start with: parts that end with `/`, such as `certctl/` or `pki/certctl/`.
 *
 * @pattern ^([A-Za-z0-9][A-Za-z0-9._-]*\/)+$
 * @patternErrorMessage is not a prefix; write letters, digits, ".", "_", "-" and a "/" at the end, such as certctl/
 */
export type KeyPrefix = string;

/**
 * The ARN of a KMS key.
 *
 * @pattern ^arn:aws(-[a-z]+)*:kms:[a-z0-9-]+:[0-9]{12}:key\/.+$
 * @patternErrorMessage is not the ARN of a KMS key, such as arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
 */
export type KmsKeyArn = string;
