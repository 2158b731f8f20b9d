import { maximum, minutes, rise, serverSeries } from "../promql";
import type { Alert, AlertContext } from "./alert";

const hour = minutes(60);

function deadNotifications(context: AlertContext): string {
  return maximum(serverSeries("certctl_notification_dead_total", context));
}

const dead = {
  for: "5m",
  expression: (context: AlertContext, threshold: number) => `${deadNotifications(context)} > ${threshold}`,
  summary: "{{ $value }} notifications of {{ $labels.namespace }} were given up",
  description:
    "certctl does not try them again: nobody was told what they say. The number falls when they are requeued or deleted.",
};

export const jobAlerts = {
  CertctlJobFailureRateHigh: {
    severity: "warning",
    for: "15m",
    threshold: { default: 0.05, isShare: true },
    expression: (context, threshold) => {
      const failed = rise("certctl_job_failed_total", context, hour);
      return `${failed} / (${failed} + ${rise("certctl_job_completed_total", context, hour)}) > ${threshold}`;
    },
    summary:
      "{{ $value | humanizePercentage }} of the jobs of {{ $labels.namespace }} that ended in the last hour failed",
    description:
      "Counts are those of rows in the database. A retry that takes a job back from failed is no failure and no success.",
  },
  CertctlJobBacklog: {
    severity: "warning",
    for: "1h",
    threshold: { default: { small: 100, medium: 1000, large: 10000 } },
    expression: (context, threshold) =>
      `${maximum(serverSeries("certctl_job_pending", context))} > ${threshold}`,
    summary: "{{ $value }} jobs of {{ $labels.namespace }} are not done",
    description:
      "Jobs that wait for an approval, for a signing request or for an agent count too, and so do jobs that hang in Running.",
  },
  CertctlDeadNotifications: { severity: "warning", threshold: { default: 0 }, ...dead },
  CertctlManyDeadNotifications: { severity: "critical", threshold: { default: 10 }, ...dead },
} satisfies Record<string, Alert>;
