import type { Issue } from "../checks/issues";
import { issueIf, joinPath, show, under } from "../checks/issues";
import { text } from "../checks/unseen";
import { labelIssues, resourceIssues } from "../kubernetes/kubernetes-checks";
import type { KubernetesObject } from "../kubernetes/types";
import { prometheusSeconds } from "../kubernetes/units";
import { emptyListIssues, peersIssues } from "../network/network-checks";
import type { AlertName, ThresholdAlertSettings } from "./alerts-args";
import { alerts } from "./alerts";
import type { Alert } from "./alerts/alert";
import type { MonitoringSettings, RuleSettings, ServiceMonitorSettings } from "./monitoring-args";
import type { SqlExporterSettings } from "./sql-exporter-args";
import { sqlExporterResources } from "./sql-exporter-manifests";
import { monitoringDefaults } from "./monitoring-settings";

/** What is wrong with the monitoring of an instance. */
export function monitoringIssues(settings: MonitoringSettings): Issue[] {
  const rules = settings.rules ?? {};
  return [
    ...under("scrapers", peersIssues(settings.scrapers)),
    ...emptyListIssues("scrapers", settings.scrapers, "nobody could scrape the server"),
    ...under("serviceMonitor", scrapeIssues(settings.serviceMonitor ?? {})),
    ...under("rules", ruleIssues(rules)),
    ...under("dashboard.labels", labelIssues(settings.dashboard?.labels)),
    ...under("sqlExporter", sqlExporterIssues(settings.sqlExporter ?? {}, settings.enabled === true)),
    ...under("backup", watchedIssues(settings.backup, rules)),
    ...under("drill", watchedIssues(settings.drill, rules)),
  ];
}

function scrapeIssues({ interval, scrapeTimeout, labels, relabelings }: ServiceMonitorSettings): Issue[] {
  const between = prometheusSeconds(text(interval) ?? monitoringDefaults.scrapeInterval);
  const timeout = prometheusSeconds(text(scrapeTimeout) ?? monitoringDefaults.scrapeTimeout);
  // The path is that of a value which the user gave; the other one may be a default.
  const path = scrapeTimeout === undefined ? "interval" : "scrapeTimeout";
  return [
    ...issueIf(between < 1, "interval", `${show(interval)} is too short; the least is 1s`),
    ...issueIf(
      between > 120,
      "interval",
      `${show(interval)} is too long; the most is 2m, because alerts look at windows of 5m`,
    ),
    ...issueIf(timeout < 1, "scrapeTimeout", `${show(scrapeTimeout)} is too short; the least is 1s`),
    ...issueIf(
      between >= 1 && timeout > between,
      path,
      `a scrape may take ${text(scrapeTimeout) ?? monitoringDefaults.scrapeTimeout}, which is longer than the interval, ${text(interval) ?? monitoringDefaults.scrapeInterval}`,
    ),
    ...under("labels", labelIssues(labels)),
    ...(relabelings ?? []).flatMap((relabeling, index) =>
      relabelingIssues(`relabelings[${String(index)}].targetLabel`, relabeling),
    ),
  ];
}

/** Alerts and dashboard find an instance by these labels. */
function relabelingIssues(path: string, { targetLabel }: KubernetesObject): Issue[] {
  const needed = ["job", "namespace"].includes(text(targetLabel) ?? "");
  return issueIf(
    needed,
    path,
    `${show(targetLabel)} is a label by which the alerts find the server; choose another`,
  );
}

function ruleIssues(rules: RuleSettings): Issue[] {
  return [
    ...issueIf(
      prometheusSeconds(text(rules.interval) ?? monitoringDefaults.evaluationInterval) < 1,
      "interval",
      `${show(rules.interval)} is too short; the least is 1s`,
    ),
    ...under("labels", labelIssues(rules.labels)),
    ...under("alertLabels", alertLabelIssues(rules.alertLabels)),
    ...Object.entries(alerts).flatMap(([name, alert]) =>
      under(`alerts.${name}`, alertIssues(alert, rules.alerts?.[name as AlertName] ?? {})),
    ),
  ];
}

function alertIssues(alert: Alert, { threshold, labels }: ThresholdAlertSettings): Issue[] {
  const isShare = alert.threshold?.isShare === true;
  return [
    ...issueIf(
      isShare && threshold !== undefined && threshold > 1,
      "threshold",
      `${show(threshold)} is no share; write 0.05 for 5 %`,
    ),
    ...under("labels", alertLabelIssues(labels)),
  ];
}

/**
 * Labels as Prometheus has them, which are stricter about keys than those of Kubernetes, and laxer about
 * values.
 */
function alertLabelIssues(labels: Record<string, string> | undefined): Issue[] {
  return Object.keys(labels ?? {}).flatMap((key) => {
    const path = joinPath("", key);
    const valid = /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(key) && !key.startsWith("__");
    return [
      ...issueIf(!valid, path, 'is not a label of Prometheus; use letters, digits and "_"'),
      ...issueIf(reserved.includes(key), path, "is set by the rules; choose another key"),
    ];
  });
}

/** What is wrong with the exporter of what the database knows. */
export function sqlExporterIssues(
  { enabled, interval, resources }: SqlExporterSettings,
  monitored: boolean,
): Issue[] {
  const seconds = prometheusSeconds(text(interval) ?? "1m");
  return [
    ...issueIf(
      enabled === true && !monitored,
      "enabled",
      "has no effect without monitoring.enabled: true; set that too",
    ),
    ...issueIf(seconds < 10, "interval", `${show(interval)} is too short; the least is 10s`),
    ...issueIf(
      seconds > 600,
      "interval",
      `${show(interval)} is too long; the most is 10m, because alerts wait for its metrics`,
    ),
    ...under("resources", resourceIssues(resources, sqlExporterResources)),
  ];
}

const reserved = ["alertname", "severity", "certctl_instance", "namespace"];

function watchedIssues(
  watched: { period?: string } | undefined,
  { kubeStateMetrics }: RuleSettings,
): Issue[] {
  const period = text(watched?.period);
  return [
    ...issueIf(
      period !== undefined && prometheusSeconds(period) < 60,
      "period",
      `${show(period)} is too short; the least is 1m`,
    ),
    ...issueIf(
      watched !== undefined && kubeStateMetrics === false,
      "",
      "its alerts need the metrics of kube-state-metrics; remove it, or rules.kubeStateMetrics: false",
    ),
  ];
}
