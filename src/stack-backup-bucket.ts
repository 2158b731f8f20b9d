import { createRequire } from "node:module";
import type * as aws from "./aws/backup-bucket";
import type { BackupBucketSettings } from "./aws/backup-bucket-args";
import type { CertctlArgs } from "./certctl-args";

/**
 * The bucket of a stack's configuration, for the instance's ServiceAccounts. `@pulumi/aws` is loaded here and nowhere before: a stack
 * without a bucket works without it.
 */
export function stackBackupBucket(settings: BackupBucketSettings, { namespace = "certctl" }: CertctlArgs): aws.BackupBucket {
  const { BackupBucket } = createRequire(__filename)("./aws/backup-bucket") as typeof aws;
  const { identity } = settings;
  return new BackupBucket("certctl-backup", { ...settings, ...(identity && { identity: { namespace, ...identity } }) });
}
