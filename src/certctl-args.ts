import type { AgentSettings } from "./agents/agents-args";
import type { BackupSettings } from "./backup/backup-args";
import type { RestoreSettings } from "./backup/restore-args";
import type { DatabaseSettings } from "./database/database-args";
import type { ExposureSettings } from "./exposure/exposure-args";
import type { FleetSize } from "./fleet-size/fleet-size-args";
import type { ImageSettings } from "./images/images-args";
import type { ObjectName } from "./kubernetes/types";
import type { MigrationSettings } from "./migration/migration-args";
import type { NetworkSettings } from "./network/network-args";
import type { MonitoringSettings } from "./monitoring/monitoring-args";
import type { ProvisioningSettings } from "./provisioning/provisioning-args";
import type { CertctlSecrets, ExistingSecrets } from "./secrets/secrets-args";
import type { ServerSettings } from "./server/server-args";
import type { TlsSettings } from "./tls/tls-args";

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
