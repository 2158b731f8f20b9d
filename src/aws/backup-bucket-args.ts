import type * as pulumi from "@pulumi/pulumi";
import type { KeyPrefix, KmsKeyArn } from "../backup/sink-args";
import type { ObjectName } from "../kubernetes/types";

/** Whose the bucket is. */
export const BucketMode = {
  /** A bucket of its own is created. */
  Create: "create",
  /** A bucket that exists already, with its own key; what it becomes is said by `existing`. */
  Existing: "existing",
} as const;
export type BucketMode = (typeof BucketMode)[keyof typeof BucketMode];

/** What encrypts the objects. */
export const BucketEncryptionMode = {
  /** A KMS key of the bucket's own (SSE-KMS), whose policy admits the listed roles only. */
  Kms: "kms",
  /** Keys of S3 (SSE-S3). */
  S3: "s3",
} as const;
export type BucketEncryptionMode = (typeof BucketEncryptionMode)[keyof typeof BucketEncryptionMode];

/** Object Lock: versions that cannot be deleted before their time. */
export const ObjectLockMode = {
  /** No Object Lock. */
  None: "none",
  /** Only principals with `s3:BypassGovernanceRetention` can delete a version early. */
  Governance: "governance",
  /** Nobody can delete a version early, not even the account's root user. Cannot be taken back. */
  Compliance: "compliance",
} as const;
export type ObjectLockMode = (typeof ObjectLockMode)[keyof typeof ObjectLockMode];

/** Storage classes whose objects can be read at once, so that a restore never waits for a retrieval. */
export const BackupStorageClass = {
  StandardIa: "STANDARD_IA",
  OneZoneIa: "ONEZONE_IA",
  IntelligentTiering: "INTELLIGENT_TIERING",
  GlacierInstantRetrieval: "GLACIER_IR",
} as const;
export type BackupStorageClass = (typeof BackupStorageClass)[keyof typeof BackupStorageClass];

/** Where access logs go. */
export const AccessLogMode = {
  /** No access logs. */
  None: "none",
  /** A bucket of its own is created for them. */
  Create: "create",
  /** A bucket that exists already and lets `logging.s3.amazonaws.com` write. */
  Existing: "existing",
} as const;
export type AccessLogMode = (typeof AccessLogMode)[keyof typeof AccessLogMode];

/** How a pod proves to AWS who it is. */
export const IdentityMode = {
  /** IAM Roles for Service Accounts: a token of the cluster's OIDC issuer. */
  Irsa: "irsa",
  /** EKS Pod Identity: the agent on the node, which must be installed. */
  PodIdentity: "podIdentity",
} as const;
export type IdentityMode = (typeof IdentityMode)[keyof typeof IdentityMode];

/** A bucket on AWS for backups, and the roles of those who use it. */
export interface BackupBucketSettings {
  /** Whose the bucket is. @default create */
  mode?: BucketMode;
  /** The bucket that exists; only with `mode: existing`, and then required. */
  existing?: ExistingBucketSettings;
  /** Name of the created bucket, unique in its partition. @default the component's name and random letters */
  bucket?: pulumi.Input<BucketName>;
  /** Region of the bucket and its key. @default the provider's region */
  region?: AwsRegion;
  /** What comes before every key. @default certctl/ */
  prefix?: KeyPrefix;
  /** What encrypts the objects. */
  encryption?: BucketEncryptionSettings;
  /** How long backups are kept, and where. */
  lifecycle?: BucketLifecycleSettings;
  /** Versions that cannot be deleted before their time. */
  objectLock?: ObjectLockSettings;
  /** A copy of each backup in another region. */
  replication?: ReplicationSettings;
  /** Who asked for what, as S3 server access logs. */
  accessLog?: AccessLogSettings;
  /** The roles of the backup and of the restore. Without them, who uses the bucket is arranged elsewhere. */
  identity?: BackupIdentitySettings;
  /**
   * ARNs of further roles and users that may read and write backups, such as one for emergencies; `*` and `?`
   * match as in IAM. With `identity`, everybody else in the account is refused, whatever their own policies
   * allow.
   *
   * @default []
   */
  principals?: pulumi.Input<IamArn>[];
  /** Tags of every AWS resource. @default {} */
  tags?: Record<string, string>;
  /**
   * Protect buckets and keys: `pulumi destroy` refuses them, and they stay in AWS if they leave the program.
   * Without it, `pulumi destroy` deletes the bucket with all backups.
   *
   * @default true
   */
  deletionProtection?: boolean;
}

/** A bucket that exists already. */
export interface ExistingBucketSettings {
  /** Its name. */
  bucket: pulumi.Input<BucketName>;
  /** ARN of the KMS key that encrypts its objects. @default none: the bucket uses keys of S3 */
  keyArn?: pulumi.Input<KmsKeyArn>;
  /**
   * Set versioning, encryption, public access block, ownership, policy and lifecycle of the bucket, in place
   * of what they are. The bucket itself and its key stay as they are. With `false`, nothing of the bucket is
   * changed.
   *
   * @default false
   */
  manageSettings?: boolean;
}

