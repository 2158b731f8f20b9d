import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import type { AlertingRule, RuleGroup } from "../../src/monitoring/prometheus-rule";
import { manifestOf } from "./pods";

/**
 * An instance with every alert: a bundled database, an SQL exporter, an hourly backup that tells a
 * Pushgateway, a weekly drill; and the network scan, which registers an agent.
 */
export const everyAlert: CertctlArgs = {
  server: { networkScan: { enabled: true } },
  backup: {
    enabled: true,
    schedule: "@hourly",
    drill: { schedule: "@weekly" },
    pushgateway: { url: "http://pushgateway.monitoring.svc:9091" },
  },
  monitoring: { enabled: true, sqlExporter: { enabled: true } },
};

/** The same without the SQL exporter, whose place the server's own gauges take. */
export const withoutExporter: CertctlArgs = {
  ...everyAlert,
  monitoring: { ...everyAlert.monitoring, sqlExporter: { enabled: false } },
};

/** The groups of rules of an instance, from its manifests. */
export async function renderedGroups(args: CertctlArgs = everyAlert): Promise<RuleGroup[]> {
  const manifests = await renderArgs({ ...placeholderArgs({}), ...args });
  return (manifestOf(manifests, "PrometheusRule", "certctl-monitoring").spec as { groups: RuleGroup[] })
    .groups;
}

/** All its rules. */
export async function renderedRules(args?: CertctlArgs): Promise<AlertingRule[]> {
  return (await renderedGroups(args)).flatMap(({ rules }) => rules);
}

/** A panel of a rendered dashboard. */
export interface DashboardPanel {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  fieldConfig?: { defaults: { unit: string } };
  targets?: { expr: string; legendFormat: string; refId: string }[];
}

/** The dashboard of an instance, from its ConfigMap. */
export async function renderedDashboard(
  args: CertctlArgs = everyAlert,
): Promise<{ panels: DashboardPanel[]; [key: string]: unknown }> {
  const manifests = await renderArgs({ ...placeholderArgs({}), ...args });
  const [json = ""] = Object.values(
    manifestOf(manifests, "ConfigMap", "certctl-monitoring-dashboard").data as Record<string, string>,
  );
  return JSON.parse(json) as { panels: DashboardPanel[] };
}
