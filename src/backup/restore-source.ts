import type * as pulumi from "@pulumi/pulumi";
import type { BackupManifestInput } from "./backup-manifests";

/** Backups that can be restored: those of a `DatabaseBackup`. */
export interface RestoreSource {
  /** What must be there before a restore. */
  readonly ready: pulumi.Resource[];
  /** What a restore is made from. @internal */
  restoreInput(): BackupManifestInput;
}
