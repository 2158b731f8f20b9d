/**
 * Metrics that exist, by where they come from. Written by hand from the sources, and not from the rules: a
 * rule with another name is wrong.
 */
export const knownMetrics: Record<string, readonly string[]> = {
  // certctl's own exposition at this package's version, without certctl_deploy_*, which the server never
  // fills.
  certctl: [
    "certctl_certificate_total",
    "certctl_certificate_active",
    "certctl_certificate_expiring_soon",
    "certctl_certificate_expired",
    "certctl_certificate_revoked",
    "certctl_agent_total",
    "certctl_agent_online",
    "certctl_job_pending",
    "certctl_job_completed_total",
    "certctl_job_failed_total",
    "certctl_notification_dead_total",
    "certctl_uptime_seconds",
    "certctl_ocsp_counter_total",
    "certctl_issuance_total",
    "certctl_issuance_duration_seconds_bucket",
    "certctl_issuance_failures_total",
    "certctl_vault_token_renewals_total",
    "certctl_expiry_alerts_total",
    "certctl_audit_chain_break_detected_total",
    "certctl_audit_chain_verify_total",
    "certctl_audit_chain_rows",
    "certctl_audit_chain_last_verified_at",
  ],
  // src/monitoring/sql-exporter-queries.ts; a test looks at what the exporter really shows.
  exporter: [
    "certctl_sql_certificates",
    "certctl_sql_certificates_expired",
    "certctl_sql_certificates_expiring",
    "certctl_sql_certificates_earliest_expiry_timestamp_seconds",
  ],
  // Prometheus makes these for each target.
  prometheus: ["up", "scrape_duration_seconds"],
  // kube-state-metrics 2, docs/metrics/workload: stable metrics.
  "kube-state-metrics": [
    "kube_deployment_spec_replicas",
    "kube_deployment_status_replicas_ready",
    "kube_deployment_status_condition",
    "kube_statefulset_status_replicas_ready",
    "kube_pod_container_status_running",
    "kube_pod_container_status_ready",
    "kube_job_failed",
    "kube_job_status_start_time",
    "kube_cronjob_info",
    "kube_cronjob_created",
    "kube_cronjob_spec_suspend",
    "kube_cronjob_status_last_successful_time",
  ],
  // What src/backup/push.sh tells a Pushgateway.
  pushgateway: [
    "certctl_backup_size_bytes",
    "certctl_backup_duration_seconds",
    "certctl_backup_last_success_timestamp_seconds",
    "certctl_drill_last_success_timestamp_seconds",
  ],
  // kubelet, /metrics.
  kubelet: [
    "kubelet_volume_stats_available_bytes",
    "kubelet_volume_stats_capacity_bytes",
    "kubelet_volume_stats_used_bytes",
  ],
};

/** certctl's metrics that a server shows after their first event only. */
export const afterFirstEvent = [
  "certctl_issuance_total",
  "certctl_issuance_duration_seconds_bucket",
  "certctl_issuance_failures_total",
  "certctl_expiry_alerts_total",
];
