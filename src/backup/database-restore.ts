import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkedSettings } from "../config/component-args";
import { DatabaseMigration } from "../database/database-migration";
import type { DatabaseMigrationArgs } from "../database/database-migration";
import { dependencies } from "../kubernetes/dependencies";
import { contentHash } from "../kubernetes/hash";
import { jobAnnotations } from "../kubernetes/jobs";
import { objectLabels } from "../kubernetes/labels";
import type { RestoreSettings } from "./backup-args";
import { restoreDeadline, restoreJobSpec } from "./backup-manifests";
import type { DatabaseBackup } from "./database-backup";

/** Arguments of a restore. */
export interface DatabaseRestoreArgs {
  /** Namespace of the Job. */
  namespace: pulumi.Input<string>;
  /** The backups, and the database that is restored. */
  source: DatabaseBackup;
  /** What is restored. */
  restore: RestoreSettings;
  /** The migration that follows: the backup may be older than the server. @default none */
  migration?: DatabaseMigrationArgs;
}

/**
 * Restores a backup, once: the Job's name carries a hash of what it restores. A Job that is repeated finds that it was done. Whoever depends
 * on this starts with the restored rows.
 */
export class DatabaseRestore extends pulumi.ComponentResource {
  /** Tells this restore from others. */
  public readonly id: string;
  public readonly job: k8s.batch.v1.Job;
  /** The migration of what was restored. */
  public readonly migration?: DatabaseMigration;

  constructor(name: string, args: DatabaseRestoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("certctl:index:DatabaseRestore", name, {}, opts);
    const restore = checkedSettings("RestoreSettings", args.restore, name);
    const { backup, before } = restore;
    this.id = contentHash({ backup, before });
    const input = args.source.restoreInput;
    this.job = new k8s.batch.v1.Job(
      name,
      {
        metadata: {
          name: `${name}-${this.id}`,
          namespace: args.namespace,
          labels: objectLabels(input, "restore"),
          annotations: jobAnnotations(restoreDeadline(restore)),
        },
        spec: restoreJobSpec(input, restore, this.id),
      },
      { parent: this, dependsOn: dependencies(opts, [args.source]) },
    );
    if (args.migration) {
      this.migration = new DatabaseMigration(
        `${name}-migrate`,
        { ...args.migration, restored: this.id },
        { parent: this, dependsOn: dependencies(opts, [this.job]) },
      );
    }
    this.registerOutputs({});
  }
}
