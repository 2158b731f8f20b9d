import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkedSettings } from "../checks/checked-settings";
import { looksAt, partArguments, takes } from "../checks/contract";
import type { Contract } from "../checks/contract";
import { externalDatabaseIssues, passwordSourceIssues } from "./database-checks";
import { secretChecksum } from "../kubernetes/hash";
import { objectLabels } from "../kubernetes/labels";
import { dataProtection } from "../kubernetes/protection";
import { contentConfigMap } from "../kubernetes/scripts";
import { durationSeconds } from "../kubernetes/units";
import type { Database, DatabaseConnection } from "./database";
import type { ExternalDatabaseSettings } from "./database-args";
import { resolveExternalDatabase } from "./database-settings";

/** Arguments of a PostgreSQL that exists already. */
export interface ExternalDatabaseArgs extends ExternalDatabaseSettings {
  /** Namespace of the clients: the password's Secret and the CA certificates are created there. */
  namespace: pulumi.Input<string>;
  /** Password of the role, which becomes a Secret; this or `existingPasswordSecret`. */
  password?: pulumi.Input<string>;
  /** Name of a Secret with the key `password`. */
  existingPasswordSecret?: pulumi.Input<string>;
  /** Name of the instance that uses the database, for labels. @default the component's name */
  instance?: string;
  /** Protect the Secret from deletion. @default true */
  deletionProtection?: boolean;
  /** Labels on every object. @default {} */
  commonLabels?: Record<string, string>;
}

const contract: Contract<ExternalDatabaseArgs, ExternalDatabaseSettings> = {
  settings: "ExternalDatabaseSettings",
  others: {
    ...partArguments,
    password: looksAt("text"),
    existingPasswordSecret: looksAt("ObjectName"),
    deletionProtection: takes("setting"),
  },
  issues: (args) => [...passwordSourceIssues(args), ...externalDatabaseIssues(args)],
};

/**
 * A PostgreSQL (15 or newer) that exists already: its password and CA certificates, as a `Database` for
 * server and migration.
 */
export class ExternalDatabase extends pulumi.ComponentResource implements Database {
  /** How to connect. */
  public readonly connection: DatabaseConnection;
  /** What must be there before anybody connects. */
  public readonly ready: pulumi.Resource[];
  /** The password, unless an existing Secret holds it. */
  public readonly passwordSecret?: k8s.core.v1.Secret;

  constructor(name: string, args: ExternalDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("certctl:index:ExternalDatabase", name, {}, opts);
    args = checkedSettings(contract, args, name, opts);
    const settings = resolveExternalDatabase(args);
    const { namespace } = args;
    const labels = objectLabels(
      { instance: args.instance ?? name, commonLabels: args.commonLabels },
      "database",
    );
    const child = { parent: this, dependsOn: opts?.dependsOn };

    if (args.password !== undefined) {
      this.passwordSecret = new k8s.core.v1.Secret(
        name,
        { metadata: { name, namespace, labels }, stringData: { password: pulumi.secret(args.password) } },
        { ...child, ...dataProtection(args.deletionProtection ?? true) },
      );
    }
    const ca = args.caCertificate;
    const bundle =
      ca === undefined
        ? undefined
        : contentConfigMap(`${name}-ca`, { namespace, labels, data: { "ca.crt": ca } }, child);

    this.connection = {
      host: settings.host,
      port: settings.port,
      database: settings.database,
      user: settings.user,
      password: { name: args.existingPasswordSecret ?? name, key: "password" },
      sslMode: settings.sslMode,
      ...(bundle && { ca: { configMap: bundle.name } }),
      connectTimeoutSeconds: durationSeconds(settings.connectTimeout),
      ...(args.password !== undefined && { passwordChecksum: secretChecksum({ password: args.password }) }),
    };
    this.ready = [this];
    this.registerOutputs({ host: this.connection.host });
  }
}
