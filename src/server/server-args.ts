import type {
  Cidr,
  Duration,
  Port,
  ProbeSettings,
  Resources,
  Scheduling,
  MountSettings,
  SecretKeyReference,
} from "../kubernetes/types";
import type { AuthSettings } from "./auth-args";
import type { AutoscalingSettings, DisruptionBudgetSettings } from "./availability-args";
import type { EstSettings, ScepSettings } from "./enrollment-args";
import type { IssuerSettings } from "./issuer-args";
import type { DigestSettings, NotifierSettings, SmtpSettings } from "./notification-args";
import type { RateLimitingSettings, SchedulerSettings } from "./limits-args";

/** The server's log level (`CERTCTL_LOG_LEVEL`). Its format is always JSON. */
export const LogLevel = { Debug: "debug", Info: "info", Warn: "warn", Error: "error" } as const;
export type LogLevel = (typeof LogLevel)[keyof typeof LogLevel];

/** How the Service is reached. */
export const ServiceType = {
  ClusterIP: "ClusterIP",
  NodePort: "NodePort",
  LoadBalancer: "LoadBalancer",
} as const;
export type ServiceType = (typeof ServiceType)[keyof typeof ServiceType];

/** What happens to the address of a caller from outside of the cluster. */
export const ExternalTrafficPolicy = {
  /** Nodes may replace it by their own: rate limits, sessions and network policies do not see who calls. */
  Cluster: "Cluster",
  /** It is kept; only nodes with a server pod take calls. */
  Local: "Local",
} as const;
export type ExternalTrafficPolicy = (typeof ExternalTrafficPolicy)[keyof typeof ExternalTrafficPolicy];

/** Whether a client keeps talking to the same server pod. */
export const SessionAffinity = { None: "None", ClientIP: "ClientIP" } as const;
export type SessionAffinity = (typeof SessionAffinity)[keyof typeof SessionAffinity];

/** The certctl API server. */
export interface ServerSettings {
  /**
   * Number of server pods. With `autoscaling` it is not set here.
   *
   * @default 1 for a small fleet, 3 for larger ones
   * @asType integer
   * @minimum 1
   * @maximum 50
   */
  replicas?: number;
  /** Lets the cluster choose the number of server pods. @default a fixed number, `replicas` */
  autoscaling?: AutoscalingSettings;
  /** What a drain may take away. */
  podDisruptionBudget?: DisruptionBudgetSettings;
  /** Port of the container and of the Service (`CERTCTL_SERVER_PORT`). @default 8443 */
  port?: Port;
  // facts: sizes
  /** CPU and memory of each pod. @default by fleet size */
  resources?: Resources;
  /**
   * Open database connections per pod (`CERTCTL_DATABASE_MAX_CONNS`). PostgreSQL must allow this times the
   * replicas, plus 20.
   *
   * @default 50, 100 or 200 by fleet size
   * @asType integer
   * @minimum 1
   * @maximum 5000
   */
  maxConnections?: number;
  /** How callers prove who they are. */
  auth?: AuthSettings;
  /** The Service. */
  service?: ServiceSettings;
  /** Logging. */
  logging?: LoggingSettings;
  /** Browser origins that may call the API. */
  cors?: CorsSettings;
  /** Limits on requests. */
  rateLimiting?: RateLimitingSettings;
  /** Intervals and concurrency of the background work. */
  scheduler?: SchedulerSettings;
  /** Mail. */
  smtp?: SmtpSettings;
  /** Summary by mail; needs `smtp`. */
  digest?: DigestSettings;
  /** Chat, paging and webhooks. */
  notifiers?: NotifierSettings;
  /** Issuers that the first boot writes into the empty database. */
  issuer?: IssuerSettings;
  /** Enrollment over Secure Transport (`CERTCTL_EST_ENABLED`). @default not served */
  est?: EstSettings;
  /** Simple Certificate Enrollment Protocol (`CERTCTL_SCEP_ENABLED`). @default not served */
  scep?: ScepSettings;
  /** Scan of networks for certificates. */
  networkScan?: NetworkScanSettings;
  /**
   * Refuse calls of OIDC, webhook and ACME clients, and scans, to private address ranges
   * (`CERTCTL_BLOCK_RFC1918_OUTBOUND`).
   *
   * @default false
   */
  blockPrivateNetworks?: boolean;
  /**
   * Largest request body in bytes (`CERTCTL_MAX_BODY_SIZE`).
   *
   * @default 1048576
   * @asType integer
   * @minimum 1024
   */
  maxBodySize?: number;
  /** How a pod starts and stops. */
  lifecycle?: LifecycleSettings;
  /** When a pod is restarted. @default every 10 seconds, 5 to answer, 3 failures */
  livenessProbe?: ProbeSettings;
  /** When a pod gets no more requests. @default every 5 seconds, 3 to answer, 2 failures */
  readinessProbe?: ProbeSettings;
  /** The pods' identity in the cluster. It never has a token of the Kubernetes API. */
  serviceAccount?: ServiceAccountSettings;
  /** Files that settings name by path: existing Secrets and ConfigMaps, mounted read-only. @default [] */
  mounts?: MountSettings[];
  /**
   * Further environment variables of certctl, by their own names. One that an argument
   * governs, or that certctl does not read, is refused by name; so is a value that certctl would silently
   * replace by its default.
   *
   * @default {}
   */
  env?: Record<string, string>;
  /** Secret environment variables of certctl from Secrets that exist already, by variable. @default {} */
  envFromSecrets?: Record<string, SecretKeyReference>;
  /**
   * Where the pods may run; the Jobs run on the same nodes. Pods of one instance prefer different nodes and
   * zones.
   */
  scheduling?: Scheduling;
}

