import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkedSettings } from "../checks/checked-settings";
import { needs, partArguments, takes } from "../checks/contract";
import type { Contract } from "../checks/contract";
import { under } from "../checks/issues";
import { monitoringIssues } from "./monitoring-checks";
import { dependencies } from "../kubernetes/dependencies";
import { derive } from "../kubernetes/inputs";
import { objectLabels } from "../kubernetes/labels";
import { trustAdvice, trustSourceIssues } from "../tls/trust";
import { Unpublished } from "../kubernetes/unpublished";
import type { Trust } from "../tls/trust";
import { dashboardJson } from "./dashboard";
import type { MonitoringSettings } from "./monitoring-args";
import { alertContext } from "./monitoring-settings";
import type { WatchedParts } from "./monitoring-settings";
import { ruleGroups } from "./prometheus-rule";
import { serviceMonitorSpec, sqlExporterMonitorSpec } from "./service-monitor";

/**
 * Arguments of the monitoring of an instance. `enabled` is not looked at: a component that is made is wanted.
 * `sqlExporter` is a component of its own.
 */
export interface CertctlMonitoringArgs extends MonitoringSettings, WatchedParts {
  /** Namespace of the instance, and of these objects: the scrape reads a Secret of it. */
  namespace: pulumi.Input<string>;
  /** Secret with the API key `metrics`. */
  apiKeys: pulumi.Input<string>;
  /** What Prometheus trusts. */
  trust: Trust;
  /** Labels on every object. @default {} */
  commonLabels?: Record<string, string>;
}

const contract: Contract<CertctlMonitoringArgs, MonitoringSettings> = {
  settings: "MonitoringSettings",
  except: ["sqlExporter"],
  others: {
    ...partArguments,
    instance: needs("ObjectName", "the name of the instance"),
    fleetSize: takes("setting"),
    server: needs("text", "the name of the server's Service and Deployment"),
    exporter: takes("text"),
    postgres: takes("text"),
    migrationJob: needs("text", "the begin of the names of migration Jobs"),
    provisioningJob: needs("text", "the begin of the names of provisioning Jobs"),
    renewalScanSeconds: takes("number"),
    backupSchedule: takes("CronSchedule"),
    drillSchedule: takes("CronSchedule"),
    pushesBackups: takes("boolean"),
    sentinelAgents: takes("number"),
    apiKeys: needs("text", "the name of a Secret with the key metrics"),
    trust: needs("object", trustAdvice),
  },
  issues: (args) => [...under("trust", trustSourceIssues(args.trust)), ...monitoringIssues(args)],
};

/** Objects of the Prometheus Operator. */
interface OperatorObjects {
  serviceMonitor?: k8s.apiextensions.CustomResource;
  exporterMonitor?: k8s.apiextensions.CustomResource;
  prometheusRule?: k8s.apiextensions.CustomResource;
}

const objects = new Unpublished<CertctlMonitoring, OperatorObjects>();

/**
 * How an instance is watched: ServiceMonitor and PrometheusRule for the Prometheus Operator, and a Grafana
 * dashboard.
 */
export class CertctlMonitoring extends pulumi.ComponentResource {
  /** The ConfigMap that Grafana finds; none with `dashboard.enabled: false`. */
  public readonly dashboard?: k8s.core.v1.ConfigMap;

  constructor(name: string, args: CertctlMonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("certctl:index:CertctlMonitoring", name, {}, opts);
    args = checkedSettings(contract, args, name, opts);
    const { namespace, server, serviceMonitor = {}, rules = {}, dashboard = {} } = args;
    const made = objects.hold(this, {});
    const child = { parent: this, dependsOn: dependencies(opts) };
    const metadata = (labels?: Record<string, string>) => ({
      name,
      namespace,
      labels: { ...labels, ...objectLabels(args, "monitoring") },
    });

    if (serviceMonitor.enabled ?? true) {
      const serverName = derive([namespace], (ns) => `${server}.${ns}.svc`);
      made.serviceMonitor = new k8s.apiextensions.CustomResource(
        `${name}-scrape`,
        {
          apiVersion: "monitoring.coreos.com/v1",
          kind: "ServiceMonitor",
          metadata: metadata(serviceMonitor.labels),
          spec: serviceMonitorSpec({ ...args, settings: serviceMonitor, serverName }),
        },
        child,
      );
    }
    if (args.exporter !== undefined && (serviceMonitor.enabled ?? true)) {
      made.exporterMonitor = new k8s.apiextensions.CustomResource(
        `${name}-exporter-scrape`,
        {
          apiVersion: "monitoring.coreos.com/v1",
          kind: "ServiceMonitor",
          metadata: { ...metadata(serviceMonitor.labels), name: args.exporter },
          spec: sqlExporterMonitorSpec(args, serviceMonitor),
        },
        child,
      );
    }
    if (rules.enabled ?? true) {
      made.prometheusRule = new k8s.apiextensions.CustomResource(
        `${name}-rules`,
        {
          apiVersion: "monitoring.coreos.com/v1",
          kind: "PrometheusRule",
          metadata: metadata(rules.labels),
          spec: derive([namespace], (ns) => ({ groups: ruleGroups(alertContext(args, ns, args), rules) })),
        },
        child,
      );
    }
    if (dashboard.enabled ?? true) {
      const { labels = { grafana_dashboard: "1" }, annotations = {} } = dashboard;
      this.dashboard = new k8s.core.v1.ConfigMap(
        `${name}-dashboard`,
        {
          metadata: {
            ...metadata(labels),
            name: `${name}-dashboard`,
            ...(Object.keys(annotations).length > 0 && { annotations }),
          },
          data: {
            [`${name}.json`]: derive([namespace], (ns) => dashboardJson(alertContext(args, ns, args))),
          },
        },
        child,
      );
    }
    this.registerOutputs({});
  }

  /** How Prometheus scrapes the server; none with `serviceMonitor.enabled: false`. */
  public get serviceMonitor(): k8s.apiextensions.CustomResource | undefined {
    return objects.of(this).serviceMonitor;
  }

  /** How Prometheus scrapes the SQL exporter, if there is one. */
  public get exporterMonitor(): k8s.apiextensions.CustomResource | undefined {
    return objects.of(this).exporterMonitor;
  }

  /** The alerts; none with `rules.enabled: false`. */
  public get prometheusRule(): k8s.apiextensions.CustomResource | undefined {
    return objects.of(this).prometheusRule;
  }
}
