import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkedSettings, componentIssues } from "../checks/checked-settings";
import { needs, partArguments, takes } from "../checks/contract";
import type { Contract } from "../checks/contract";
import type { Issue } from "../checks/issues";
import { migrationIssues } from "./migration-checks";
import { resolveImages } from "../images/images";
import type { ImageSettings } from "../images/images-args";
import type { SecretKey } from "../kubernetes/environment";
import { dependencies } from "../kubernetes/dependencies";
import { hashedName } from "../kubernetes/hash";
import { jobAnnotations } from "../kubernetes/jobs";
import { objectLabels } from "../kubernetes/labels";
import type { Scheduling } from "../kubernetes/types";
import type { Database } from "../database/database";
import type { MigrationSettings } from "./migration-args";
import { migrationJobSpec } from "./migration-manifests";
import { resolveMigration } from "./migration-settings";

/** Arguments of a migration. `mode` and `backupFirst` are the instance's: a migration that is made is a Job. */
export interface DatabaseMigrationArgs extends MigrationSettings {
  /** Namespace of the Job. */
  namespace: pulumi.Input<string>;
  /** The database to migrate. */
  database: Database;
  /** Secret with the server's `tls.crt` and `tls.key`: certctl checks them before it migrates. */
  tlsSecret: pulumi.Input<string>;
  /** Secret with the API keys `enroll` and `metrics`. */
  apiKeys: pulumi.Input<string>;
  /** The key that encrypts issuer configurations. */
  encryptionKey: SecretKey;
  /** Name of the instance, for labels. @default the component's name */
  instance?: string;
  /** Container images. */
  images?: ImageSettings;
  /** Labels on every object. @default {} */
  commonLabels?: Record<string, string>;
  /** Where the pod may run. */
  scheduling?: Scheduling;
  /** A backup to make before each new Job. @default none */
  backup?: MigrationBackup;
  /** Changes when the database was restored, so that the Job runs again. @default none */
  restored?: string;
}

/** How to make a backup: as `DatabaseBackup` does. */
export interface MigrationBackup {
  /** What must be there before the Job runs. */
  readonly ready: pulumi.Resource[];
  /** A backup as a Job. A method: what it returns is more than the schema for other languages can say. */
  jobSpec(): BackupJobSpec;
}

/** A Job that ends. */
export type BackupJobSpec = k8s.types.input.batch.v1.JobSpec & { activeDeadlineSeconds: number };

/** What a migration takes. */
const contract: Contract<DatabaseMigrationArgs, MigrationSettings> = {
  settings: "MigrationSettings",
  except: ["mode", "backupFirst"],
  others: {
    ...partArguments,
    database: needs(["connection", "ready"], "a Database, such as new PostgresDatabase(…)"),
    tlsSecret: needs("text", "the name of a Secret with tls.crt and tls.key"),
    apiKeys: needs("text", "the name of a Secret with the keys enroll and metrics"),
    encryptionKey: needs(
      ["name", "key"],
      'a Secret\'s name and key, such as { name: "certctl", key: "key" }',
    ),
    images: takes("setting"),
    scheduling: takes("Scheduling"),
    backup: takes(["jobSpec", "ready"]),
    restored: takes("text"),
  },
  issues: migrationIssues,
};

/** Everything that is wrong with the arguments of a migration that another component makes. */
export function migrationArgsIssues(args: object): Issue[] {
  return componentIssues(contract, args, "migration");
}

/**
 * Brings the schema to the version of the server's image, once per image: the Job's name carries a hash of
 * what it runs. A failed Job stops the update before the server changes, and is run again by the next one.
 */
export class DatabaseMigration extends pulumi.ComponentResource {
  /** The Job that brings the schema to the version. */
  public readonly job: k8s.batch.v1.Job;
  /** The backup that was made before; none unless it was asked for. */
  public readonly backupJob?: k8s.batch.v1.Job;

  constructor(name: string, args: DatabaseMigrationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("certctl:index:DatabaseMigration", name, {}, opts);
    args = checkedSettings(contract, args, name, opts);
    const labelled = { instance: args.instance ?? name, commonLabels: args.commonLabels };
    const settings = resolveMigration(args);
    const spec = migrationJobSpec({
      ...labelled,
      images: resolveImages(args.images),
      connection: args.database.connection,
      settings,
      tlsSecret: args.tlsSecret,
      apiKeys: args.apiKeys,
      encryptionKey: args.encryptionKey,
      scheduling: args.scheduling,
      restored: args.restored,
    });
    const { backup, namespace } = args;
    if (backup) {
      const backupSpec = backup.jobSpec();
      const metadata = {
        name: hashedName(`${name}-backup`, [spec, backupSpec]),
        namespace,
        labels: objectLabels(labelled, "backup"),
        annotations: jobAnnotations(backupSpec.activeDeadlineSeconds),
      };
      const before = dependencies(opts, [...args.database.ready, ...backup.ready]);
      const once = { parent: this, dependsOn: before, deleteBeforeReplace: true };
      this.backupJob = new k8s.batch.v1.Job(`${name}-backup`, { metadata, spec: backupSpec }, once);
    }

    this.job = new k8s.batch.v1.Job(
      name,
      {
        metadata: {
          name: hashedName(name, spec),
          namespace,
          labels: objectLabels(labelled, "migration"),
          annotations: jobAnnotations(settings.activeDeadlineSeconds),
        },
        spec,
      },
      // Not the other way round: an earlier name may come back, and deleting the old Job would then take the
      // new one.
      {
        parent: this,
        dependsOn: dependencies(opts, [...args.database.ready, ...(this.backupJob ? [this.backupJob] : [])]),
        deleteBeforeReplace: true,
      },
    );
    this.registerOutputs({});
  }
}
