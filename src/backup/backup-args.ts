import type * as pulumi from "@pulumi/pulumi";
import type { StorageSettings } from "../database/database-args";
import type { ObjectName, Quantity, Resources, Scheduling } from "../kubernetes/types";

/**
 * When a CronJob runs: five fields (minute, hour, day of month, month, day of week), or a macro such as `@daily`.
 *
 * @pattern ^(@(hourly|daily|midnight|weekly|monthly|yearly|annually)|[0-9/*,-]+( +[0-9A-Za-z/*,?-]+){4})$
 * @patternErrorMessage is not a schedule; write five fields, such as "30 2 * * *"
 */
export type CronSchedule = string;

/** Backups of the database, off until enabled. Each is checked before it counts. */
export interface BackupSettings {
  /** Whether backups are made. @default false */
  enabled?: boolean;
  /**
   * When a backup is made.
   *
   * @default 30 2 * * *
   */
  schedule?: CronSchedule;
  /**
   * Time zone of the schedules, by its name in the tz database.
   *
   * @default Etc/UTC
   * @pattern ^[A-Za-z_]+(/[A-Za-z0-9_+-]+)*$
   * @patternErrorMessage is not the name of a time zone, such as Europe/Berlin
   */
  timeZone?: string;
  /** Whether the schedule rests: no backup is made. @default false */
  suspend?: boolean;
  /** Where backups are kept. Without it: a volume. */
  sink?: BackupSink;
  /**
   * How hard pg_dump compresses (gzip), from 0 to 9.
   *
   * @default 6, 6 or 4 by fleet size
   * @asType integer
   * @minimum 0
   * @maximum 9
   */
  compression?: number;
  /** Room for one dump before its upload, or after its download: at least the size of the database. @default 10Gi, 20Gi or 100Gi by fleet size */
  scratchSize?: Quantity;
  /**
   * Seconds after its time at which a missed backup is still started.
   *
   * @default 3600
   * @asType integer
   * @minimum 10
   * @maximum 86400
   */
  startingDeadlineSeconds?: number;
  /**
   * Seconds after which a backup has failed, retries included.
   *
   * @default 3600
   * @asType integer
   * @minimum 60
   * @maximum 86400
   */
  activeDeadlineSeconds?: number;
  /**
   * Times a failed backup is tried again, in a new pod.
   *
   * @default 1
   * @asType integer
   * @minimum 0
   * @maximum 10
   */
  backoffLimit?: number;
  /**
   * Jobs that are kept after they succeeded.
   *
   * @default 3
   * @asType integer
   * @minimum 0
   * @maximum 100
   */
  successfulJobsHistoryLimit?: number;
  /**
   * Jobs that are kept after they failed.
   *
   * @default 3
   * @asType integer
   * @minimum 0
   * @maximum 100
   */
  failedJobsHistoryLimit?: number;
  /** CPU and memory of dump and upload, each. @default by fleet size */
  resources?: Resources;
  /** Where the pods may run; those of drill and restore, too. */
  scheduling?: Scheduling;
  /** The proof that the newest backup can be restored. */
  drill?: DrillSettings;
}

/** Where backups are kept. */
export const BackupSinkMode = {
  /** A persistent volume in the cluster. It is lost with the cluster's storage: copy it elsewhere. */
  Pvc: "pvc",
  /** A bucket, of Amazon S3 or compatible with it. */
  S3: "s3",
} as const;
export type BackupSinkMode = (typeof BackupSinkMode)[keyof typeof BackupSinkMode];

/** Where backups are kept: a volume, or a bucket. */
export interface BackupSink {
  /** Kind of storage. @default pvc */
  mode?: BackupSinkMode;
  /** The volume; only with `mode: pvc`. */
  pvc?: PvcSink;
  /** The bucket; only with `mode: s3`, and then required. */
  s3?: S3Sink;
}

/** A volume for backups. Pods on several nodes share it one after the other, unless its class allows more. */
export interface PvcSink {
  /** The claim that is created. The default size is 20Gi, 50Gi or 200Gi by fleet size. */
  storage?: StorageSettings;
  /** A claim that exists already, instead of one that is created. */
  existingClaim?: pulumi.Input<ObjectName>;
  /** How long backups are kept. */
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

/** A bucket for backups. Keys are written once; how long they are kept is the bucket's lifecycle configuration. */
export interface S3Sink {
  /**
   * Name of the bucket.
   *
   * @pattern ^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$
   * @patternErrorMessage is not a bucket's name; use 3 to 63 lower-case letters, digits, "-" and "."
   */
  bucket: pulumi.Input<string>;
  /**
   * What every key begins with.
   *
   * @default certctl/
   * @pattern ^([A-Za-z0-9_.=-]+/)+$
   * @patternErrorMessage is not a prefix of keys; it ends with "/", and does not begin with it
   */
  prefix?: string;
  /** Region of the bucket; `us-east-1` for most stores that are compatible with S3. */
  region: pulumi.Input<string>;
  /** URL of a store that is compatible with S3, such as MinIO or Ceph. @default Amazon S3 in the region */
  endpoint?: pulumi.Input<string>;
  /** Who the pods are to the store. */
  identity?: S3Identity;
}

/** How pods prove to a bucket who they are. */
export const S3IdentityMode = {
  /** IAM roles for service accounts: the service accounts name their roles. */
  Irsa: "irsa",
  /** EKS Pod Identity: associations with the service accounts `<name>-backup` and `<name>-restore` exist in the cluster. */
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
  roleArn: pulumi.Input<string>;
  /** ARN of the role of the service account `<name>-restore` (restore and drill), which reads. @default `roleArn` */
  restoreRoleArn?: pulumi.Input<string>;
}

/** Access keys. */
export interface AccessKeysIdentity {
  /** Secret with the keys `accessKeyId` and `secretAccessKey`. */
  secretName: pulumi.Input<ObjectName>;
}

/** The restore drill: the newest backup is restored into a throw-away PostgreSQL in the drill's own pod, and compared with its manifest. */
export interface DrillSettings {
  /** Whether drills are run. @default true */
  enabled?: boolean;
  /**
   * When a drill is run.
   *
   * @default 30 5 * * *
   */
  schedule?: CronSchedule;
  /** Whether the schedule rests: no drill is run. @default false */
  suspend?: boolean;
  /**
   * Seconds after which a drill has failed.
   *
   * @default 7200
   * @asType integer
   * @minimum 60
   * @maximum 86400
   */
  activeDeadlineSeconds?: number;
  /** Room for the restored database. @default 10Gi, 20Gi or 100Gi by fleet size */
  storageSize?: Quantity;
  /** CPU and memory of the throw-away PostgreSQL. @default those of the bundled database, by fleet size */
  resources?: Resources;
}
