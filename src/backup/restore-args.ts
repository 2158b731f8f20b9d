/**
 * A backup that is restored before the server starts, once: the backup and its time tell one restore from
 * another. When it is done, the option can go: the server and its data stay as they are.
 */
export interface RestoreSettings {
  /**
   * Name of a backup: its key or file without folder and ending, such as `certctl-20260131T023000Z-0a1b2c3d`;
   * or `latest`, which needs `before`.
   *
   * @pattern ^(latest|certctl-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8})$
   * @patternErrorMessage is neither latest nor the name of a backup: its key or file without folder and ending, such as certctl-20260131T023000Z-0a1b2c3d
   */
  backup: string;
  /**
   * With `latest`, and then required: the newest backup that was complete at this time (UTC). In a stack file
   * it needs quotes: YAML has times of its own.
   *
   * @default none
   * @pattern ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$
   * @patternErrorMessage is not a time in UTC; write it in quotes, such as "2026-01-31T02:30:00Z"
   */
  before?: string;
  /**
   * Name of the database, when it is not empty and may be put aside: it is kept under another name. The user
   * of an external database then needs the right to create databases.
   *
   * @default a database that is not empty is refused
   */
  overwriteDatabase?: string;
  /**
   * Tables that are restored at a time into a database that takes another's place. An empty one is filled in
   * one transaction.
   *
   * @default 1, 2 or 4 by fleet size
   * @asType integer
   * @minimum 1
   * @maximum 32
   */
  jobs?: number;
  /**
   * Seconds after which the restore has failed, retries included.
   *
   * @default 7200
   * @asType integer
   * @minimum 60
   * @maximum 86400
   */
  activeDeadlineSeconds?: number;
}
