import { maximum, minutes, objectSeries, serverSeries, total, unanswered } from "../promql";
import type { Alert, AlertContext } from "./alert";

const hour = minutes(60);

/** Metrics that every scrape shows, also of a server that has done nothing yet. */
const alwaysThere = [
  "certctl_certificate_total",
  "certctl_certificate_expiring_soon",
  "certctl_certificate_expired",
  "certctl_agent_total",
  "certctl_agent_online",
  "certctl_job_pending",
  "certctl_job_completed_total",
  "certctl_job_failed_total",
  "certctl_notification_dead_total",
  "certctl_uptime_seconds",
  "certctl_ocsp_counter_total",
  "certctl_vault_token_renewals_total",
  "certctl_audit_chain_last_verified_at",
];

/** Of these, the ones that no alert needs where an SQL exporter counts. */
const countedByExporter = ["certctl_certificate_expiring_soon", "certctl_certificate_expired"];

/** Containers of the server that are in a state. Pods are named after the Deployment, with two parts more. */
function serverContainers(context: AlertContext, state: "running" | "ready"): string {
  const pods = `pod=~"${context.server}-[a-z0-9]+-[a-z0-9]+"`;
  return total(objectSeries(`kube_pod_container_status_${state}`, context, pods, 'container="server"'));
}

/** /ready answers 503 for one reason only: no answer of the database. */
function databaseDown(context: AlertContext): string {
  const running = serverContainers(context, "running");
  const servers = `(${running} > 0 and ${serverContainers(context, "ready")} == 0 and ${total(serverSeries("up", context))} == 0)`;
  if (context.postgres === undefined) return servers;
  const ready = objectSeries(
    "kube_statefulset_status_replicas_ready",
    context,
    `statefulset="${context.postgres}"`,
  );
  return `(${servers} or ${maximum(ready)} == 0)`;
}

function missing(series: string, metric: string): string {
  return `label_replace(absent(${series}), "metric", "${metric}", "", "")`;
}

function missingMetrics(context: AlertContext): string {
  const needed = alwaysThere.filter(
    (metric) => context.exporter === undefined || !countedByExporter.includes(metric),
  );
  const own = needed.map((metric) => missing(serverSeries(metric, context), metric));
  const cronJobs = [context.backup, context.drill].flatMap((watched) => watched?.cronJob ?? []);
  const objects = [
    ["kube_deployment_spec_replicas", `deployment="${context.server}"`],
    ...cronJobs.map((cronJob) => ["kube_cronjob_info", `cronjob="${cronJob}"`]),
  ];
  const volume = [
    "kubelet_volume_stats_available_bytes",
    `persistentvolumeclaim="${context.postgres ?? ""}"`,
  ];
  const others = [
    ...(context.kubeStateMetrics ? objects : []),
    ...(context.kubeletMetrics && context.postgres !== undefined ? [volume] : []),
  ];
  const elsewhere = others.map(([metric = "", matcher = ""]) =>
    missing(objectSeries(metric, context, matcher), metric),
  );
  const answered = `((${own.join(" or ")}) and on (namespace) ${total(serverSeries("up", context))} > 0)`;
  return `max by (namespace, metric) (${[answered, ...elsewhere].join(" or ")})`;
}

export const serverAlerts = {
  CertctlServerDown: {
    severity: "critical",
    for: "5m",
    expression: (context) => {
      const silent = unanswered(serverSeries("up", context));
      return context.kubeStateMetrics ? `(${silent}) unless ${databaseDown(context)}` : silent;
    },
    summary: "No server of {{ $labels.namespace }} answers",
    description:
      "Every scrape fails, or there is no target. A scrape needs the database, too: without kube-state-metrics this alert tells of a " +
      "database that is down, and with it CertctlDatabaseDown does.",
  },
  CertctlServerReplicaDown: {
    severity: "warning",
    for: "15m",
    expression: (context) => {
      const up = serverSeries("up", context);
      return `count by (namespace) (${up} == 0) > 0 and ${total(up)} > 0`;
    },
    summary: "{{ $value }} servers of {{ $labels.namespace }} do not answer",
    description: "The others do.",
  },
  CertctlServerRestarting: {
    severity: "warning",
    for: "0s",
    threshold: { default: 2 },
    expression: (context, threshold) =>
      `${total(`resets(${serverSeries("certctl_uptime_seconds", context)}[${hour.text}])`)} > ${threshold}`,
    summary: "Servers of {{ $labels.namespace }} restarted {{ $value }} times in the last hour",
    description: "A rollout does not count: its pods are new. What the process counted before is lost.",
  },
  CertctlAuditChainCheckStale: {
    severity: "warning",
    for: "15m",
    threshold: { default: 46800 },
    expression: (context, threshold) => {
      const verified = `${serverSeries("certctl_audit_chain_last_verified_at", context)} > 0`;
      const started = `time() - ${serverSeries("certctl_uptime_seconds", context)}`;
      return `time() - ${maximum(`(${verified}) or (${started})`)} > ${threshold}`;
    },
    summary:
      "The audit chain of {{ $labels.namespace }} was last checked {{ $value | humanizeDuration }} ago",
    description:
      "It is checked every six hours (CERTCTL_AUDIT_CHAIN_VERIFY_INTERVAL); the default allows two of them and one hour. Nothing alerts on " +
      "certctl_audit_chain_break_detected_total: certctl 2.1 counts breaks where there are none.",
  },
  CertctlMetricsMissing: {
    severity: "warning",
    for: "15m",
    expression: missingMetrics,
    summary: "The metric {{ $labels.metric }} of {{ $labels.namespace }} is missing",
    description: "Alerts that need it are silent, whatever happens.",
  },
  CertctlDatabaseDown: {
    severity: "critical",
    for: "2m",
    applies: ({ kubeStateMetrics }) => kubeStateMetrics,
    expression: databaseDown,
    summary: "The database of {{ $labels.namespace }} does not answer",
    description: "Servers run and none is ready, or the bundled PostgreSQL is not.",
  },
} satisfies Record<string, Alert>;
