import schema from "../../src/checks/schema.json";
import type { ArgumentCase } from "./argument-cases";
import { resourceCases, withGiven } from "./argument-cases";

const monitoring = {
  ...{ "backup.enabled": true, "backup.pushgateway.url": "http://pushgateway.monitoring.svc:9091" },
  "monitoring.enabled": true,
  "monitoring.sqlExporter.enabled": true,
};

/** A login is named as a whole. */
const withLogin = {
  ...monitoring,
  "monitoring.sqlExporter.login.user": "watcher",
  "monitoring.sqlExporter.login.secretName": "watcher",
};

/** Every argument of `monitoring`. */
export const monitoringCases: Record<string, ArgumentCase> = {
  "monitoring.enabled": { value: true },
  "monitoring.scrapers": { value: [{ podLabels: { app: "victoria" } }], given: monitoring },
  "monitoring.serviceMonitor.enabled": { value: false, given: monitoring },
  "monitoring.serviceMonitor.interval": { value: "2m", given: monitoring },
  "monitoring.serviceMonitor.scrapeTimeout": { value: "20s", given: monitoring },
  "monitoring.serviceMonitor.labels": { value: { release: "prometheus" }, given: monitoring },
  "monitoring.serviceMonitor.relabelings": {
    value: [{ action: "labeldrop", regex: "pod" }],
    given: monitoring,
  },
  "monitoring.rules.enabled": { value: false, given: monitoring },
  "monitoring.rules.interval": { value: "30s", given: monitoring },
  "monitoring.rules.labels": { value: { release: "prometheus" }, given: monitoring },
  "monitoring.rules.alertLabels": { value: { team: "pki" }, given: monitoring },
  "monitoring.rules.alertAnnotations": { value: { chat: "#pki" }, given: monitoring },
  "monitoring.rules.runbookBaseUrl": { value: "https://docs.example.com/runbooks", given: monitoring },
  "monitoring.rules.kubeStateMetrics": { value: false, given: { "monitoring.enabled": true } },
  "monitoring.rules.kubeletMetrics": { value: false, given: monitoring },
  "monitoring.rules.sentinelAgents": { value: 2, given: monitoring },
  "monitoring.rules.issuanceObjective": { value: 0.999, given: monitoring },
  ...alertCases(),
  "monitoring.dashboard.enabled": { value: false, given: monitoring },
  "monitoring.dashboard.labels": { value: { dashboards: "grafana" }, given: monitoring },
  "monitoring.dashboard.annotations": { value: { grafana_folder: "Certificates" }, given: monitoring },
  "monitoring.sqlExporter.enabled": { value: true, given: { "monitoring.enabled": true } },
  "monitoring.sqlExporter.interval": { value: "2m", given: monitoring },
  "monitoring.sqlExporter.login.user": { value: "reader", given: withLogin },
  "monitoring.sqlExporter.login.secretName": { value: "reader", given: withLogin },
  ...withGiven(resourceCases("monitoring.sqlExporter.resources"), monitoring),
  "monitoring.backup.period": { value: "12h", given: monitoring },
  "monitoring.backup.cronJob": { value: "nightly-dump", given: monitoring },
  "monitoring.drill.period": { value: "30d", given: monitoring },
  "monitoring.drill.cronJob": { value: "weekly-restore", given: monitoring },
};

/** Every alert, with everything that can be tuned of it. */
function alertCases(): Record<string, ArgumentCase> {
  const { AlertsSettings, AlertSettings, ThresholdAlertSettings } = schema.definitions;
  const tuned = {
    enabled: false,
    for: "77m",
    severity: "info",
    labels: { team: "pki" },
    annotations: { chat: "#pki" },
    threshold: 0.777,
  };
  const ofAlert = ([name, { $ref }]: [string, { $ref: string }]): [string, ArgumentCase][] => {
    const keys = Object.keys(
      ($ref.endsWith("ThresholdAlertSettings") ? ThresholdAlertSettings : AlertSettings).properties,
    );
    const cases = Object.entries(tuned).filter(([key]) => keys.includes(key));
    return cases.map(([key, value]) => [
      `monitoring.rules.alerts.${name}.${key}`,
      { value, given: monitoring },
    ]);
  };
  return Object.fromEntries(Object.entries(AlertsSettings.properties).flatMap(ofAlert));
}
