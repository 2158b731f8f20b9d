import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { FleetSize, ImageSettings } from "../certctl-args";
import { checkedSettings } from "../config/component-args";
import type { Database } from "../database/database";
import { resolveImages } from "../images";
import { dependencies } from "../kubernetes/dependencies";
import type { Component } from "../kubernetes/labels";
import { objectLabels } from "../kubernetes/labels";
import { dataProtection } from "../kubernetes/protection";
import { contentConfigMap } from "../kubernetes/scripts";
import type { BackupSettings } from "./backup-args";
import type { BackupManifestInput } from "./backup-manifests";
import { backupCronJob, drillCronJob } from "./backup-manifests";
import { backupScripts } from "./backup-scripts";
import { resolveBackup } from "./backup-settings";
import { backupClaim } from "./backup-volume";

/** Arguments of the backups of a database. */
export interface DatabaseBackupArgs extends Omit<BackupSettings, "enabled"> {
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

/**
 * Backups of a database on a volume: the CronJob that makes them, which publishes nothing that it has not checked, and the drill, which
 * restores the newest one into a throw-away PostgreSQL.
 */
export class DatabaseBackup extends pulumi.ComponentResource {
  /** The claim with the backups, unless an existing one holds them. */
  public readonly claim?: k8s.core.v1.PersistentVolumeClaim;
  public readonly cronJob: k8s.batch.v1.CronJob;
  /** The drill's schedule, unless `drill.enabled` is false. */
  public readonly drill?: k8s.batch.v1.CronJob;

  constructor(name: string, given: DatabaseBackupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("certctl:index:DatabaseBackup", name, {}, opts);
    const args = checkedSettings("BackupSettings", given, name);
    const { namespace, database } = args;
    const settings = resolveBackup(args, args.fleetSize);
    const { pvc } = settings.sink;
    const labelled = { instance: args.instance ?? name, commonLabels: args.commonLabels };
    const child = { parent: this, dependsOn: dependencies(opts) };
    const metadata = (ownName: string, component: Component): k8s.types.input.meta.v1.ObjectMeta => ({
      name: ownName,
      namespace,
      labels: objectLabels(labelled, component),
    });

    if (pvc.existingClaim === undefined) {
      const claim = backupClaim(metadata(name, "backup"), pvc.storage);
      const protection = dataProtection(args.deletionProtection ?? true);
      this.claim = new k8s.core.v1.PersistentVolumeClaim(name, claim, { ...child, ...protection });
    }
    const labels = objectLabels(labelled, "backup");
    const scripts = contentConfigMap(`${name}-scripts`, { namespace, labels, data: backupScripts() }, child);
    const schedule = (
      ownName: string,
      component: "backup" | "drill",
      build: (input: BackupManifestInput) => k8s.types.input.batch.v1.CronJobSpec,
    ): k8s.batch.v1.CronJob => {
      const account = { metadata: metadata(ownName, component), automountServiceAccountToken: false };
      const serviceAccount = new k8s.core.v1.ServiceAccount(ownName, account, child);
      const spec = build({
        ...labelled,
        settings,
        images: resolveImages(args.images),
        connection: database.connection,
        claim: pvc.existingClaim ?? name,
        scripts: scripts.name,
        serviceAccountName: ownName,
      });
      return new k8s.batch.v1.CronJob(
        ownName,
        { metadata: metadata(ownName, component), spec },
        { parent: this, dependsOn: dependencies(opts, [...database.ready, scripts.resource, serviceAccount]) },
      );
    };
    this.cronJob = schedule(name, "backup", backupCronJob);
    if (settings.drill.enabled) this.drill = schedule(`${labelled.instance}-drill`, "drill", drillCronJob);
    this.registerOutputs({});
  }
}
