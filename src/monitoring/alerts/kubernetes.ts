import { maximum, objectSeries, total } from "../promql";
import type { Alert, AlertContext } from "./alert";

function failedJobs(context: AlertContext, prefix: string): string {
  return total(
    objectSeries("kube_job_failed", context, `job_name=~"${prefix}-[0-9a-f]{8}"`, 'condition="true"'),
  );
}

function freeShare(context: AlertContext): string {
  const volume = (what: string): string =>
    maximum(
      objectSeries(
        `kubelet_volume_stats_${what}_bytes`,
        context,
        `persistentvolumeclaim="${context.postgres ?? ""}"`,
      ),
    );
  return `${volume("available")} / ${volume("capacity")}`;
}

const volume = {
  applies: ({ kubeletMetrics, postgres }: AlertContext) => kubeletMetrics && postgres !== undefined,
  expression: (context: AlertContext, threshold: number) => `${freeShare(context)} < ${threshold}`,
  summary: "{{ $value | humanizePercentage }} of the database's volume of {{ $labels.namespace }} are free",
};

const withObjects = ({ kubeStateMetrics }: AlertContext): boolean => kubeStateMetrics;

export const kubernetesAlerts = {
  CertctlRolloutStuck: {
    severity: "warning",
    for: "5m",
    applies: withObjects,
    expression: (context) => {
      const condition = ['condition="Progressing"', 'status="false"'];
      return `${maximum(objectSeries("kube_deployment_status_condition", context, `deployment="${context.server}"`, ...condition))} > 0`;
    },
    summary: "The rollout of the servers of {{ $labels.namespace }} makes no progress",
    description:
      "No new pod became ready within the Deployment's deadline of ten minutes. Pods of before go on serving.",
  },
  CertctlMigrationFailed: {
    severity: "critical",
    for: "0s",
    applies: withObjects,
    expression: (context) => `${failedJobs(context, context.migrationJob)} > 0`,
    summary: "The database migration of {{ $labels.namespace }} failed",
    description: "The update stopped before the server changed; the server of before goes on serving.",
  },
  CertctlProvisioningFailed: {
    severity: "warning",
    for: "0s",
    applies: withObjects,
    expression: (context) => `${failedJobs(context, context.provisioningJob)} > 0`,
    summary: "The provisioning of {{ $labels.namespace }} failed",
    description:
      "Roles may not be granted, or issuers are not loaded, as with a wrong encryption key: the server is ready all the same.",
  },
  CertctlDatabaseVolumeFilling: {
    severity: "warning",
    for: "15m",
    threshold: { default: 0.2, isShare: true },
    ...volume,
    description:
      "Every call of the API writes an audit event, also each heartbeat: about 4,300 rows per agent and day.",
  },
  CertctlDatabaseVolumeFull: {
    severity: "critical",
    for: "5m",
    threshold: { default: 0.05, isShare: true },
    ...volume,
    description: "PostgreSQL stops when its volume is full, and with it every issuance.",
  },
} satisfies Record<string, Alert>;
