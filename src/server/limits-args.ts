import type { Duration } from "../kubernetes/types";

/** Where the sliding-window limiters keep their counts. */
export const RateLimitBackend = {
  /** In each process. */
  Memory: "memory",
  /** In the database, so that all replicas count together. */
  Postgres: "postgres",
} as const;
export type RateLimitBackend = (typeof RateLimitBackend)[keyof typeof RateLimitBackend];

// facts: rate-limits
/**
 * Limits on requests. They count per peer address, so that everything behind one ingress shares them.
 */
export interface RateLimitingSettings {
  /** Whether requests are limited (`CERTCTL_RATE_LIMIT_ENABLED`). @default true */
  enabled?: boolean;
  /**
   * Requests per second and address, per pod (`CERTCTL_RATE_LIMIT_RPS`).
   *
   * @default 50
   * @exclusiveMinimum 0
   */
  rps?: number;
  /**
   * Requests in a burst (`CERTCTL_RATE_LIMIT_BURST`).
   *
   * @default twice `rps`
   * @asType integer
   * @minimum 1
   */
  burst?: number;
  /**
   * Where break-glass, OCSP, export and EST limits are counted (`CERTCTL_RATE_LIMIT_BACKEND`).
   *
   * @default memory for a small fleet, postgres for larger ones
   */
  backend?: RateLimitBackend;
  /**
   * Time between clean-ups of the counts (`CERTCTL_RATE_LIMIT_JANITOR_INTERVAL`); at least 1m.
   *
   * @default 5m
   */
  janitorInterval?: Duration;
  /**
   * Time after which an idle address is forgotten (`CERTCTL_RATE_LIMIT_BUCKET_TTL`); at least 1m.
   *
   * @default 1h
   */
  bucketTtl?: Duration;
}

// facts: several-servers
/** Intervals and concurrency of the background work. Every replica runs every loop. */
export interface SchedulerSettings {
  /**
   * Time between searches for certificates to renew (`CERTCTL_SCHEDULER_RENEWAL_CHECK_INTERVAL`); at least
   * 1m.
   *
   * @default 1h
   */
  renewalCheckInterval?: Duration;
  /**
   * Time between runs of the job processor (`CERTCTL_SCHEDULER_JOB_PROCESSOR_INTERVAL`); at least 1s. In
   * certctl 2.1 the processor takes deployment jobs away from the agents: a long interval, such as 1h, lets
   * agents poll first (server-side jobs then wait as long).
   *
   * @default 30s
   */
  jobProcessorInterval?: Duration;
  /**
   * Jobs that one run of the processor takes (`CERTCTL_SCHEDULER_JOB_CLAIM_LIMIT`).
   *
   * @default 1000
   * @asType integer
   * @minimum 1
   */
  jobClaimLimit?: number;
  /**
   * Renewals at the same time (`CERTCTL_RENEWAL_CONCURRENCY`); raise it together with
   * `server.maxConnections`.
   *
   * @default 25, 50 or 100 by fleet size
   * @asType integer
   * @minimum 1
   */
  renewalConcurrency?: number;
  /**
   * Time between checks for silent agents (`CERTCTL_SCHEDULER_AGENT_HEALTH_CHECK_INTERVAL`); at least 1s.
   *
   * @default 2m
   */
  agentHealthCheckInterval?: Duration;
  /**
   * Time between deliveries of notifications (`CERTCTL_SCHEDULER_NOTIFICATION_PROCESS_INTERVAL`); at least
   * 1s.
   *
   * @default 1m
   */
  notificationProcessInterval?: Duration;
  /**
   * Time between retries of failed notifications (`CERTCTL_NOTIFICATION_RETRY_INTERVAL`); at least 1s.
   *
   * @default 2m
   */
  notificationRetryInterval?: Duration;
  /** Time between retries of failed jobs (`CERTCTL_SCHEDULER_RETRY_INTERVAL`); at least 1s. @default 5m */
  retryInterval?: Duration;
  /** Time between searches for jobs that hang (`CERTCTL_JOB_TIMEOUT_INTERVAL`); at least 1s. @default 10m */
  jobTimeoutInterval?: Duration;
  /** Time between CRL generations (`CERTCTL_CRL_GENERATION_INTERVAL`). @default 1h */
  crlGenerationInterval?: Duration;
}
