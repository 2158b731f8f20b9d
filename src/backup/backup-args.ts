import type { Quantity, Resources, Scheduling } from "../kubernetes/types";
import type { BackupSink } from "./sink-args";

/**
 * When a CronJob runs: five fields (minute, hour, day of month, month, day of week), or a macro such as
 * `@daily`.
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
  /** Where backups are kept, and for how long. */
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
  /**
   * Room on the node's disk for one dump before its upload, or after its download: at least the size of the
   * database; only with `sink.mode: s3`, because on a volume a dump is written where it stays.
   *
   * @default 10Gi, 20Gi or 100Gi by fleet size
   */
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
  /** A Prometheus Pushgateway that is told of each good backup and drill. @default none is told */
  pushgateway?: PushgatewaySettings;
  /** The proof that the newest backup can be restored. */
  drill?: DrillSettings;
}

/**
 * A Prometheus Pushgateway. It is told `certctl_backup_size_bytes`, `certctl_backup_duration_seconds`,
 * `certctl_backup_last_success_timestamp_seconds` and `certctl_drill_last_success_timestamp_seconds`, with
 * the labels `job` and `namespace`. When it cannot be told, the pod's log has a warning, and the backup
 * counts all the same.
 */
export interface PushgatewaySettings {
  /**
   * Its URL in the cluster, without TLS: no figure of these is secret.
   *
   * @pattern ^http://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._-]+)*$
   * @patternErrorMessage is not the URL of a Pushgateway, such as http://pushgateway.monitoring.svc:9091; it starts with http:// and does not end with "/"
   */
  url: string;
}

/**
 * The restore drill: the newest backup is restored into a throw-away PostgreSQL in the drill's own pod, and
 * compared with its manifest.
 */
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
