import { estVariables, scepVariables } from "./enrollment-variables";
import { listenAddress } from "./listen-address";
import type { VariableValue } from "./variables/set-variables";
import type { SmtpSettings } from "./notification-args";
import type { ResolvedServer } from "./server-settings";
import { fileVariables } from "./files/setting-files";

// facts: versions
/**
 * certctl's variables from the arguments: every variable with an argument is here, and in server-variables.ts
 * as governed by it. Defaults that matter are written out, so that releases that differ in them behave the
 * same.
 */
export function serverVariables(settings: ResolvedServer): Record<string, string> {
  const { rateLimiting, scheduler = {}, smtp, digest, notifiers, issuer, networkScan, lifecycle } = settings;
  const listen = listenAddress(settings);
  const rps = rateLimiting.rps ?? 50;
  return textValues({
    CERTCTL_SERVER_HOST: listen.host,
    CERTCTL_SERVER_PORT: listen.port,
    CERTCTL_KEYGEN_MODE: "agent",
    CERTCTL_AUTH_TYPE: settings.auth?.type ?? "api-key",
    CERTCTL_LOG_LEVEL: settings.logging?.level ?? "info",
    CERTCTL_CORS_ORIGINS: settings.cors?.origins,
    CERTCTL_BLOCK_RFC1918_OUTBOUND: settings.blockPrivateNetworks,
    CERTCTL_MAX_BODY_SIZE: settings.maxBodySize,
    CERTCTL_AUDIT_FLUSH_TIMEOUT_SECONDS: lifecycle.shutdownTimeoutSeconds,
    CERTCTL_DATABASE_MAX_CONNS: settings.maxConnections,

    CERTCTL_RATE_LIMIT_ENABLED: rateLimiting.enabled ?? true,
    CERTCTL_RATE_LIMIT_RPS: rps,
    CERTCTL_RATE_LIMIT_BURST: rateLimiting.burst ?? Math.ceil(2 * rps),
    CERTCTL_RATE_LIMIT_BACKEND: rateLimiting.backend,
    CERTCTL_RATE_LIMIT_JANITOR_INTERVAL: rateLimiting.janitorInterval ?? "5m",
    CERTCTL_RATE_LIMIT_BUCKET_TTL: rateLimiting.bucketTtl,

    CERTCTL_RENEWAL_CONCURRENCY: settings.renewalConcurrency,
    CERTCTL_SCHEDULER_RENEWAL_CHECK_INTERVAL: scheduler.renewalCheckInterval,
    CERTCTL_SCHEDULER_JOB_PROCESSOR_INTERVAL: scheduler.jobProcessorInterval,
    CERTCTL_SCHEDULER_JOB_CLAIM_LIMIT: scheduler.jobClaimLimit,
    CERTCTL_SCHEDULER_AGENT_HEALTH_CHECK_INTERVAL: scheduler.agentHealthCheckInterval,
    CERTCTL_SCHEDULER_NOTIFICATION_PROCESS_INTERVAL: scheduler.notificationProcessInterval,
    CERTCTL_NOTIFICATION_RETRY_INTERVAL: scheduler.notificationRetryInterval,
    CERTCTL_SCHEDULER_RETRY_INTERVAL: scheduler.retryInterval,
    CERTCTL_JOB_TIMEOUT_INTERVAL: scheduler.jobTimeoutInterval,
    CERTCTL_CRL_GENERATION_INTERVAL: scheduler.crlGenerationInterval,

    CERTCTL_NETWORK_SCAN_ENABLED: networkScan?.enabled,
    CERTCTL_NETWORK_SCAN_INTERVAL: networkScan?.interval,

    ...(smtp && {
      CERTCTL_SMTP_HOST: smtp.host,
      CERTCTL_SMTP_PORT: mailPort(smtp),
      CERTCTL_SMTP_USERNAME: smtp.username,
      CERTCTL_SMTP_FROM_ADDRESS: smtp.fromAddress,
      CERTCTL_SMTP_USE_TLS: smtp.useTls ?? true,
    }),
    ...(digest && {
      CERTCTL_DIGEST_ENABLED: digest.enabled ?? true,
      CERTCTL_DIGEST_INTERVAL: digest.interval ?? "24h",
      CERTCTL_DIGEST_RECIPIENTS: digest.recipients,
    }),
    CERTCTL_SLACK_CHANNEL: notifiers?.slack?.channel,
    CERTCTL_SLACK_USERNAME: notifiers?.slack?.username,
    CERTCTL_PAGERDUTY_SEVERITY: notifiers?.pagerduty?.severity,
    CERTCTL_OPSGENIE_PRIORITY: notifiers?.opsgenie?.priority,
    CERTCTL_WEBHOOK_URL: notifiers?.webhook?.url,

    ...(issuer?.acme && {
      CERTCTL_ACME_DIRECTORY_URL: issuer.acme.directoryUrl,
      CERTCTL_ACME_EMAIL: issuer.acme.email,
      CERTCTL_ACME_CHALLENGE_TYPE: "http-01",
    }),
    CERTCTL_STEPCA_URL: issuer?.stepCa?.url,
    CERTCTL_STEPCA_PROVISIONER: issuer?.stepCa?.provisioner,

    ...(settings.est && estVariables(settings.est)),
    ...(settings.scep && scepVariables(settings.scep)),
    ...fileVariables(settings),
    ...settings.env,
  });
}

/** Port of the mail server. */
export function mailPort({ port, useTls = true }: SmtpSettings): number {
  return port ?? (useTls ? 465 : 25);
}

/**
 * What is undefined is left to certctl's default; lists become comma lists; an empty list is left out,
 * because empty means unset.
 */
function textValues(values: Record<string, VariableValue>): Record<string, string> {
  const text = Object.entries(values).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(",") : value] as const,
  );
  return Object.fromEntries(
    text
      .filter(([, value]) => value !== undefined && value !== "")
      .map(([name, value]) => [name, String(value)]),
  );
}
