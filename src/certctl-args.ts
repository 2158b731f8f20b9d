import type * as pulumi from "@pulumi/pulumi";
import type { AgentSettings } from "./agents/agents-args";
import type { BackupSettings } from "./backup/backup-args";
import type { RestoreSettings } from "./backup/restore-args";
import type { DatabaseSettings, MigrationSettings } from "./database/database-args";
import type { ExposureSettings } from "./exposure/exposure-args";
import type { ObjectName } from "./kubernetes/types";
import type { NetworkSettings } from "./network/network-args";
import type { MonitoringSettings } from "./monitoring/monitoring-args";
import type { ProvisioningSettings } from "./provisioning/provisioning-args";
import type { ServerSettings } from "./server/server-args";
import type { TlsSettings } from "./tls/tls-args";

/**
 * How many certificates and agents the instance is sized for (certctl facts 6). Only `small` was measured
 * upstream.
 */
export const FleetSize = {
  /** Up to 500 certificates and 100 agents. */
  Small: "small",
  /** Up to 5,000 certificates and 1,000 agents. */
  Medium: "medium",
  /** Up to 50,000 certificates and 10,000 agents. */
  Large: "large",
} as const;
export type FleetSize = (typeof FleetSize)[keyof typeof FleetSize];

/** A certctl instance. The same keys, with the prefix `certctl:`, configure a stack. */
export interface CertctlArgs extends CertctlSecrets {
  /** Namespace of the instance. @default certctl */
  namespace?: ObjectName;
  /** Whether the namespace is created, with the restricted pod security level enforced. @default true */
  createNamespace?: boolean;
  /** Sizes of pods, pools and the database. @default small */
  fleetSize?: FleetSize;
  /**
   * Protect the namespace, the database's volume and the Secrets of keys: `pulumi destroy` refuses them, and
   * keeps the objects if they leave the program.
   *
   * @default true
   */
  deletionProtection?: boolean;
  /**
   * Seconds for which `pulumi up` waits for the pods of the database, of the server and of the agents, each;
   * then it fails with what it saw, and leaves the pods as they are. Jobs have deadlines of their own.
   *
   * @default 600
   * @asType integer
   * @minimum 10
   * @maximum 86400
   */
  readyTimeoutSeconds?: number;
  /**
   * Refuse to go on when the cluster lacks a CustomResourceDefinition that the configuration needs. Turn it
   * off when the same program installs the definition, or when it may not read definitions.
   *
   * @default true
   */
  checkCustomResources?: boolean;
  /** Labels on every object. @default {} */
  commonLabels?: Record<string, string>;
  /** Container images. */
  images?: ImageSettings;
  /** The API server. */
  server?: ServerSettings;
  /** The way in for clients outside of the cluster. */
  exposure?: ExposureSettings;
  /** The database. */
  database?: DatabaseSettings;
  /** The database migration. */
  migrations?: MigrationSettings;
  /** Backups of the database, and the proof that they can be restored. */
  backup?: BackupSettings;
  /**
   * A backup that is restored before the server starts; needs `backup.enabled`. It can be removed when it is
   * done.
   */
  restore?: RestoreSettings;
  /** The step that turns Ready into working: roles granted, issuers checked. */
  provisioning?: ProvisioningSettings;
  /** The agents. */
  agents?: AgentSettings;
  /** Who may connect to whom. */
  network?: NetworkSettings;
  /** The server's certificate, and what its clients trust. */
  tls?: TlsSettings;
  /** How Prometheus and Grafana watch the instance. */
  monitoring?: MonitoringSettings;
  /** Secrets that exist already in the namespace, instead of secret configuration. */
  existingSecrets?: ExistingSecrets;
}

/** Container images, by tag or digest. */
export interface ImageSettings {
  /** The server; also runs migration and provisioning. @default ghcr.io/certctl-io/certctl-server:v2.1.7 */
  server?: pulumi.Input<ImageReference>;
  /** The agent. @default ghcr.io/certctl-io/certctl-agent:v2.1.7 */
  agent?: pulumi.Input<ImageReference>;
  /** PostgreSQL 16, alpine (user id 70). @default postgres:16-alpine */
  postgres?: pulumi.Input<ImageReference>;
  /**
   * The AWS CLI, 2.23 or newer: uploads backups to a bucket.
   *
   * @default public.ecr.aws/aws-cli/aws-cli:2.27.50
   */
  awsCli?: pulumi.Input<ImageReference>;
  /**
   * query-exporter 5, with the driver of PostgreSQL: the exporter of `monitoring.sqlExporter`.
   *
   * @default adonato/query-exporter:5.0.2
   */
  sqlExporter?: pulumi.Input<ImageReference>;
  /** When a node pulls an image. @default IfNotPresent */
  pullPolicy?: ImagePullPolicy;
  /** Names of Secrets with registry logins. @default [] */
  pullSecrets?: ObjectName[];
}

