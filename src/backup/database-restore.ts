import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkedSettings, vouchedFor } from "../checks/checked-settings";
import { needs, partArguments } from "../checks/contract";
import type { Contract } from "../checks/contract";
import { under } from "../checks/issues";
import { restoreIssues } from "./restore-checks";
import { DatabaseMigration, migrationArgsIssues } from "../migration/database-migration";
import type { DatabaseMigrationArgs } from "../migration/database-migration";
import { dependencies } from "../kubernetes/dependencies";
import { contentHash } from "../kubernetes/hash";
import { jobAnnotations } from "../kubernetes/jobs";
import { objectLabels } from "../kubernetes/labels";
import type { RestoreSettings } from "./restore-args";
import type { RestoreSource } from "./restore-source";
import { restoreDeadline, restoreJobSpec } from "./restore-manifests";

/** Arguments of a restore. */
export interface DatabaseRestoreArgs {
  /** Namespace of the Job. */
  namespace: pulumi.Input<string>;
  /** The backups, and the database that is restored. */
  source: RestoreSource;
  /** What is restored. */
  restore: RestoreSettings;
  /** The migration that follows: the backup may be older than the server. */
  migration: DatabaseMigrationArgs;
}

const contract: Contract<DatabaseRestoreArgs> = {
  others: {
    namespace: partArguments.namespace,
    source: needs(["restoreInput"], "the backups, such as new DatabaseBackup(…)"),
    restore: needs(
      "RestoreSettings",
      'what is restored, such as { backup: "latest", before: "2026-01-31T02:30:00Z" }',
    ),
    // What arrives later is checked here as well: the migration itself is vouched for.
    migration: { ...needs("object", "the arguments of the DatabaseMigration that follows"), awaited: true },
  },
  issues: ({ restore, migration }) => [
    ...under("restore", restoreIssues(restore)),
    ...migrationArgsIssues(migration),
  ],
};

/**
 * Restores a backup and migrates it. The database remembers the restore's id, so a Job that is repeated
 * touches nothing. While rows are restored, the database lets no session in; afterwards, only a server of the
 * same schema can have waited. Whoever depends on this starts with the restored rows.
 */
export class DatabaseRestore extends pulumi.ComponentResource {
  /** Tells this restore from others: a hash of the backup that is asked for. */
  public readonly id: string;
  /** The Job that restores. */
  public readonly job: k8s.batch.v1.Job;
  /** The Job that migrates what was restored. */
  public readonly migrationJob: k8s.batch.v1.Job;

  constructor(name: string, args: DatabaseRestoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("certctl:index:DatabaseRestore", name, {}, opts);
    args = checkedSettings(contract, args, name, opts);
    const { restore } = args;
    const { backup, before } = restore;
    this.id = contentHash({ backup, before });
    const input = args.source.restoreInput();
    const metadata = {
      name: `${name}-${this.id}`,
      namespace: args.namespace,
      labels: objectLabels(input, "restore"),
      annotations: jobAnnotations(restoreDeadline(restore)),
    };
    const spec = restoreJobSpec(input, restore, this.id);
    this.job = new k8s.batch.v1.Job(
      name,
      { metadata, spec },
      { parent: this, dependsOn: dependencies(opts, args.source.ready) },
    );
    const migration = new DatabaseMigration(
      `${name}-migrate`,
      { ...args.migration, restored: this.id },
      vouchedFor({ parent: this, dependsOn: dependencies(opts, [this.job]) }),
    );
    this.migrationJob = migration.job;
    this.registerOutputs({});
  }
}
