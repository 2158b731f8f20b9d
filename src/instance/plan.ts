import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { CertctlAgentsArgs } from "../agents/certctl-agents";
import type { DatabaseBackupArgs } from "../backup/database-backup";
import type { DatabaseRestoreArgs } from "../backup/database-restore";
import type { CertctlArgs } from "../certctl-args";
import type { ExternalDatabaseArgs } from "../database/external-database";
import type { PostgresDatabaseArgs } from "../database/postgres-database";
import { requiredConnections } from "../database/postgres-settings";
import { ExposureMode, IngressController } from "../exposure/exposure-args";
import { traefikServiceAnnotations } from "../exposure/ingress-manifests";
import type { ServerExposureArgs } from "../exposure/server-exposure";
import type { NeededKind } from "../kubernetes/custom-resources";
import { objectLabels } from "../kubernetes/labels";
import type { LabelSource } from "../kubernetes/labels";
import type { InstanceNames } from "../kubernetes/names";
import { dataProtection } from "../kubernetes/protection";
import { sameNodes } from "../kubernetes/scheduling";
import { podSecurityLabels } from "../kubernetes/security";
import { MigrationMode } from "../migration/migration-args";
import type { DatabaseMigrationArgs } from "../migration/database-migration";
import type { CertctlMonitoringArgs } from "../monitoring/certctl-monitoring";
import type { SqlExporterArgs } from "../monitoring/sql-exporter";
import type { Traffic } from "../network/traffic";
import type { ServerProvisioningArgs } from "../provisioning/server-provisioning";
import { fleetKeys } from "../secrets/api-keys";
import type { InstanceSecretsArgs } from "../secrets/instance-secrets";
import type { CertctlServerArgs } from "../server/certctl-server";
import type { ServerSettings } from "../server/server-args";
import { serverDnsNames } from "../tls/dns-names";
import type { ServerTlsArgs } from "../tls/server-tls";
import { instanceSettings } from "./instance-settings";
import type { InstanceSettings } from "./instance-settings";
import { instanceTraffic } from "./instance-traffic";
import { neededKinds } from "./needed-kinds";
import { watchedParts } from "./watched-parts";

/** What other parts give to those that read the server's keys, its certificate and the database. */
type Credentials = "database" | "tlsSecret" | "apiKeys" | "encryptionKey";

/**
 * Which parts an instance has, what they are called, and what each is told besides what other parts give. A part
 * that there is none of is undefined.
 */
export interface InstancePlan {
  names: InstanceNames;
  neededKinds: NeededKind[];
  /** The namespace; undefined when it exists already. */
  namespace?: k8s.types.input.core.v1.Namespace;
  /** Of objects whose loss loses data. */
  protection: pulumi.CustomResourceOptions;
  network?: Traffic;
  secrets: InstanceSecretsArgs;
  tls: ServerTlsArgs;
  /** One of the two. */
  database: PlannedDatabase;
  backup?: Omit<DatabaseBackupArgs, "database">;
  restore?: Omit<DatabaseRestoreArgs, "source" | "migration">;
  /** What a migration is told, by its own Job or by that of a restore. */
  migration: Omit<DatabaseMigrationArgs, Credentials>;
  /** The Job that migrates before the server starts, and whether a backup is made before it. */
  migrationJob?: { backupFirst: boolean };
  server: Omit<CertctlServerArgs, Credentials>;
  provisioning: Omit<ServerProvisioningArgs, "serverUrl" | "apiKeys" | "trust" | "revision">;
  exposure?: Omit<ServerExposureArgs, "trust" | "caCertificate">;
  agents?: Omit<CertctlAgentsArgs, "serverUrl" | "trust" | "caCertificate">;
  sqlExporter?: Omit<SqlExporterArgs, "database">;
  monitoring?: Omit<CertctlMonitoringArgs, "apiKeys" | "trust">;
}

/** The database that an instance runs, or the one that it is given. */
export type PlannedDatabase =
  | { bundled: PostgresDatabaseArgs; external?: undefined }
  | { external: ExternalDatabaseArgs; bundled?: undefined };

