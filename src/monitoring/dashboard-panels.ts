import type { AlertContext } from "./alerts/alert";
import { exporterSeries, objectSeries, serverSeries } from "./promql";
import type { WatchedInstance } from "./promql";

/** A panel: what it shows, in Grafana's units. */
export interface Panel {
  title: string;
  kind: "stat" | "timeseries";
  unit: "short" | "s" | "percentunit" | "bytes";
  /** Of 24 columns. */
  width: number;
  description?: string;
  /** PromQL by the text of its legend. */
  queries: Record<string, string>;
}

/** Panels under a heading. */
export interface PanelRow {
  title: string;
  panels: Panel[];
}

/** The dashboard's variables stand for the instance, so that one dashboard shows each of them. */
const chosen: WatchedInstance = { name: "$server", namespace: "$namespace", server: "$server" };
const server = (metric: string, ...matchers: string[]): string => serverSeries(metric, chosen, ...matchers);
const object = (metric: string, ...matchers: string[]): string => objectSeries(metric, chosen, ...matchers);

/** A number of the database, which is the same on every replica. */
function figure(title: string, metric: string): Panel {
  return { title, kind: "stat", unit: "short", width: 4, queries: { [title]: `max(${server(metric)})` } };
}

/** The rows of the dashboard. Those about objects of Kubernetes are there when their metrics are. */
export function dashboardRows(context: AlertContext): PanelRow[] {
  const objects = [
    ...(context.kubeStateMetrics ? objectPanels(context) : []),
    ...(context.kubeletMetrics ? volumePanels(context) : []),
  ];
  return [
    overview,
    { title: "Certificates", panels: [...statePanels(context), renewalFindings] },
    issuance,
    agentsAndJobs,
    processes,
    ...(objects.length > 0 ? [{ title: "Kubernetes", panels: objects }] : []),
  ];
}

const overview: PanelRow = {
  title: "Overview",
  panels: [
    { title: "Servers up", kind: "stat", unit: "short", width: 4, queries: { up: `sum(${server("up")})` } },
    figure("Certificates", "certctl_certificate_total"),
    figure("Agents online", "certctl_agent_online"),
    figure("Jobs not done", "certctl_job_pending"),
    figure("Dead notifications", "certctl_notification_dead_total"),
    {
      title: "Audit chain checked",
      kind: "stat",
      unit: "s",
      width: 4,
      description: "Time since the last check of the chain of audit events.",
      queries: { age: `time() - max(${server("certctl_audit_chain_last_verified_at")} > 0)` },
    },
  ],
};

/** Of all certificates, where an exporter counts them. */
function statePanels({ exporter }: AlertContext): Panel[] {
  if (exporter === undefined) return [oldestByState];
  const sql = (metric: string, ...matchers: string[]): string =>
    `max(${exporterSeries(metric, chosen, exporter, ...matchers)})`;
  return [
    {
      title: "Certificates by state",
      kind: "timeseries",
      unit: "short",
      width: 12,
      queries: {
        "{{status}}": `max by (status) (${exporterSeries("certctl_sql_certificates", chosen, exporter)})`,
      },
    },
    {
      title: "Certificates that expire",
      kind: "timeseries",
      unit: "short",
      width: 12,
      description: "Without those that are revoked or archived.",
      queries: {
        "in 30 days": sql("certctl_sql_certificates_expiring", 'days="30"'),
        "in 7 days": sql("certctl_sql_certificates_expiring", 'days="7"'),
        expired: sql("certctl_sql_certificates_expired"),
      },
    },
    {
      title: "Time to the next expiry",
      kind: "timeseries",
      unit: "s",
      width: 12,
      queries: { time: `${sql("certctl_sql_certificates_earliest_expiry_timestamp_seconds")} - time()` },
    },
  ];
}

const oldestByState: Panel = {
  title: "Certificates by state",
  kind: "timeseries",
  unit: "short",
  width: 12,
  description: "All is right. certctl counts the states among its 50 oldest certificates only.",
  queries: {
    all: `max(${server("certctl_certificate_total")})`,
    active: `max(${server("certctl_certificate_active")})`,
    "expiring in 30 days": `max(${server("certctl_certificate_expiring_soon")})`,
    expired: `max(${server("certctl_certificate_expired")})`,
    revoked: `max(${server("certctl_certificate_revoked")})`,
  },
};

const renewalFindings: Panel = {
  title: "Findings of the renewal scan, per hour",
  kind: "timeseries",
  unit: "short",
  width: 12,
  description:
    "Certificates that have crossed a threshold of their renewal policy, at each scan, of all certificates.",
  queries: {
    "{{threshold}} days, {{result}}": `sum by (threshold, result) (increase(${server("certctl_expiry_alerts_total")}[1h]))`,
  },
};

