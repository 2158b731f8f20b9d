import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ImageSettings } from "../certctl-args";
import { checkedSettings } from "../config/component-args";
import { resolveImages } from "../images";
import type { SecretKey } from "../kubernetes/environment";
import { dependencies } from "../kubernetes/dependencies";
import { hashedName } from "../kubernetes/hash";
import { jobAnnotations } from "../kubernetes/jobs";
import { objectLabels } from "../kubernetes/labels";
import type { Scheduling } from "../kubernetes/types";
import type { Database } from "./database";
import type { MigrationSettings } from "./database-args";
import { migrationDeadline, migrationJobSpec } from "./migration-manifests";

/** Arguments of a migration. */
export interface DatabaseMigrationArgs extends Omit<MigrationSettings, "mode"> {
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
}

/**
 * Brings the schema to the version of the server's image, once per image: the Job's name carries a hash of what it runs. A failed
 * Job stops the update before the server changes, and is run again by the next one.
 */
export class DatabaseMigration extends pulumi.ComponentResource {
  public readonly job: k8s.batch.v1.Job;

  constructor(name: string, given: DatabaseMigrationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("certctl:index:DatabaseMigration", name, {}, opts);
    const args = checkedSettings("MigrationSettings", given, name);
    const labelled = { instance: args.instance ?? name, commonLabels: args.commonLabels };
    const spec = migrationJobSpec({
      ...labelled,
      images: resolveImages(args.images),
      connection: args.database.connection,
      settings: args,
      tlsSecret: args.tlsSecret,
      apiKeys: args.apiKeys,
      encryptionKey: args.encryptionKey,
      scheduling: args.scheduling,
    });

    this.job = new k8s.batch.v1.Job(
      name,
      {
        metadata: {
          name: hashedName(name, spec),
          namespace: args.namespace,
          labels: objectLabels(labelled, "migration"),
          annotations: jobAnnotations(migrationDeadline(args)),
        },
        spec,
      },
      { parent: this, dependsOn: dependencies(opts, args.database.ready) },
    );
    this.registerOutputs({});
  }
}
