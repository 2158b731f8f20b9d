import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { CertctlArgs } from "../certctl-args";
import type { BackupSettings } from "../backup/backup-args";
import { resolveBackup } from "../backup/backup-settings";
import type { Database } from "../database/database";
import { DatabaseMode } from "../database/database-args";
import { ExternalDatabase } from "../database/external-database";
import { PostgresDatabase } from "../database/postgres-database";
import { requiredConnections } from "../database/postgres-settings";
import { ExposureMode, IngressController } from "../exposure/exposure-args";
import { traefikServiceAnnotations } from "../exposure/ingress-manifests";
import type { FleetSize } from "../fleet-size/fleet-size-args";
import type { ImageSettings } from "../images/images-args";
import { objectLabels } from "../kubernetes/labels";
import { podSecurityLabels } from "../kubernetes/security";
import { durationSeconds } from "../kubernetes/units";
import type { WatchedParts } from "../monitoring/monitoring-settings";
import type { ServerSettings } from "../server/server-args";
import { resolveServer } from "../server/server-settings";
import type { ServerTls } from "../tls/server-tls";
import type { Trust } from "../tls/trust";

/** What every part of an instance is told. */
export interface SharedArgs {
  instance: string;
  namespace: string;
  images?: ImageSettings;
  commonLabels?: Record<string, string>;
  fleetSize?: FleetSize;
  readyTimeoutSeconds?: number;
  deletionProtection: boolean;
}

/** The namespace, which admits restricted pods only. */
export function namespaceManifest(shared: SharedArgs): k8s.types.input.core.v1.Namespace {
  const { "app.kubernetes.io/component": _component, ...labels } = objectLabels(shared, "server");
  return { metadata: { name: shared.namespace, labels: { ...labels, ...podSecurityLabels("restricted") } } };
}

/** Connections that the instance's servers may open together, and a reserve. */
export function connectionReserve(args: CertctlArgs): number {
  const server = resolveServer(args.server ?? {}, args.fleetSize);
  return requiredConnections(server.maxConnections, server.maxReplicas);
}

/** The server's settings, with what its Service must say to the controller of an Ingress. */
export function exposedServer(
  name: string,
  { namespace = "certctl", server = {}, exposure }: CertctlArgs,
): ServerSettings {
  if (exposure?.mode !== ExposureMode.Ingress || exposure.ingress?.controller !== IngressController.Traefik)
    return server;
  const annotations = {
    ...server.service?.annotations,
    ...traefikServiceAnnotations(namespace, `${name}-exposure`),
  };
  return { ...server, service: { ...server.service, annotations } };
}

/** The Service that clients outside are led to. */
export function exposedService(
  name: string,
  { server = {} }: CertctlArgs,
): { service: string; port: number; maxBodySize?: number } {
  return { service: `${name}-server`, port: server.port ?? 8443, maxBodySize: server.maxBodySize };
}

/** What clients of the server trust. */
export function clientTrust({ trust, caCertificate }: ServerTls): {
  trust: Trust;
  caCertificate?: pulumi.Input<string>;
} {
  return { trust, caCertificate };
}

/** The database that the arguments choose: bundled, or external. */
export function databaseFor(
  name: string,
  args: CertctlArgs,
  shared: SharedArgs & { requiredConnections: number },
  opts: pulumi.ComponentResourceOptions,
): Database {
  const { mode, bundled, external } = args.database ?? {};
  const existingPasswordSecret = args.existingSecrets?.databasePassword;
  const password =
    existingPasswordSecret === undefined ? { password: args.databasePassword } : { existingPasswordSecret };
  return mode === DatabaseMode.External && external
    ? new ExternalDatabase(`${name}-database`, { ...external, ...shared, ...password }, opts)
    : new PostgresDatabase(`${name}-postgres`, { ...bundled, ...shared, ...password }, opts);
}

/** What the instance's alerts look at, by the names that its parts give their objects. */
export function watchedParts(name: string, args: CertctlArgs): WatchedParts {
  const { server, database, backup, monitoring } = args;
  return {
    instance: name,
    server: `${name}-server`,
    ...(monitoring?.sqlExporter?.enabled && { exporter: `${name}-sql-exporter` }),
    ...(database?.mode !== DatabaseMode.External && { postgres: `${name}-postgres` }),
    migrationJob: `${name}-migrate`,
    provisioningJob: `${name}-provision`,
    renewalScanSeconds: durationSeconds(server?.scheduler?.renewalCheckInterval ?? "1h"),
    sentinelAgents: sentinelAgents(server),
    ...(backup?.enabled && schedules(backup)),
    pushesBackups: backup?.enabled === true && backup.pushgateway !== undefined,
  };
}

function schedules(backup: BackupSettings): Pick<WatchedParts, "backupSchedule" | "drillSchedule"> {
  const { schedule, drill } = resolveBackup(backup, undefined);
  return { backupSchedule: schedule, ...((drill.enabled ?? true) && { drillSchedule: drill.schedule }) };
}

// facts: metrics
/**
 * certctl registers an agent for the network scan, and one for each cloud that it searches; none of them is
 * ever online.
 */
function sentinelAgents(server: ServerSettings = {}): number {
  const isOn = (variable: string): boolean => server.env?.[variable] === "true";
  const clouds = ["AWS_SM", "AZURE_KV", "GCP_SM"].filter((cloud) =>
    isOn(`CERTCTL_${cloud}_DISCOVERY_ENABLED`),
  );
  return (
    (server.networkScan?.enabled ? 1 : 0) + (isOn("CERTCTL_CLOUD_DISCOVERY_ENABLED") ? clouds.length : 0)
  );
}