/** Decides what an instance consists of. `name` is the component's. Nothing is created. */
export function instancePlan(name: string, args: CertctlArgs): InstancePlan {
  const settings = instanceSettings(args, name);
  const { names, namespace, deletionProtection, exposure } = settings;
  const { images, readyTimeoutSeconds, fleetSize } = args;
  const labelled = { instance: name, commonLabels: args.commonLabels };
  const shared = { ...labelled, namespace };
  const scheduling = sameNodes(args.server?.scheduling);
  const network = settings.network && instanceTraffic(settings, labelled);
  const migratedByJob = settings.migrations.mode === MigrationMode.Job;
  const { mode: _mode, backupFirst: _backupFirst, ...migration } = args.migrations ?? {};
  const { sqlExporter, ...monitoring } = args.monitoring ?? {};
  return {
    names,
    neededKinds: neededKinds(settings),
    namespace: settings.createNamespace ? namespaceManifest(namespace, labelled) : undefined,
    protection: dataProtection(deletionProtection),
    network,
    secrets: { ...shared, ...secretsOf(args), deletionProtection },
    tls: { ...shared, ...certificateOf(args), dnsNames: serverDnsNames(name, namespace) },
    database: databaseOf(args, settings, { ...shared, deletionProtection }),
    backup: settings.backup && { ...args.backup, ...shared, images, fleetSize, deletionProtection },
    restore: settings.backup && settings.restore && { namespace, restore: settings.restore },
    migration: { ...migration, ...shared, images, scheduling },
    migrationJob: migratedByJob ? { backupFirst: settings.migrations.backupFirst } : undefined,
    server: {
      ...exposedServer(args.server ?? {}, settings),
      ...shared,
      images,
      fleetSize,
      readyTimeoutSeconds,
      migratedByJob,
    },
    provisioning: {
      ...args.provisioning,
      ...shared,
      images,
      scheduling,
      authType: args.server?.auth?.type,
    },
    exposure: exposure && {
      ...exposure,
      ...shared,
      service: names.server,
      port: settings.server.port,
      maxBodySize: args.server?.maxBodySize,
    },
    agents: settings.agents && {
      ...agentsOf(args, network),
      ...shared,
      images,
      fleetSize,
      readyTimeoutSeconds,
    },
    sqlExporter: settings.sqlExporter
      ? { ...sqlExporter, ...shared, images, readyTimeoutSeconds, scheduling }
      : undefined,
    monitoring: settings.monitoring && {
      ...monitoring,
      ...shared,
      fleetSize,
      ...watchedParts(settings, name),
    },
  };
}

/** What the parts of one namespace share. */
interface Shared extends LabelSource {
  namespace: string;
}

/** The namespace, which admits restricted pods only. */
function namespaceManifest(name: string, labelled: LabelSource): k8s.types.input.core.v1.Namespace {
  const { "app.kubernetes.io/component": _component, ...labels } = objectLabels(labelled, "server");
  return { metadata: { name, labels: { ...labels, ...podSecurityLabels("restricted") } } };
}

/** What the server's Secrets are made from. */
function secretsOf(args: CertctlArgs): Omit<InstanceSecretsArgs, keyof Shared> {
  const { encryptionKey, apiKeys, previousApiKeys, caCertificate, caPrivateKey, smtpPassword, secretEnv } =
    args;
  const { existingSecrets } = args;
  const pair = { caCertificate, caPrivateKey };
  return { encryptionKey, apiKeys, previousApiKeys, ...pair, smtpPassword, secretEnv, existingSecrets };
}

/** What the server's certificate comes from. */
function certificateOf(args: CertctlArgs): Omit<ServerTlsArgs, keyof Shared | "dnsNames"> {
  const { tls, tlsCertificate, tlsPrivateKey, tlsCaCertificate } = args;
  return { tls, tlsCertificate, tlsPrivateKey, tlsCaCertificate };
}

/** The database that the arguments choose. */
function databaseOf(
  args: CertctlArgs,
  { database, connections }: InstanceSettings,
  shared: Shared & { deletionProtection: boolean },
): PlannedDatabase {
  const { databasePassword: password, images, fleetSize, readyTimeoutSeconds } = args;
  const existingPasswordSecret = args.existingSecrets?.databasePassword;
  const login = existingPasswordSecret === undefined ? { password } : { existingPasswordSecret };
  if (database.external && args.database?.external)
    return { external: { ...args.database.external, ...shared, ...login } };
  const sizes = { fleetSize, requiredConnections: requiredConnections(connections) };
  const told = { ...shared, ...login, ...sizes, images, readyTimeoutSeconds };
  return { bundled: { ...args.database?.bundled, ...told } };
}

/** The server's settings, with what its Service must say to the controller of an Ingress. */
function exposedServer(
  server: ServerSettings,
  { exposure, names, namespace }: InstanceSettings,
): ServerSettings {
  const traefik =
    exposure?.mode === ExposureMode.Ingress && exposure.ingress?.controller === IngressController.Traefik;
  if (!traefik) return server;
  const annotations = {
    ...server.service?.annotations,
    ...traefikServiceAnnotations(namespace, names.exposure),
  };
  return { ...server, service: { ...server.service, annotations } };
}

/** The agents' settings, their keys, and their policy where they live in a namespace of their own. */
function agentsOf(
  { agents, apiKeys, existingSecrets }: CertctlArgs,
  network: Traffic | undefined,
): Omit<NonNullable<InstancePlan["agents"]>, keyof Shared> {
  const { enabled: _enabled, ...settings } = agents ?? {};
  const existingKeys = existingSecrets?.apiKeys;
  const keys = apiKeys && existingKeys === undefined ? { keys: fleetKeys(apiKeys) } : { existingKeys };
  const traffic = network?.elsewhere?.agents === undefined ? undefined : network;
  return { ...settings, ...keys, traffic };
}
