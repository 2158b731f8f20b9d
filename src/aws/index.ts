/** certctl's backups on AWS, as Pulumi components. Needs @pulumi/aws. */
export * from "./backup-bucket-args";
export { BackupBucket } from "./backup-bucket";
export type { BackupBucketArgs, BackupBucketSink } from "./backup-bucket";
