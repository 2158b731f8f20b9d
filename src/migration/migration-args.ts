import type { Resources } from "../kubernetes/types";

/** How the schema comes to the version of the server. */
export const MigrationMode = {
  /** A Job that must complete before the server Deployment changes. */
  Job: "job",
  /** The server migrates at boot. */
  Server: "server",
} as const;

export type MigrationMode = (typeof MigrationMode)[keyof typeof MigrationMode];

/** The database migration. */
export interface MigrationSettings {
  /** Who migrates. @default job */
  mode?: MigrationMode;
  /**
   * Whether a backup is made before each new migration Job; needs `backup.enabled`. An empty database needs
   * none.
   *
   * @default false
   */
  backupFirst?: boolean;
  /**
   * Times a failed pod of the Job is tried again. The next `pulumi up` runs a failed Job again, too.
   *
   * @default 2
   * @asType integer
   * @minimum 0
   * @maximum 20
   */
  backoffLimit?: number;
  /**
   * Seconds after which the Job has failed, image pull and retries included.
   *
   * @default 600
   * @asType integer
   * @minimum 30
   * @maximum 86400
   */
  activeDeadlineSeconds?: number;
  /** CPU and memory of the Job's pod. @default 50m and 64Mi requested, 1 core and 256Mi at most */
  resources?: Resources;
}
