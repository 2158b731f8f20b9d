import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkedSettings } from "../checks/checked-settings";
import { needs, partArguments, takes } from "../checks/contract";
import type { Contract } from "../checks/contract";
import { backupIssues } from "./backup-checks";
import type { Database } from "../database/database";
import type { FleetSize } from "../fleet-size/fleet-size-args";
import type { ImageSettings } from "../images/images-args";
import type { BackupJobSpec, MigrationBackup } from "../migration/database-migration";
import { resolveImages } from "../images/images";
import { dependencies } from "../kubernetes/dependencies";
import { objectLabels } from "../kubernetes/labels";
import { instanceNames } from "../kubernetes/names";
import { dataProtection } from "../kubernetes/protection";
import { Unpublished } from "../kubernetes/unpublished";
import { contentConfigMap } from "../kubernetes/scripts";
import type { BackupSettings } from "./backup-args";
import { backupCronJob, backupJobSpec, drillCronJob } from "./backup-manifests";
import type { BackupManifestInput } from "./backup-manifests";
import type { RestoreSource } from "./restore-source";
import { backupScripts } from "./backup-scripts";
import { resolveBackup } from "./backup-settings";
import { backupClaim, sinkAnnotations } from "./backup-sink";
import type { SinkRole } from "./backup-sink";

/** Arguments of the backups of a database. */
export interface DatabaseBackupArgs extends BackupSettings {
  /** Namespace of the pods. */
  namespace: pulumi.Input<string>;
  /** The database. */
  database: Database;
  /** Name of the instance, for labels. @default the component's name */
  instance?: string;
  /** Sizes. @default small */
  fleetSize?: FleetSize;
  /** Protect the claim with the backups from deletion. @default true */
  deletionProtection?: boolean;
  /** Container images. */
  images?: ImageSettings;
  /** Labels on every object. @default {} */
  commonLabels?: Record<string, string>;
}

const contract: Contract<DatabaseBackupArgs, BackupSettings> = {
  settings: "BackupSettings",
  others: {
    ...partArguments,
    database: needs(["connection", "ready"], "a Database, such as new PostgresDatabase(…)"),
    fleetSize: takes("setting"),
    deletionProtection: takes("setting"),
    images: takes("setting"),
  },
  issues: backupIssues,
};

/** What backups are made from. */
const inputs = new Unpublished<DatabaseBackup, BackupManifestInput>();

/**
 * Where backups are kept, who may use it, and, when enabled, the CronJobs: the backup, which publishes
 * nothing that it has not checked, and the drill, which restores the newest backup into a throw-away
 * PostgreSQL.
 */
export class DatabaseBackup extends pulumi.ComponentResource implements MigrationBackup, RestoreSource {
  /** The backups, unless a bucket or an existing claim holds them. */
  public readonly claim?: k8s.core.v1.PersistentVolumeClaim;
  /** The schedule; none when backups are not enabled. */
  public readonly cronJob?: k8s.batch.v1.CronJob;
  /** The drill's schedule; none when backups or drills are not enabled. */
  public readonly drill?: k8s.batch.v1.CronJob;
  /** What must be there before a Job of `jobSpec` runs. */
  public readonly ready: pulumi.Resource[];

  constructor(name: string, args: DatabaseBackupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("certctl:index:DatabaseBackup", name, {}, opts);
    args = checkedSettings(contract, args, name, opts);
    const { namespace, database } = args;
    const settings = resolveBackup(args, args.fleetSize);
    const labelled = { instance: args.instance ?? name, commonLabels: args.commonLabels };
    const child = { parent: this, dependsOn: dependencies(opts) };
    const labels = objectLabels(labelled, "backup");
    const { sink } = settings;

    const scripts = contentConfigMap(`${name}-scripts`, { namespace, labels, data: backupScripts() }, child);
    const account = (role: SinkRole): k8s.core.v1.ServiceAccount => {
      const accountName = role === "backup" ? name : instanceNames(labelled.instance).restore;
      const metadata = { name: accountName, namespace, labels, ...sinkAnnotations(sink, role) };
      return new k8s.core.v1.ServiceAccount(
        accountName,
        { metadata, automountServiceAccountToken: false },
        child,
      );
    };
    const writer = account("backup");
    const reader = account("restore");
    if (sink.mode === "pvc" && sink.pvc.existingClaim === undefined) {
      const protection = dataProtection(args.deletionProtection ?? true);
      this.claim = new k8s.core.v1.PersistentVolumeClaim(
        name,
        backupClaim({ name, namespace, labels }, sink.pvc.storage),
        {
          ...child,
          ...protection,
        },
      );
    }

    const input: BackupManifestInput = {
      ...labelled,
      settings,
      images: resolveImages(args.images),
      connection: database.connection,
      claim: sink.mode === "pvc" ? (sink.pvc.existingClaim ?? name) : name,
      scripts: scripts.name,
      serviceAccountName: name,
    };
    inputs.hold(this, input);
    this.ready = [this];
    const after = {
      parent: this,
      dependsOn: dependencies(opts, [...database.ready, scripts.resource, writer, reader]),
    };
    if (args.enabled) {
      const metadata = { name, namespace, labels };
      this.cronJob = new k8s.batch.v1.CronJob(name, { metadata, spec: backupCronJob(input) }, after);
      if (settings.drill.enabled) {
        const drillName = instanceNames(labelled.instance).drill;
        const drillMetadata = { name: drillName, namespace, labels: objectLabels(labelled, "drill") };
        this.drill = new k8s.batch.v1.CronJob(
          drillName,
          { metadata: drillMetadata, spec: drillCronJob(this.restoreInput()) },
          after,
        );
      }
    }
    this.registerOutputs({});
  }

  /**
   * A backup as a Job, for what must be saved before it is changed; a database without a schema is no
   * failure.
   */
  public jobSpec(): BackupJobSpec {
    const input = inputs.of(this);
    const { activeDeadlineSeconds } = input.settings;
    return { ...backupJobSpec(input, "skip"), activeDeadlineSeconds };
  }

  /** What a restore of these backups is made from. @internal */
  public restoreInput(): BackupManifestInput {
    const input = inputs.of(this);
    return { ...input, serviceAccountName: instanceNames(input.instance).restore };
  }
}
