import { maximum, objectSeries } from "../promql";
import type { Alert, AlertContext, WatchedCronJob } from "./alert";

type Which = "backup" | "drill";

const isWatched =
  (which: Which) =>
  (context: AlertContext): boolean =>
    context.kubeStateMetrics && context[which] !== undefined;

/** When the CronJob last succeeded; before its first success, when it was made. */
function lastSuccess(context: AlertContext, { cronJob }: WatchedCronJob): string {
  const of = (metric: string): string => objectSeries(metric, context, `cronjob="${cronJob}"`);
  return maximum(`${of("kube_cronjob_status_last_successful_time")} or ${of("kube_cronjob_created")}`);
}

const tooOld = (which: Which) => (context: AlertContext, threshold: number) => {
  const watched = context[which];
  return watched ? `time() - ${lastSuccess(context, watched)} > ${threshold} * ${watched.periodSeconds}` : "";
};

/**
 * The newest failed Job began after the last success: a later success ends it, although the failed Job is
 * kept.
 */
const failed = (which: Which) => (context: AlertContext) => {
  const watched = context[which];
  if (!watched) return "";
  const jobs = `job_name=~"${watched.cronJob}-.+"`;
  const isFailed = objectSeries("kube_job_failed", context, jobs, 'condition="true"');
  const begun = `${objectSeries("kube_job_status_start_time", context, jobs)} and on (namespace, job_name) ${isFailed} == 1`;
  return `${maximum(begun)} > ${lastSuccess(context, watched)}`;
};

export const backupAlerts = {
  CertctlBackupTooOld: {
    severity: "critical",
    for: "0s",
    threshold: { default: 2 },
    applies: isWatched("backup"),
    expression: tooOld("backup"),
    summary: "The last good backup of {{ $labels.namespace }} is {{ $value | humanizeDuration }} old",
    description: "Before the first one, the age is that of the CronJob.",
  },
  CertctlBackupFailed: {
    severity: "warning",
    for: "0s",
    applies: isWatched("backup"),
    expression: failed("backup"),
    summary: "The last backup of {{ $labels.namespace }} failed",
    description: "Earlier ones are untouched. The next good backup ends the alert.",
  },
  CertctlBackupShrank: {
    severity: "warning",
    for: "0s",
    threshold: { default: 0.5, isShare: true },
    applies: ({ backup, pushesBackups }) => backup !== undefined && pushesBackups,
    expression: (context, threshold) => {
      const size = objectSeries("certctl_backup_size_bytes", context, `job="${context.name}-backup"`);
      const before = `${size} offset ${context.backup?.periodSeconds ?? 0}s`;
      return `${maximum(size)} < ${threshold} * ${maximum(before)}`;
    },
    summary:
      "The last backup of {{ $labels.namespace }} has {{ $value | humanize1024 }}B, much less than the one before",
    description:
      "It is compared with that of a period before, so the alert ends by itself after a period: rows may be gone.",
  },
  CertctlBackupSuspended: {
    severity: "warning",
    for: "1h",
    applies: (context) => isWatched("backup")(context) || isWatched("drill")(context),
    expression: (context) => {
      const names = [context.backup, context.drill].flatMap((watched) => watched?.cronJob ?? []);
      return `max by (namespace, cronjob) (${objectSeries("kube_cronjob_spec_suspend", context, `cronjob=~"${names.join("|")}"`)}) > 0`;
    },
    summary: "The CronJob {{ $labels.cronjob }} of {{ $labels.namespace }} is suspended",
    description: "It does not run until somebody resumes it.",
  },
  CertctlDrillTooOld: {
    severity: "warning",
    for: "0s",
    threshold: { default: 2 },
    applies: isWatched("drill"),
    expression: tooOld("drill"),
    summary: "The last good restore drill of {{ $labels.namespace }} is {{ $value | humanizeDuration }} old",
    description:
      "A backup counts when it has been restored. Before the first drill, the age is that of the CronJob.",
  },
  CertctlDrillFailed: {
    severity: "critical",
    for: "0s",
    applies: isWatched("drill"),
    expression: failed("drill"),
    summary: "The last restore drill of {{ $labels.namespace }} failed",
    description: "The newest backup may not restore. The next good drill ends the alert.",
  },
} satisfies Record<string, Alert>;
