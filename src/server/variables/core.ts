import { AuthType } from "../auth-args";
import { listenAddress } from "../listen-address";
import { LogLevel } from "../server-args";
import type { RateLimitingSettings } from "../limits-args";
import {
  boolean,
  choice,
  dead,
  duration,
  fixed,
  governed,
  governedElsewhere,
  integer,
  list,
  open,
  text,
} from "./variable";
import type { VariableGroup } from "./variable";

// certctl facts 1.4
const demo = "an instance for demonstrations is open to everybody, and ends after a day";
const tls = "the certificate is mounted from the Secret that tls.mode chooses";
// certctl facts 2.4
const sameAddress = "certctl limits requests before it knows the user";
const noEffect = "certctl 2.1 reads it without effect";
// certctl facts 0.10
const hiddenLogin = "the published image answers the break-glass login with the dashboard";

export const serverGroup: VariableGroup = {
  title: "Server",
  variables: [
    fixed(
      "CERTCTL_SERVER_HOST",
      "the server listens on every address of its pod",
      (settings) => listenAddress(settings).host,
    ),
    governed("CERTCTL_SERVER_PORT", "server.port", (settings) => listenAddress(settings).port),
    fixed("CERTCTL_SERVER_TLS_CERT_PATH", tls),
    fixed("CERTCTL_SERVER_TLS_KEY_PATH", tls),
    fixed(
      "CERTCTL_KEYGEN_MODE",
      "agents make the private keys; the server may only in a demonstration",
      () => "agent",
    ),
    governed("CERTCTL_AUTH_TYPE", "server.auth.type", ({ auth }) => auth?.type ?? AuthType.ApiKey),
    governed("CERTCTL_LOG_LEVEL", "server.logging.level", ({ logging }) => logging?.level ?? LogLevel.Info),
    // certctl facts 1.1
    dead("CERTCTL_LOG_FORMAT", "certctl always writes JSON"),
    governed("CERTCTL_CORS_ORIGINS", "server.cors.origins", ({ cors }) => cors?.origins),
    governed(
      "CERTCTL_BLOCK_RFC1918_OUTBOUND",
      "server.blockPrivateNetworks",
      ({ blockPrivateNetworks }) => blockPrivateNetworks,
    ),
    governed("CERTCTL_MAX_BODY_SIZE", "server.maxBodySize", ({ maxBodySize }) => maxBodySize),
    governed(
      "CERTCTL_AUDIT_FLUSH_TIMEOUT_SECONDS",
      "server.lifecycle.shutdownTimeoutSeconds",
      ({ lifecycle }) => lifecycle.shutdownTimeoutSeconds,
    ),
    governed("CERTCTL_DATABASE_MAX_CONNS", "server.maxConnections", ({ maxConnections }) => maxConnections),
    open(
      "CERTCTL_OTEL_ENABLED",
      boolean,
      "false",
      "Send traces over OTLP/HTTP; the standard `OTEL_*` variables say where. This version makes no spans yet.",
    ),
    fixed("CERTCTL_APPROVAL_BYPASS", "it approves every request without a person"),
    open(
      "CERTCTL_ASYNC_POLL_MAX_WAIT_SECONDS",
      integer(1),
      "600",
      "Longest wait for a CA that issues later, in seconds.",
    ),
    governedElsewhere("CERTCTL_CONFIG_ENCRYPTION_KEY", "encryptionKey"),
    dead("CERTCTL_K8SSECRET_PREVIEW_ACK", "the target for Kubernetes Secrets is a stub in certctl 2.1"),
  ],
};

export const databaseGroup: VariableGroup = {
  title: "Database and migration",
  variables: [
    governedElsewhere("CERTCTL_DATABASE_URL", "database"),
    governedElsewhere("POSTGRES_PASSWORD", "databasePassword"),
    governedElsewhere("PGPASSWORD", "databasePassword"),
    governedElsewhere("PGHOST", "database.external.host"),
    governedElsewhere("PGPORT", "database.external.port"),
    governedElsewhere("PGUSER", "database.external.user"),
    governedElsewhere("PGDATABASE", "database.external.database"),
    governedElsewhere("PGSSLMODE", "database.external.sslMode"),
    governedElsewhere("PGSSLROOTCERT", "database.external.caCertificate"),
    governedElsewhere("PGCONNECT_TIMEOUT", "database.external.connectTimeout"),
    fixed("CERTCTL_DATABASE_MIGRATIONS_PATH", "the migrations are in the image"),
    governedElsewhere("CERTCTL_MIGRATIONS_VIA_HOOK", "migrations.mode"),
    fixed("CERTCTL_DEMO_SEED", "it fills the database with invented certificates"),
  ],
};