const issuance: PanelRow = {
  title: "Issuance",
  panels: [
    {
      title: "Issuances per hour",
      kind: "timeseries",
      unit: "short",
      width: 8,
      queries: {
        "{{issuer_type}}, {{outcome}}": `sum by (issuer_type, outcome) (increase(${server("certctl_issuance_total")}[1h]))`,
      },
    },
    {
      title: "Failures per hour, by cause",
      kind: "timeseries",
      unit: "short",
      width: 8,
      queries: {
        "{{issuer_type}}, {{error_class}}": `sum by (issuer_type, error_class) (increase(${server("certctl_issuance_failures_total")}[1h]))`,
      },
    },
    {
      title: "Time to issue, 95th percentile",
      kind: "timeseries",
      unit: "s",
      width: 8,
      queries: {
        "{{issuer_type}}": `histogram_quantile(0.95, sum by (le, issuer_type) (rate(${server("certctl_issuance_duration_seconds_bucket")}[1h])))`,
      },
    },
    {
      title: "OCSP requests per 15 minutes",
      kind: "timeseries",
      unit: "short",
      width: 12,
      queries: { "{{label}}": `sum by (label) (increase(${server("certctl_ocsp_counter_total")}[15m]))` },
    },
    {
      title: "Renewals of the Vault token per hour",
      kind: "timeseries",
      unit: "short",
      width: 12,
      queries: {
        "{{result}}": `sum by (result) (increase(${server("certctl_vault_token_renewals_total")}[1h]))`,
      },
    },
  ],
};

const agentsAndJobs: PanelRow = {
  title: "Agents and jobs",
  panels: [
    {
      title: "Agents",
      kind: "timeseries",
      unit: "short",
      width: 8,
      description: "Agents that certctl registers for its own scans are among all, and never online.",
      queries: {
        all: `max(${server("certctl_agent_total")})`,
        online: `max(${server("certctl_agent_online")})`,
      },
    },
    {
      title: "Jobs not done",
      kind: "timeseries",
      unit: "short",
      width: 8,
      queries: { jobs: `max(${server("certctl_job_pending")})` },
    },
    {
      title: "Jobs that ended",
      kind: "timeseries",
      unit: "short",
      width: 8,
      description: "Rows in the database: the number of failed jobs falls when they are tried again.",
      queries: {
        completed: `max(${server("certctl_job_completed_total")})`,
        failed: `max(${server("certctl_job_failed_total")})`,
      },
    },
  ],
};

const processes: PanelRow = {
  title: "Servers",
  panels: [
    {
      title: "Uptime",
      kind: "timeseries",
      unit: "s",
      width: 12,
      queries: { "{{pod}}": server("certctl_uptime_seconds") },
    },
    {
      title: "Duration of a scrape",
      kind: "timeseries",
      unit: "s",
      width: 12,
      queries: { "{{pod}}": server("scrape_duration_seconds") },
    },
  ],
};

function objectPanels({ postgres, backup, drill }: AlertContext): Panel[] {
  const replicas: Panel = {
    title: "Replicas",
    kind: "timeseries",
    unit: "short",
    width: 8,
    queries: {
      "servers wanted": `max(${object("kube_deployment_spec_replicas", 'deployment="$server"')})`,
      "servers ready": `max(${object("kube_deployment_status_replicas_ready", 'deployment="$server"')})`,
      ...(postgres !== undefined && {
        "database ready": `max(${object("kube_statefulset_status_replicas_ready", `statefulset="${postgres}"`)})`,
      }),
    },
  };
  const ages = Object.entries({ backup, drill }).flatMap(([legend, watched]) =>
    watched
      ? [
          [
            legend,
            `time() - max(${object("kube_cronjob_status_last_successful_time", `cronjob="${watched.cronJob}"`)})`,
          ],
        ]
      : [],
  );
  const age: Panel = {
    title: "Age of the last success",
    kind: "timeseries",
    unit: "s",
    width: 8,
    queries: Object.fromEntries(ages) as Record<string, string>,
  };
  return ages.length > 0 ? [replicas, age] : [replicas];
}

function volumePanels({ postgres }: AlertContext): Panel[] {
  if (postgres === undefined) return [];
  const volume = (what: string): string =>
    `max(${object(`kubelet_volume_stats_${what}_bytes`, `persistentvolumeclaim="${postgres}"`)})`;
  const queries = { used: volume("used"), capacity: volume("capacity") };
  return [{ title: "Volume of the database", kind: "timeseries", unit: "bytes", width: 8, queries }];
}
