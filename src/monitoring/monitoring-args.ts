import type { KubernetesObject, ObjectName, PrometheusDuration } from "../kubernetes/types";
import type { NetworkPeer } from "../network/network-args";
import type { AlertsSettings } from "./alerts-args";
import type { SqlExporterSettings } from "./sql-exporter-args";

/**
 * How the instance is watched: objects for the Prometheus Operator (its custom resource definitions must
 * exist) and a Grafana dashboard.
 */
export interface MonitoringSettings {
  /** Whether the objects below are created. @default false */
  enabled?: boolean;
  /**
   * Prometheus: network policies let it in. Ports: those that it scrapes.
   *
   * @default the pods `app.kubernetes.io/name: prometheus` in the namespace monitoring, as the Prometheus
   * Operator labels them
   */
  scrapers?: NetworkPeer[];
  /** How Prometheus scrapes the server, and the SQL exporter where there is one. */
  serviceMonitor?: ServiceMonitorSettings;
  /** What Prometheus alerts about. */
  rules?: RuleSettings;
  /** The Grafana dashboard. */
  dashboard?: DashboardSettings;
  /** The exporter that sees all certificates, not the 50 oldest only. */
  sqlExporter?: SqlExporterSettings;
  /**
   * The CronJob that makes backups: where it is not the instance's own, or not as its schedule says. Its
   * alerts exist with `backup.enabled` too.
   */
  backup?: WatchedBackupSettings;
  /**
   * The CronJob that restores the newest backup for a test; as `backup`. Its alerts exist with
   * `backup.enabled` too.
   */
  drill?: WatchedDrillSettings;
}

/**
 * The ServiceMonitor: every replica is scraped with the metrics key, and its certificate is verified. That of
 * the SQL exporter has the same labels, intervals and relabelings.
 */
export interface ServiceMonitorSettings {
  /** Whether it is created. @default true */
  enabled?: boolean;
  // facts: metrics, audit-events
  /**
   * Time between two scrapes of a replica, 2m at most. Each writes an audit event, and reads all jobs and
   * agents.
   *
   * @default 1m
   */
  interval?: PrometheusDuration;
  /** Time after which a scrape has failed; not longer than the interval. @default 30s */
  scrapeTimeout?: PrometheusDuration;
  /**
   * Labels that the Prometheus resource selects ServiceMonitors by, such as `release: kube-prometheus-stack`.
   *
   * @default {}
   */
  labels?: Record<string, string>;
  /**
   * Relabelings of the targets before they are scraped, as the Prometheus Operator's `RelabelConfig`. Alerts
   * need the labels `job` and `namespace` as they are.
   *
   * @default []
   */
  relabelings?: KubernetesObject[];
}

/** The PrometheusRule. */
export interface RuleSettings {
  /** Whether it is created. @default true */
  enabled?: boolean;
  /** Time between two evaluations. @default 1m */
  interval?: PrometheusDuration;
  /**
   * Labels that the Prometheus resource selects PrometheusRules by, such as `release: kube-prometheus-stack`.
   *
   * @default {}
   */
  labels?: Record<string, string>;
  /** Labels of every alert, for routing. @default {} */
  alertLabels?: Record<string, string>;
  /** Annotations of every alert. @default {} */
  alertAnnotations?: Record<string, string>;
  /**
   * URL of the folder with the runbook pages; `/<name of the alert>.md` is appended.
   *
   * @default https://github.com/certctl-io/pulumi-certctl/blob/main/docs/runbooks
   * @pattern ^https?://[^\s]*[^/\s]$
   * @patternErrorMessage is not a URL of a folder, such as https://docs.example.com/runbooks; it starts with https:// and does not end with "/"
   */
  runbookBaseUrl?: string;
  /**
   * Whether this Prometheus has the metrics of kube-state-metrics. Alerts that need them exist with them
   * only.
   *
   * @default true
   */
  kubeStateMetrics?: boolean;
  /**
   * Whether this Prometheus has the kubelet's metrics of volumes (`kubelet_volume_stats_*`). Alerts that need
   * them exist with them only.
   *
   * @default true
   */
  kubeletMetrics?: boolean;
  // facts: metrics
  /**
   * Agents that certctl registers for its own scans, and that are never online; alerts
   * about agents leave them out.
   *
   * @default one for the network scan and one per source of cloud discovery, where they are on
   * @asType integer
   * @minimum 0
   */
  sentinelAgents?: number;
  /**
   * Share of issuances that shall succeed: the objective whose error budget is watched.
   *
   * @default 0.99
   * @minimum 0.95
   * @maximum 0.9999
   */
  issuanceObjective?: number;
  /** The alerts, by name. */
  alerts?: AlertsSettings;
}

/** The dashboard: a ConfigMap that Grafana's sidecar finds by its label. */
export interface DashboardSettings {
  /** Whether it is created. @default true */
  enabled?: boolean;
  /** Labels that the sidecar selects ConfigMaps by. @default grafana_dashboard: "1" */
  labels?: Record<string, string>;
  /** Annotations, such as `grafana_folder: Certificates`. @default {} */
  annotations?: Record<string, string>;
}

/** A CronJob that makes backups. */
export interface WatchedBackupSettings {
  /** Time between two runs. @default the longest one of `backup.schedule`; 1d without `backup.enabled` */
  period?: PrometheusDuration;
  /** Name of the CronJob. @default the instance's name and `-backup` */
  cronJob?: ObjectName;
}

/** A CronJob that restores backups for a test. */
export interface WatchedDrillSettings {
  /**
   * Time between two runs.
   *
   * @default the longest one of `backup.drill.schedule`; 1d without `backup.enabled`
   */
  period?: PrometheusDuration;
  /** Name of the CronJob. @default the instance's name and `-drill` */
  cronJob?: ObjectName;
}
