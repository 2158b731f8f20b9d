import type * as pulumi from "@pulumi/pulumi";
import type {
  Duration,
  ObjectName,
  Port,
  ProbeSettings,
  Quantity,
  Resources,
  Scheduling,
  StorageSettings,
} from "../kubernetes/types";

/** Where certctl's data lives. */
export const DatabaseMode = {
  /** A PostgreSQL StatefulSet that this package runs. */
  Bundled: "bundled",
  /** A PostgreSQL server that exists already: managed, or run by an operator. */
  External: "external",
} as const;
export type DatabaseMode = (typeof DatabaseMode)[keyof typeof DatabaseMode];

/** How a client protects its connection to PostgreSQL, in libpq's words (`sslmode`). */
export const SslMode = {
  Disable: "disable",
  Require: "require",
  VerifyCa: "verify-ca",
  VerifyFull: "verify-full",
} as const;
export type SslMode = (typeof SslMode)[keyof typeof SslMode];

/** The database of an instance: bundled, or external. */
export interface DatabaseSettings {
  /** Who runs PostgreSQL. @default bundled */
  mode?: DatabaseMode;
  /** Settings of the bundled PostgreSQL; only with `mode: bundled`. */
  bundled?: PostgresSettings;
  /** Address of the existing PostgreSQL; only with `mode: external`, and then required. */
  external?: ExternalDatabaseSettings;
}

/** The bundled PostgreSQL 16. */
export interface PostgresSettings {
  /**
   * Name of the database.
   *
   * @default certctl
   * @pattern ^[a-z_][a-z0-9_]{0,62}$
   * @patternErrorMessage is not a PostgreSQL name; use lower-case letters, digits and "_", at most 63 characters
   */
  database?: string;
  // facts: database
  /**
   * Role that owns the schema. Migration 18 protects the audit table only from a role of the name `certctl`.
   *
   * @default certctl
   * @pattern ^[a-z_][a-z0-9_]{0,62}$
   * @patternErrorMessage is not a PostgreSQL name; use lower-case letters, digits and "_", at most 63 characters
   */
  user?: string;
  /** TCP port of the Service and of the server. @default 5432 */
  port?: Port;
  /** The volume. Its size can grow in place, never shrink. */
  storage?: StorageSettings;
  /** CPU and memory of the server. @default by fleet size */
  resources?: Resources;
  // facts: sizes
  /**
   * Connections the server accepts (`max_connections`): at least the server's pool times its replicas, plus
   * 20.
   *
   * @default 100, 200 or 400 by fleet size, or more where pool × replicas + 20 needs it
   * @asType integer
   * @minimum 20
   * @maximum 10000
   */
  maxConnections?: number;
  /**
   * Memory for the page cache of the server itself (`shared_buffers`), as a Kubernetes quantity.
   *
   * @default 128Mi, 256Mi or 1Gi by fleet size
   */
  sharedBuffers?: Quantity;
  /** Further lines of postgresql.conf, by name. Names that other arguments govern are refused. @default {} */
  parameters?: Record<string, string>;
  /** Server certificate for encrypted connections inside the cluster; clients then use `verify-full`. */
  tls?: PostgresTlsSettings;
  /**
   * Seconds the server is given to stop (SIGINT, a fast shutdown) before it is killed.
   *
   * @default 120
   * @asType integer
   * @minimum 10
   * @maximum 3600
   */
  terminationGracePeriodSeconds?: number;
  /** When the server is restarted. @default every 10 seconds, 5 to answer, 6 failures */
  livenessProbe?: ProbeSettings;
  /** When the server gets no more connections. @default every 5 seconds, 1 to answer, 3 failures */
  readinessProbe?: ProbeSettings;
  /** Where the pod may run. */
  scheduling?: Scheduling;
}

/** Encrypted connections to the bundled PostgreSQL. */
export interface PostgresTlsSettings {
  /** Existing Secret with `tls.crt`, `tls.key` and `ca.crt`, valid for the database Service's DNS names. */
  secretName: pulumi.Input<ObjectName>;
}

/** Address of a PostgreSQL (15 or newer) that exists already. */
export interface ExternalDatabaseSettings {
  /** DNS name or address. */
  host: pulumi.Input<string>;
  /** TCP port. @default 5432 */
  port?: Port;
  /** Name of the database. It must exist and be empty at first. @default certctl */
  database?: pulumi.Input<string>;
  /** Role that owns the database; it need not be superuser. @default certctl */
  user?: pulumi.Input<string>;
  /** Protection of the connection; verify-ca needs `caCertificate`. @default verify-full */
  sslMode?: SslMode;
  /**
   * Connections that the server accepts (`max_connections`), if you know: it must be enough for the pool of
   * each certctl server, and 20.
   *
   * @default not checked
   * @asType integer
   * @minimum 20
   */
  maxConnections?: number;
  /** PEM certificates of the CA that signed the server's certificate. @default the system's roots */
  caCertificate?: pulumi.Input<string>;
  /**
   * Time to wait for a connection.
   *
   * @default 10s
   */
  connectTimeout?: Duration;
}
