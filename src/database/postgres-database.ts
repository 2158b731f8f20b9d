import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkedSettings } from "../checks/checked-settings";
import { looksAt, partArguments, takes } from "../checks/contract";
import type { Contract } from "../checks/contract";
import { passwordSourceIssues, postgresIssues } from "./database-checks";
import type { FleetSize } from "../fleet-size/fleet-size-args";
import { resolveImages } from "../images/images";
import type { ImageSettings } from "../images/images-args";
import { secretChecksum } from "../kubernetes/hash";
import { derive } from "../kubernetes/inputs";
import { objectLabels, selectorLabels } from "../kubernetes/labels";
import { dataProtection } from "../kubernetes/protection";
import type { Database, DatabaseConnection } from "./database";
import type { PostgresSettings } from "./database-args";
import { postgresClaim, postgresService, postgresStatefulSet } from "./postgres-manifests";
import { resolvePostgres } from "./postgres-settings";

/** Arguments of a bundled PostgreSQL. */
export interface PostgresDatabaseArgs extends PostgresSettings {
  /** Namespace of the database. */
  namespace: pulumi.Input<string>;
  /**
   * Password of the role, which becomes a Secret; this or `existingPasswordSecret`. Any characters but NUL
   * and line breaks.
   */
  password?: pulumi.Input<string>;
  /** Name of a Secret with the key `password`. */
  existingPasswordSecret?: pulumi.Input<string>;
  /** Name of the instance that the database belongs to, for labels. @default the component's name */
  instance?: string;
  /**
   * Connections that clients may open together, with a reserve; a lower bound of `maxConnections`.
   *
   * @default 0
   */
  requiredConnections?: number;
  /** Sizes. @default small */
  fleetSize?: FleetSize;
  /** Protect claim and Secret from deletion. @default true */
  deletionProtection?: boolean;
  /** Seconds for which `pulumi up` waits for the pods. @default 600 */
  readyTimeoutSeconds?: number;
  /** Container images. */
  images?: ImageSettings;
  /** Labels on every object. @default {} */
  commonLabels?: Record<string, string>;
}

const contract: Contract<PostgresDatabaseArgs, PostgresSettings> = {
  settings: "PostgresSettings",
  others: {
    ...partArguments,
    password: looksAt("text"),
    existingPasswordSecret: looksAt("ObjectName"),
    requiredConnections: takes("number"),
    fleetSize: takes("setting"),
    deletionProtection: takes("setting"),
    readyTimeoutSeconds: takes("setting"),
    images: takes("setting"),
  },
  issues: (args) => [...passwordSourceIssues(args), ...postgresIssues(args)],
};

/**
 * PostgreSQL 16 in one pod: claim, Secret, headless Service, StatefulSet. A `Database` that server, migration
 * and backup accept.
 */
export class PostgresDatabase extends pulumi.ComponentResource implements Database {
  /** How to connect. */
  public readonly connection: DatabaseConnection;
  /** What must be there before anybody connects. */
  public readonly ready: pulumi.Resource[];
  /** Labels of its pod, for network policies. */
  public readonly podLabels: Record<string, string>;
  /** The data. */
  public readonly claim: k8s.core.v1.PersistentVolumeClaim;
  /** The password, unless an existing Secret holds it. */
  public readonly passwordSecret?: k8s.core.v1.Secret;
  /** Its DNS name. */
  public readonly service: k8s.core.v1.Service;
  /** The server. */
  public readonly statefulSet: k8s.apps.v1.StatefulSet;

  constructor(name: string, args: PostgresDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("certctl:index:PostgresDatabase", name, {}, opts);
    args = checkedSettings(contract, args, name, opts);
    const settings = resolvePostgres(args, args.fleetSize, args.requiredConnections);
    const child = { parent: this, dependsOn: opts?.dependsOn };
    const data = { ...child, ...dataProtection(args.deletionProtection ?? true) };
    const input = {
      name,
      namespace: args.namespace,
      instance: args.instance ?? name,
      commonLabels: args.commonLabels,
      images: resolveImages(args.images),
      settings,
      readyTimeoutSeconds: args.readyTimeoutSeconds,
      password: { name: args.existingPasswordSecret ?? name, key: "password" },
    };
    const labels = objectLabels(input, "database");

    if (args.password !== undefined) {
      this.passwordSecret = new k8s.core.v1.Secret(
        name,
        {
          metadata: { name, namespace: args.namespace, labels },
          stringData: { password: pulumi.secret(args.password) },
        },
        data,
      );
    }
    this.claim = new k8s.core.v1.PersistentVolumeClaim(name, postgresClaim(input), data);
    this.service = new k8s.core.v1.Service(name, postgresService(input), child);
    const before = [this.claim, this.service, ...(this.passwordSecret ? [this.passwordSecret] : [])];
    this.statefulSet = new k8s.apps.v1.StatefulSet(name, postgresStatefulSet(input), {
      parent: this,
      dependsOn: before,
    });

    this.connection = {
      host: derive([args.namespace], (namespace) => `${name}.${namespace}.svc`),
      port: settings.port,
      database: settings.database,
      user: settings.user,
      password: input.password,
      sslMode: settings.tls ? "verify-full" : "disable",
      ...(settings.tls && { ca: { secret: settings.tls.secretName } }),
      connectTimeoutSeconds: 10,
      ...(args.password !== undefined && { passwordChecksum: secretChecksum({ password: args.password }) }),
    };
    this.ready = [this];
    this.podLabels = selectorLabels(input, "database");
    this.registerOutputs({ host: this.connection.host });
  }
}