/** The server's Service. */
export interface ServiceSettings {
  /** Type of the Service. @default ClusterIP */
  type?: ServiceType;
  /** Annotations, such as those of a load balancer. @default {} */
  annotations?: Record<string, string>;
  /** Networks that a load balancer admits; only with `type: LoadBalancer`. @default every address */
  sourceRanges?: Cidr[];
  /** What happens to callers' addresses; not with `type: ClusterIP`. @default Cluster */
  externalTrafficPolicy?: ExternalTrafficPolicy;
  /**
   * Whether a client keeps talking to the same pod. Of no use behind an ingress.
   *
   * @default None for a small fleet, ClientIP for larger ones
   */
  sessionAffinity?: SessionAffinity;
  /**
   * Seconds after a client's last request for which it keeps its pod; only with `sessionAffinity: ClientIP`.
   *
   * @default 10800
   * @asType integer
   * @minimum 1
   * @maximum 86400
   */
  sessionAffinityTimeoutSeconds?: number;
}

/** Logging. */
export interface LoggingSettings {
  /** Log level (`CERTCTL_LOG_LEVEL`). @default info */
  level?: LogLevel;
}

/** Browser origins that may call the API. */
export interface CorsSettings {
  /**
   * Origins, such as `https://portal.example.com` (`CERTCTL_CORS_ORIGINS`). `*` is refused by certctl.
   *
   * @default []
   */
  origins?: Origin[];
}

/**
 * A browser origin.
 *
 * @pattern ^https?://[^/,\s*]+$
 * @patternErrorMessage is not an origin, such as https://portal.example.com, without a path
 */
export type Origin = string;

/** Scan of networks for certificates. */
export interface NetworkScanSettings {
  /** Whether networks are scanned (`CERTCTL_NETWORK_SCAN_ENABLED`). @default false */
  enabled?: boolean;
  /** Time between scans (`CERTCTL_NETWORK_SCAN_INTERVAL`). @default 6h */
  interval?: Duration;
}

/** How a pod starts and stops. */
export interface LifecycleSettings {
  // facts: boot-order
  /**
   * Seconds a pod may take until it listens; grows with the number of issuers, about 0.3 s of CPU each.
   *
   * @default 180
   * @asType integer
   * @minimum 10
   * @maximum 3600
   */
  startupTimeoutSeconds?: number;
  /**
   * Seconds a stopping pod keeps serving, until no node sends it new connections. Below 5 requests fail in a
   * rolling update.
   *
   * @default 10
   * @asType integer
   * @minimum 5
   * @maximum 300
   */
  preStopSeconds?: number;
  /**
   * Seconds from the stop signal for open requests and the audit log (`CERTCTL_AUDIT_FLUSH_TIMEOUT_SECONDS`).
   * The pod's grace period is this, plus preStopSeconds, plus 35 for the scheduler.
   *
   * @default 30
   * @asType integer
   * @minimum 1
   * @maximum 600
   */
  shutdownTimeoutSeconds?: number;
}

/** The pods' identity in the cluster. */
export interface ServiceAccountSettings {
  /**
   * Annotations, such as `eks.amazonaws.com/role-arn`, by which a cloud gives the pods a role: AWS Private CA
   * and Secrets Manager need one.
   *
   * @default {}
   */
  annotations?: Record<string, string>;
}