/** What encrypts the objects of a created bucket. */
export interface BucketEncryptionSettings {
  /** Whose keys. @default kms */
  mode?: BucketEncryptionMode;
  /**
   * Refuse uploads that do not name the encryption in the request. Without it they are encrypted with the
   * bucket's default, and only a request for another algorithm or key is refused.
   *
   * @default false
   */
  requireHeaders?: boolean;
  /**
   * Days between rotations of the key's material; only with `mode: kms`.
   *
   * @default 365
   * @asType integer
   * @minimum 90
   * @maximum 2560
   */
  rotationPeriodDays?: number;
  /**
   * Days between the deletion of the key and its end, in which it can be taken back; only with `mode: kms`.
   *
   * @default 30
   * @asType integer
   * @minimum 7
   * @maximum 30
   */
  deletionWindowDays?: number;
}

/** How long backups are kept, and where. S3 does it, once a day. */
export interface BucketLifecycleSettings {
  /** Days after which a backup is deleted. @default 35 @asType integer @minimum 1 */
  expireAfterDays?: number;
  /**
   * Days for which a replaced or deleted version can still be brought back.
   *
   * @default 14
   * @asType integer
   * @minimum 1
   */
  keepNoncurrentDays?: number;
  /** Days after which the parts of an unfinished upload are deleted. @default 2 @asType integer @minimum 1 */
  abortUploadsAfterDays?: number;
  /** Move older backups to cheaper storage. @default not moved */
  transition?: TransitionSettings;
}

/** A move to another storage class. */
export interface TransitionSettings {
  /** Days after which a backup is moved. @asType integer @minimum 0 */
  afterDays: number;
  /** Where to. @default STANDARD_IA */
  storageClass?: BackupStorageClass;
}

/** Object Lock. It can be turned on when a bucket is created, and never off again. */
export interface ObjectLockSettings {
  /** Who is kept from deleting. @default none */
  mode?: ObjectLockMode;
  /**
   * Days for which each version is locked; required with a mode other than none.
   *
   * @asType integer
   * @minimum 1
   * @maximum 36500
   */
  days?: number;
}

/** A copy of each backup in another region, in a bucket with the same settings and a key of its own. */
export interface ReplicationSettings {
  /** Region of the copy. */
  region: AwsRegion;
  /**
   * Name of the bucket, unique in its partition.
   *
   * @default the component's name, `-replica` and random letters
   */
  bucket?: pulumi.Input<BucketName>;
}

/** Where access logs go. */
export interface AccessLogSettings {
  /** Whether, and where to. @default none */
  mode?: AccessLogMode;
  /** Name of the existing bucket, in the same region; required with `mode: existing`, and only then. */
  bucket?: pulumi.Input<BucketName>;
  /** What comes before the keys of the logs. @default access-log/ */
  prefix?: KeyPrefix;
  /** Days after which logs are deleted; only with `mode: create`. @default 90 @asType integer @minimum 1 */
  expireAfterDays?: number;
}

/** The roles of backup and restore, each bound to one ServiceAccount of one cluster. */
export interface BackupIdentitySettings {
  /** How pods prove who they are. */
  mode: IdentityMode;
  /** The cluster's OIDC provider; only with `mode: irsa`, and then required. */
  irsa?: IrsaSettings;
  /** The cluster; only with `mode: podIdentity`, and then required. */
  podIdentity?: PodIdentitySettings;
  /** Namespace of the ServiceAccounts. @default certctl */
  namespace?: pulumi.Input<ObjectName>;
  /** ServiceAccount of the backup CronJob, which may put and read, but not delete. @default certctl-backup */
  backupServiceAccount?: pulumi.Input<ObjectName>;
  /** ServiceAccount of restore and drill, which may read. @default certctl-restore */
  restoreServiceAccount?: pulumi.Input<ObjectName>;
  /** ARN of the policy that bounds the rights of the roles. @default none */
  permissionsBoundary?: pulumi.Input<IamArn>;
}

/** IAM Roles for Service Accounts. */
export interface IrsaSettings {
  /** ARN of the IAM OIDC provider of the cluster; it ends with the cluster's issuer. */
  oidcProviderArn: pulumi.Input<OidcProviderArn>;
  /**
   * Audience of the token, as the annotation `eks.amazonaws.com/audience` of the ServiceAccount has it.
   *
   * @default sts.amazonaws.com
   */
  audience?: pulumi.Input<string>;
}

/** EKS Pod Identity. */
export interface PodIdentitySettings {
  /** Name of the EKS cluster. */
  clusterName: pulumi.Input<string>;
  /** Region of the cluster. @default the provider's region */
  region?: AwsRegion;
}

/**
 * The name of an S3 bucket: 3 to 63 lower-case letters, digits and `-`. Dots are refused, because TLS
 * certificates do not cover them.
 *
 * @pattern ^(?!xn--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$
 * @patternErrorMessage is not a bucket name; use 3 to 63 lower-case letters, digits and "-"
 */
export type BucketName = string;
/**
 * An AWS region, such as `eu-central-1`.
 *
 * @pattern ^[a-z]{2,4}(-[a-z]+)+-[0-9]+$
 * @patternErrorMessage is not a region; write one such as eu-central-1
 */
export type AwsRegion = string;

/**
 * The ARN of an IAM role, user or policy.
 *
 * @pattern ^arn:aws(-[a-z]+)*:iam::([0-9]{12}|aws):(role|user|policy)\/.+$
 * @patternErrorMessage is not the ARN of an IAM role, user or policy, such as arn:aws:iam::123456789012:role/emergency
 */
export type IamArn = string;
/**
 * The ARN of an IAM OIDC provider.
 *
 * @pattern ^arn:aws(-[a-z]+)*:iam::[0-9]{12}:oidc-provider\/.+$
 * @patternErrorMessage is not the ARN of an OIDC provider, such as arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/0123
 */
export type OidcProviderArn = string;
