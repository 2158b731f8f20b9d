import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkedSettings } from "../checks/checked-settings";
import { needs, partArguments, takes } from "../checks/contract";
import type { Contract } from "../checks/contract";
import { sqlExporterIssues } from "./monitoring-checks";
import type { Database } from "../database/database";
import { resolveImages } from "../images/images";
import type { ImageSettings } from "../images/images-args";
import { dependencies } from "../kubernetes/dependencies";
import { objectLabels } from "../kubernetes/labels";
import { contentConfigMap } from "../kubernetes/scripts";
import type { Scheduling } from "../kubernetes/types";
import { prometheusSeconds } from "../kubernetes/units";
import type { SqlExporterSettings } from "./sql-exporter-args";
import { sqlExporterDeployment, sqlExporterService } from "./sql-exporter-manifests";
import { sqlExporterConfig } from "./sql-exporter-queries";

/**
 * Arguments of an exporter of what the database knows. `enabled` is not looked at: a component that is made
 * is wanted.
 */
export interface SqlExporterArgs extends SqlExporterSettings {
  /** Namespace of the exporter. */
  namespace: pulumi.Input<string>;
  /** The database that it asks. */
  database: Database;
  /** Name of the instance, for labels. @default the component's name */
  instance?: string;
  /** Seconds for which `pulumi up` waits for the pod. @default 600 */
  readyTimeoutSeconds?: number;
  /** Container images. */
  images?: ImageSettings;
  /** Labels on every object. @default {} */
  commonLabels?: Record<string, string>;
  /** Where the pod may run. */
  scheduling?: Scheduling;
}

const contract: Contract<SqlExporterArgs, SqlExporterSettings> = {
  settings: "SqlExporterSettings",
  others: {
    ...partArguments,
    database: needs(["connection", "ready"], "a Database, such as new PostgresDatabase(…)"),
    readyTimeoutSeconds: takes("setting"),
    images: takes("setting"),
    scheduling: takes("Scheduling"),
  },
  issues: (args) => sqlExporterIssues(args, true),
};

/**
 * Asks the database for what the server's gauges cannot tell above 50 certificates: ConfigMap with the
 * queries, Service, Deployment.
 */
export class SqlExporter extends pulumi.ComponentResource {
  /** Where Prometheus scrapes it. */
  public readonly service: k8s.core.v1.Service;
  /** Its pod. */
  public readonly deployment: k8s.apps.v1.Deployment;

  constructor(name: string, args: SqlExporterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("certctl:index:SqlExporter", name, {}, opts);
    args = checkedSettings(contract, args, name, opts);
    const { namespace, login, interval = "1m" } = args;
    const labelled = { instance: args.instance ?? name, commonLabels: args.commonLabels };
    const child = { parent: this, dependsOn: dependencies(opts) };

    const data = { "config.yaml": sqlExporterConfig(prometheusSeconds(interval)) };
    const config = contentConfigMap(
      `${name}-config`,
      { namespace, labels: objectLabels(labelled, "sql-exporter"), data },
      child,
    );
    const { connection, ready } = args.database;
    const own = login && {
      user: login.user,
      password: { name: login.secretName, key: "password" },
      passwordChecksum: undefined,
    };
    const input = {
      ...args,
      ...labelled,
      name,
      images: resolveImages(args.images),
      connection: { ...connection, ...own },
      config: config.name,
    };
    this.service = new k8s.core.v1.Service(name, sqlExporterService(input), child);
    this.deployment = new k8s.apps.v1.Deployment(name, sqlExporterDeployment(input), {
      parent: this,
      dependsOn: dependencies(opts, [...ready, config.resource]),
    });
    this.registerOutputs({});
  }
}
