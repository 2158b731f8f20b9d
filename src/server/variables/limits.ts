import type { RateLimitingSettings } from "../limits-args";
import { dead, duration, governed, integer, open } from "./variable";
import type { VariableGroup } from "./variable";

// facts: rate-limits
const sameAddress = "certctl limits requests before it knows the user";
const noEffect = "certctl 2.1 reads it without effect";

/** Requests per second. */
const rps = (limits: RateLimitingSettings): number => limits.rps ?? 50;

export const rateLimitGroup: VariableGroup = {
  title: "Rate limits",
  variables: [
    governed(
      "CERTCTL_RATE_LIMIT_ENABLED",
      "server.rateLimiting.enabled",
      ({ rateLimiting: limits }) => limits.enabled ?? true,
    ),
    governed("CERTCTL_RATE_LIMIT_RPS", "server.rateLimiting.rps", ({ rateLimiting: limits }) => rps(limits)),
    governed(
      "CERTCTL_RATE_LIMIT_BURST",
      "server.rateLimiting.burst",
      ({ rateLimiting: limits }) => limits.burst ?? Math.ceil(2 * rps(limits)),
    ),
    dead("CERTCTL_RATE_LIMIT_PER_USER_RPS", sameAddress),
    dead("CERTCTL_RATE_LIMIT_PER_USER_BURST", sameAddress),
    governed(
      "CERTCTL_RATE_LIMIT_BACKEND",
      "server.rateLimiting.backend",
      ({ rateLimiting }) => rateLimiting.backend,
    ),
    governed(
      "CERTCTL_RATE_LIMIT_JANITOR_INTERVAL",
      "server.rateLimiting.janitorInterval",
      ({ rateLimiting }) => rateLimiting.janitorInterval ?? "5m",
    ),
    governed(
      "CERTCTL_RATE_LIMIT_BUCKET_TTL",
      "server.rateLimiting.bucketTtl",
      ({ rateLimiting }) => rateLimiting.bucketTtl,
    ),
    open(
      "CERTCTL_OCSP_RATE_LIMIT_PER_IP_MIN",
      integer(),
      "1000",
      "OCSP requests per minute and address; 0 for no limit.",
    ),
    open(
      "CERTCTL_CERT_EXPORT_RATE_LIMIT_PER_ACTOR_HR",
      integer(),
      "50",
      "Exports of certificates per hour and key; 0 for no limit.",
    ),
  ],
};

export const schedulerGroup: VariableGroup = {
  title: "Background work",
  variables: [
    governed(
      "CERTCTL_RENEWAL_CONCURRENCY",
      "server.scheduler.renewalConcurrency",
      ({ renewalConcurrency }) => renewalConcurrency,
    ),
    governed(
      "CERTCTL_SCHEDULER_RENEWAL_CHECK_INTERVAL",
      "server.scheduler.renewalCheckInterval",
      ({ scheduler }) => scheduler?.renewalCheckInterval,
    ),
    governed(
      "CERTCTL_SCHEDULER_JOB_PROCESSOR_INTERVAL",
      "server.scheduler.jobProcessorInterval",
      ({ scheduler }) => scheduler?.jobProcessorInterval,
    ),
    governed(
      "CERTCTL_SCHEDULER_JOB_CLAIM_LIMIT",
      "server.scheduler.jobClaimLimit",
      ({ scheduler }) => scheduler?.jobClaimLimit,
    ),
    governed(
      "CERTCTL_SCHEDULER_AGENT_HEALTH_CHECK_INTERVAL",
      "server.scheduler.agentHealthCheckInterval",
      ({ scheduler }) => scheduler?.agentHealthCheckInterval,
    ),
    governed(
      "CERTCTL_SCHEDULER_NOTIFICATION_PROCESS_INTERVAL",
      "server.scheduler.notificationProcessInterval",
      ({ scheduler }) => scheduler?.notificationProcessInterval,
    ),
    governed(
      "CERTCTL_NOTIFICATION_RETRY_INTERVAL",
      "server.scheduler.notificationRetryInterval",
      ({ scheduler }) => scheduler?.notificationRetryInterval,
    ),
    governed(
      "CERTCTL_SCHEDULER_RETRY_INTERVAL",
      "server.scheduler.retryInterval",
      ({ scheduler }) => scheduler?.retryInterval,
    ),
    governed(
      "CERTCTL_JOB_TIMEOUT_INTERVAL",
      "server.scheduler.jobTimeoutInterval",
      ({ scheduler }) => scheduler?.jobTimeoutInterval,
    ),
    governed(
      "CERTCTL_CRL_GENERATION_INTERVAL",
      "server.scheduler.crlGenerationInterval",
      ({ scheduler }) => scheduler?.crlGenerationInterval,
    ),
    governed(
      "CERTCTL_NETWORK_SCAN_ENABLED",
      "server.networkScan.enabled",
      ({ networkScan }) => networkScan?.enabled,
    ),
    governed(
      "CERTCTL_NETWORK_SCAN_INTERVAL",
      "server.networkScan.interval",
      ({ networkScan }) => networkScan?.interval,
    ),
    open(
      "CERTCTL_JOB_AWAITING_CSR_TIMEOUT",
      duration("1s"),
      "24h",
      "Time after which a job that waits for a signing request fails.",
    ),
    open(
      "CERTCTL_JOB_AWAITING_APPROVAL_TIMEOUT",
      duration("1s"),
      "168h",
      "Time after which a job that waits for an approval fails.",
    ),
    open(
      "CERTCTL_SHORT_LIVED_EXPIRY_CHECK_INTERVAL",
      duration("1s"),
      "30s",
      "Time between checks of short-lived certificates.",
    ),
    open(
      "CERTCTL_AUDIT_CHAIN_VERIFY_INTERVAL",
      duration("1s"),
      "6h",
      "Time between verifications of the audit log's hash chain.",
    ),
    open(
      "CERTCTL_USER_RETENTION_INTERVAL",
      duration("1s"),
      "24h",
      "Time between removals of users that have left.",
    ),
    open(
      "CERTCTL_USER_RETENTION_WINDOW",
      duration("1s"),
      "720h",
      "Time for which a user that has left is kept.",
    ),
    open("CERTCTL_USER_RETENTION_BATCH_CAP", integer(1), "200", "Users that one removal takes at most."),
    dead("CERTCTL_DEPLOY_BACKUP_RETENTION", noEffect),
    dead("CERTCTL_K8S_DEPLOY_KUBELET_SYNC_TIMEOUT", noEffect),
    dead("CERTCTL_VERIFY_DEPLOYMENT", noEffect),
    dead("CERTCTL_VERIFY_TIMEOUT", noEffect),
    dead("CERTCTL_VERIFY_DELAY", noEffect),
    dead("CERTCTL_HEALTH_CHECK_DEFAULT_INTERVAL", noEffect),
  ],
};