export const authenticationGroup: VariableGroup = {
  title: "Authentication",
  variables: [
    governedElsewhere("CERTCTL_AUTH_SECRET", "apiKeys"),
    governedElsewhere("CERTCTL_API_KEYS_NAMED", "apiKeys"),
    governedElsewhere("CERTCTL_AGENT_BOOTSTRAP_TOKEN", "apiKeys.enroll"),
    fixed("CERTCTL_AGENT_BOOTSTRAP_TOKEN_DENY_EMPTY", "agents never register without a token"),
    fixed("CERTCTL_BOOTSTRAP_TOKEN", "apiKeys.admin is the first admin; the bootstrap call is not needed"),
    fixed("CERTCTL_DEMO_MODE_ACK", demo),
    fixed("CERTCTL_DEMO_MODE_ACK_TS", demo),
    fixed(
      "CERTCTL_DEMO_MODE_RESIDUAL_STRICT",
      "the first start on a new database fails with it; provisioning removes the demo grant",
    ),
    open(
      "CERTCTL_BOOTSTRAP_ADMIN_GROUPS",
      list,
      "",
      "OIDC groups whose members become admins at their first login.",
    ),
    open(
      "CERTCTL_BOOTSTRAP_OIDC_PROVIDER_ID",
      text,
      "",
      "OIDC provider that `CERTCTL_BOOTSTRAP_ADMIN_GROUPS` holds for.",
    ),
    open(
      "CERTCTL_TRUSTED_PROXIES",
      list,
      "",
      "Networks (CIDR) whose `X-Forwarded-For` names the client of a session. Rate limits ignore it.",
    ),
    open(
      "CERTCTL_SESSION_IDLE_TIMEOUT",
      duration("1s"),
      "1h",
      "Time without a request after which a login ends.",
    ),
    open(
      "CERTCTL_SESSION_ABSOLUTE_TIMEOUT",
      duration("1s"),
      "8h",
      "Time after which a login ends in any case.",
    ),
    open(
      "CERTCTL_SESSION_SIGNING_KEY_RETENTION",
      duration("1s"),
      "24h",
      "Time for which a replaced signing key of sessions still works.",
    ),
    open("CERTCTL_SESSION_GC_INTERVAL", duration("1s"), "1h", "Time between removals of ended sessions."),
    open("CERTCTL_SESSION_SAMESITE", choice("Lax", "Strict"), "Lax", "`SameSite` of the session cookie."),
    open("CERTCTL_SESSION_BIND_IP", boolean, "false", "End a session when the client's address changes."),
    open(
      "CERTCTL_SESSION_BIND_USER_AGENT",
      boolean,
      "false",
      "End a session when the client's user agent changes.",
    ),
    open(
      "CERTCTL_OIDC_BCL_MAX_AGE_SECONDS",
      integer(1),
      "60",
      "Greatest age of an OIDC back-channel logout token, in seconds.",
    ),
    open(
      "CERTCTL_OIDC_PRELOGIN_REQUIRE_UA",
      boolean,
      "true",
      "Require the same user agent before and after an OIDC login.",
    ),
    open(
      "CERTCTL_OIDC_PRELOGIN_REQUIRE_IP",
      boolean,
      "true",
      "Require the same address before and after an OIDC login.",
    ),
    dead("CERTCTL_BREAKGLASS_ENABLED", hiddenLogin),
    dead("CERTCTL_BREAKGLASS_LOCKOUT_THRESHOLD", hiddenLogin),
    dead("CERTCTL_BREAKGLASS_LOCKOUT_DURATION", hiddenLogin),
    dead("CERTCTL_BREAKGLASS_LOCKOUT_RESET_INTERVAL", hiddenLogin),
  ],
};

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
