import type { BackupBucketSettings } from "../aws/backup-bucket-args";
import type { CertctlArgs } from "../certctl-args";

/**
 * The configuration of a stack, under keys with the prefix `certctl:`: an instance, and what the stack makes
 * besides.
 */
export interface StackArgs extends CertctlArgs {
  /**
   * A bucket on AWS for backups, and the roles of backup and restore. With `backup.sink.mode: s3`, and no
   * bucket named there, backups go to it. Only in a stack, with `@pulumi/aws` installed; in a program of your
   * own it is the component `BackupBucket`.
   */
  backupBucket?: BackupBucketSettings;
}