/**
 * Reference to a container image.
 *
 * @pattern ^[a-z0-9]([-a-zA-Z0-9._/]|:(?=[0-9]+/))*((:[a-zA-Z0-9_][-a-zA-Z0-9._]*)|(@sha256:[0-9a-f]{64})|(:[a-zA-Z0-9_][-a-zA-Z0-9._]*@sha256:[0-9a-f]{64}))$
 * @patternErrorMessage is not an image reference with a tag or a digest, such as registry.example.com/certctl-server:v2.1.7
 */
export type ImageReference = string;

/** When a node pulls an image. */
export const ImagePullPolicy = { Always: "Always", IfNotPresent: "IfNotPresent", Never: "Never" } as const;
export type ImagePullPolicy = (typeof ImagePullPolicy)[keyof typeof ImagePullPolicy];

/** Secret configuration. `npm run secrets -- <stack>` makes what is missing, once. */
export interface CertctlSecrets {
  /** Password of the database role. Any characters but NUL and line breaks. @secret */
  databasePassword?: pulumi.Input<string>;
  /**
   * Key that encrypts issuer and target configurations in the database (`CERTCTL_CONFIG_ENCRYPTION_KEY`): at
   * least 32 bytes. It must never change or be lost (certctl facts 0.6).
   *
   * @secret
   */
  encryptionKey?: pulumi.Input<string>;
  /** API keys by duty. @secret */
  apiKeys?: pulumi.Input<ApiKeys>;
  /** Keys that still work during a rotation, besides `apiKeys`. @secret */
  previousApiKeys?: PreviousApiKeys;
  /**
   * PEM certificate of the CA that the issuer `iss-local` signs with.
   *
   * @default a new one per process, lost at each restart (certctl facts 0.8)
   * @secret
   */
  caCertificate?: pulumi.Input<string>;
  /** PEM private key of `caCertificate`. @secret */
  caPrivateKey?: pulumi.Input<string>;
  /** PEM certificate chain of the server; with `tls.mode: provided`. @secret */
  tlsCertificate?: pulumi.Input<string>;
  /** PEM private key of `tlsCertificate`. @secret */
  tlsPrivateKey?: pulumi.Input<string>;
  /** PEM certificates of the CAs that agents and Jobs trust. Not secret. */
  tlsCaCertificate?: pulumi.Input<string>;
  /** Password of the mail server (`CERTCTL_SMTP_PASSWORD`). @secret */
  smtpPassword?: pulumi.Input<string>;
  /**
   * Secret environment variables of certctl, by name, such as `CERTCTL_SLACK_WEBHOOK_URL`.
   *
   * @default {}
   * @secret
   */
  secretEnv?: Record<string, pulumi.Input<string>>;
}

/** One API key per duty: at least 32 characters, without `:`, `,` and spaces. */
export interface ApiKeys {
  /** All rights. Never given to an agent. */
  admin: pulumi.Input<string>;
  /** Registers agents; also the agent bootstrap token (certctl facts 0.5). */
  enroll: pulumi.Input<string>;
  /** Heartbeats and jobs of all agents. */
  fleet: pulumi.Input<string>;
  /** Scrapes metrics. */
  metrics: pulumi.Input<string>;
}

/** Keys that are being replaced. */
export interface PreviousApiKeys {
  /** Earlier admin key. */
  admin?: pulumi.Input<string>;
  /** Earlier fleet key. */
  fleet?: pulumi.Input<string>;
  /** Earlier metrics key. */
  metrics?: pulumi.Input<string>;
}

/** Names of Secrets that exist already. Pods that read them are not restarted when they change. */
export interface ExistingSecrets {
  /** Secret with the key `password`, instead of `databasePassword`. */
  databasePassword?: pulumi.Input<ObjectName>;
  /** Secret with the key `key`, instead of `encryptionKey`. */
  encryptionKey?: pulumi.Input<ObjectName>;
  /**
   * Secret with the keys `admin`, `enroll`, `fleet` and `metrics`, instead of `apiKeys`. Node agents need one
   * with `enroll` and `fleet` in their namespace.
   */
  apiKeys?: pulumi.Input<ObjectName>;
  /** Secret with the keys `tls.crt` and `tls.key`, instead of `caCertificate` and `caPrivateKey`. */
  issuingCa?: pulumi.Input<ObjectName>;
}
