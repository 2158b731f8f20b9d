import type { PrometheusDuration } from "../kubernetes/types";

/** How urgent an alert is. */
export const AlertSeverity = {
  /** Somebody is woken up. */
  Critical: "critical",
  /** Somebody looks at it on the next working day. */
  Warning: "warning",
  /** Nobody is told. */
  Info: "info",
} as const;
export type AlertSeverity = (typeof AlertSeverity)[keyof typeof AlertSeverity];

/** An alert. What is not given is as the alert's own default says. */
export interface AlertSettings {
  /** Whether the alert exists. @default true */
  enabled?: boolean;
  /** How long the condition must hold before the alert fires. @default by alert */
  for?: PrometheusDuration;
  /** How urgent it is (label `severity`). @default by alert */
  severity?: AlertSeverity;
  /** Further labels. @default {} */
  labels?: Record<string, string>;
  /** Further annotations. @default {} */
  annotations?: Record<string, string>;
}

/** An alert with a number to tune. */
export interface ThresholdAlertSettings extends AlertSettings {
  /**
   * The number that the condition compares with, in the unit of the alert; a share is between 0 and 1.
   *
   * @default by alert
   * @minimum 0
   */
  threshold?: number;
}

/** The alerts, by name. Each has a runbook page of that name. */
export interface AlertsSettings {
  /**
   * Certificates that expire within 30 days: of all with `monitoring.sqlExporter`, and otherwise among the 50
   * oldest. Threshold: certificates.
   *
   * @default above 0 for 5m, warning
   */
  CertctlCertificateExpiringSoon?: ThresholdAlertSettings;
  /**
   * Certificates that have expired: of all with `monitoring.sqlExporter`, and otherwise among the 50 oldest.
   * Threshold: certificates.
   *
   * @default above 0 for 5m, critical
   */
  CertctlCertificateExpired?: ThresholdAlertSettings;
  /**
   * The renewal scan finds certificates with a week left or less, however many there are. Threshold:
   * findings.
   *
   * @default above 0 for 0s, critical
   */
  CertctlCertificateRenewalOverdue?: ThresholdAlertSettings;
  /** Notifications about expiring certificates fail. Threshold: failures. @default above 0 for 0s, warning */
  CertctlExpiryNotificationFailures?: ThresholdAlertSettings;
  /**
   * The SQL exporter does not answer a scrape, or there is none. Needs `monitoring.sqlExporter`.
   *
   * @default for 15m, warning
   */
  CertctlSqlExporterDown?: AlertSettings;
  /** The queries of the SQL exporter fail. Needs `monitoring.sqlExporter`. @default for 5m, warning */
  CertctlSqlExporterQueriesFailing?: AlertSettings;
  /** Agents without a heartbeat. Threshold: agents. @default above 0 for 1h, warning */
  CertctlAgentOffline?: ThresholdAlertSettings;
  /** Agents without a heartbeat, as a share of all. Threshold: share. @default above 0.2 for 15m, critical */
  CertctlAgentsOfflineShare?: ThresholdAlertSettings;
  /**
   * Jobs that failed in the last hour, as a share of those that ended. Threshold: share.
   *
   * @default above 0.05 for 15m, warning
   */
  CertctlJobFailureRateHigh?: ThresholdAlertSettings;
  /**
   * Jobs that are not done. Threshold: jobs.
   *
   * @default above 100, 1000 or 10000 by fleet size for 1h, warning
   */
  CertctlJobBacklog?: ThresholdAlertSettings;
  /** Notifications that were given up. Threshold: notifications. @default above 0 for 5m, warning */
  CertctlDeadNotifications?: ThresholdAlertSettings;
  /** Many notifications that were given up. Threshold: notifications. @default above 10 for 5m, critical */
  CertctlManyDeadNotifications?: ThresholdAlertSettings;
  /** Issuances that failed in the last 15 minutes. Threshold: issuances. @default above 0 for 0s, warning */
  CertctlIssuanceFailures?: ThresholdAlertSettings;
  /**
   * The error budget of issuance is spent in hours. Threshold: how many times as fast as the objective
   * allows.
   *
   * @default above 14.4 in 1h and in 5m for 2m, critical
   */
  CertctlIssuanceBudgetBurnFast?: ThresholdAlertSettings;
  /**
   * The error budget of issuance is spent in days. Threshold: how many times as fast as the objective allows.
   *
   * @default above 6 in 6h and in 30m for 15m, warning
   */
  CertctlIssuanceBudgetBurnSlow?: ThresholdAlertSettings;
  /**
   * OCSP answers that could not be signed in the last 15 minutes. Threshold: answers.
   *
   * @default above 10 for 0s, warning
   */
  CertctlOcspSigningFailures?: ThresholdAlertSettings;
  /**
   * The token for Vault is not renewed. Threshold: failed renewals in the last hour.
   *
   * @default above 0 for 0s, critical
   */
  CertctlVaultTokenRenewalFailing?: ThresholdAlertSettings;
  /** No replica of the server answers a scrape, or there is none. @default for 5m, critical */
  CertctlServerDown?: AlertSettings;
  /** Some replicas of the server do not answer a scrape. @default for 15m, warning */
  CertctlServerReplicaDown?: AlertSettings;
  /** The server's process restarts. Threshold: restarts in the last hour. @default above 2 for 0s, warning */
  CertctlServerRestarting?: ThresholdAlertSettings;
  /**
   * The chain of audit events has not been checked. Threshold: seconds.
   *
   * @default above 46800 for 15m, warning
   */
  CertctlAuditChainCheckStale?: ThresholdAlertSettings;
  /** A metric that other alerts need is not there. @default for 15m, warning */
  CertctlMetricsMissing?: AlertSettings;
  /**
   * The servers run and are not ready, or the bundled PostgreSQL is not. Needs kube-state-metrics.
   *
   * @default for 2m, critical
   */
  CertctlDatabaseDown?: AlertSettings;
  /** A rollout of the server makes no progress. Needs kube-state-metrics. @default for 5m, warning */
  CertctlRolloutStuck?: AlertSettings;
  /** The migration Job failed. Needs kube-state-metrics. @default for 0s, critical */
  CertctlMigrationFailed?: AlertSettings;
  /** The provisioning Job failed. Needs kube-state-metrics. @default for 0s, warning */
  CertctlProvisioningFailed?: AlertSettings;
  /**
   * The bundled PostgreSQL's volume fills. Threshold: free share. Needs the kubelet's metrics.
   *
   * @default below 0.2 for 15m, warning
   */
  CertctlDatabaseVolumeFilling?: ThresholdAlertSettings;
  /**
   * The bundled PostgreSQL's volume is nearly full. Threshold: free share. Needs the kubelet's metrics.
   *
   * @default below 0.05 for 5m, critical
   */
  CertctlDatabaseVolumeFull?: ThresholdAlertSettings;
  /**
   * The last good backup is too old. Threshold: periods of `monitoring.backup`. Needs kube-state-metrics.
   *
   * @default above 2 for 0s, critical
   */
  CertctlBackupTooOld?: ThresholdAlertSettings;
  /** The last backup failed. Needs kube-state-metrics. @default for 0s, warning */
  CertctlBackupFailed?: AlertSettings;
  /**
   * The last backup is much smaller than that of a period of `monitoring.backup` before. Threshold: share of
   * its size. Needs `backup.pushgateway`.
   *
   * @default below 0.5 for 0s, warning
   */
  CertctlBackupShrank?: ThresholdAlertSettings;
  /**
   * The CronJob of backups or of restore drills is suspended. Needs kube-state-metrics.
   *
   * @default for 1h, warning
   */
  CertctlBackupSuspended?: AlertSettings;
  /**
   * The last good restore drill is too old. Threshold: periods of `monitoring.drill`. Needs
   * kube-state-metrics.
   *
   * @default above 2 for 0s, warning
   */
  CertctlDrillTooOld?: ThresholdAlertSettings;
  /**
   * The last restore drill failed: the newest backup may not restore. Needs kube-state-metrics.
   *
   * @default for 0s, critical
   */
  CertctlDrillFailed?: AlertSettings;
}

/** Names of alerts. */
export type AlertName = keyof AlertsSettings;
