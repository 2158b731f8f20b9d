import { resolveAgents } from "../agents/agents-settings";
import type { ResolvedAgents } from "../agents/agents-settings";
import type { RestoreSettings } from "../backup/restore-args";
import { resolveBackup } from "../backup/backup-settings";
import type { ResolvedBackup } from "../backup/backup-settings";
import type { CertctlArgs } from "../certctl-args";
import { resolveDatabase } from "../database/database-settings";
import type { ResolvedDatabase } from "../database/database-settings";
import { connectionReserve, requiredConnections } from "../database/postgres-settings";
import type { ServerConnections } from "../database/postgres-settings";
import { ExposureMode } from "../exposure/exposure-args";
import type { ExposureSettings } from "../exposure/exposure-args";
import { FleetSize } from "../fleet-size/fleet-size-args";
import { defaultNamespace, instanceNames } from "../kubernetes/names";
import type { InstanceNames } from "../kubernetes/names";
import { resolveMigration } from "../migration/migration-settings";
import type { ResolvedMigration } from "../migration/migration-settings";
import { resolveMonitoring } from "../monitoring/monitoring-settings";
import type { ResolvedMonitoring } from "../monitoring/monitoring-settings";
import type { NetworkSettings } from "../network/network-args";
import { resolveServer } from "../server/server-settings";
import type { ResolvedServer } from "../server/server-settings";
import { resolveTls } from "../tls/tls-settings";
import type { ResolvedTls } from "../tls/tls-settings";

/**
 * An instance with every default filled in: what checks, edges, warnings, the plan and the outputs read. A part
 * that there is none of is undefined.
 */
export interface InstanceSettings {
  names: InstanceNames;
  namespace: string;
  createNamespace: boolean;
  deletionProtection: boolean;
  checkCustomResources: boolean;
  fleetSize: FleetSize;
  server: ResolvedServer;
  /** What the servers open together. */
  connections: ServerConnections;
  database: ResolvedDatabase;
  migrations: ResolvedMigration;
  backup?: ResolvedBackup;
  restore?: RestoreSettings;
  exposure?: ExposureSettings;
  agents?: ResolvedAgents;
  /** Who may connect to whom; undefined without network policies. */
  network?: NetworkSettings;
  tls: ResolvedTls;
  monitoring?: ResolvedMonitoring;
  /** Whether the exporter of what the database knows is there. */
  sqlExporter: boolean;
}

/** Fills in the defaults. `name` is the component's. */
export function instanceSettings(args: CertctlArgs, name: string): InstanceSettings {
  const fleetSize = knownFleetSize(args.fleetSize);
  const server = resolveServer(args.server ?? {}, fleetSize);
  const connections = {
    pool: server.maxConnections,
    replicas: server.maxReplicas,
    reserve: connectionReserve,
  };
  const { exposure, monitoring } = args;
  return {
    names: instanceNames(name),
    namespace: args.namespace ?? defaultNamespace,
    createNamespace: args.createNamespace ?? true,
    deletionProtection: args.deletionProtection ?? true,
    checkCustomResources: args.checkCustomResources ?? true,
    fleetSize,
    server,
    connections,
    database: resolveDatabase(args.database ?? {}, fleetSize, requiredConnections(connections)),
    migrations: resolveMigration(args.migrations ?? {}),
    backup: args.backup?.enabled === true ? resolveBackup(args.backup, fleetSize) : undefined,
    restore: args.restore,
    exposure: (exposure?.mode ?? ExposureMode.None) === ExposureMode.None ? undefined : exposure,
    agents: args.agents?.enabled === false ? undefined : resolveAgents(args.agents ?? {}, fleetSize),
    network: args.network?.enabled === false ? undefined : (args.network ?? {}),
    tls: resolveTls(args.tls ?? {}, args.tlsCaCertificate !== undefined),
    monitoring: monitoring?.enabled === true ? resolveMonitoring(monitoring) : undefined,
    sqlExporter: monitoring?.sqlExporter?.enabled === true,
  };
}

/** What is no fleet size has been reported; the rest is checked for the default. */
function knownFleetSize(given: FleetSize = FleetSize.Small): FleetSize {
  return Object.values(FleetSize).includes(given) ? given : FleetSize.Small;
}
