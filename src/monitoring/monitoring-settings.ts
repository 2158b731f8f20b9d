import type { FleetSize } from "../certctl-args";
import { prometheusSeconds } from "../kubernetes/units";
import type { AlertContext, WatchedCronJob } from "./alerts/alert";
import type { MonitoringSettings, WatchedBackupSettings } from "./monitoring-args";

/** Names of the parts of an instance that its alerts and its dashboard look at. */
export interface WatchedParts {
  instance: string;
  fleetSize?: FleetSize;
  /** Name of the server's Service and Deployment. */
  server: string;
  /** Name of the SQL exporter's Service; none without one. */
  exporter?: string;
  /** Name of the bundled PostgreSQL's StatefulSet and claim; none for an external database. */
  postgres?: string;
  /** Begin of the names of migration Jobs. */
  migrationJob: string;
  /** Begin of the names of provisioning Jobs. */
  provisioningJob: string;
  /** Seconds between two renewal scans. */
  renewalScanSeconds?: number;
  /** Whether a Pushgateway is told of backups. @default false */
  pushesBackups?: boolean;
  /** Agents that certctl registers for its own scans. */
  sentinelAgents?: number;
}

/** What alerts are written for, with defaults. */
export function alertContext(parts: WatchedParts, namespace: string, settings: Omit<MonitoringSettings, "sqlExporter">): AlertContext {
  const { instance, fleetSize = "small", renewalScanSeconds = 3600, sentinelAgents = 0, pushesBackups = false, ...names } = parts;
  const rules = settings.rules ?? {};
  return {
    ...names,
    name: instance,
    namespace,
    fleetSize,
    renewalScanSeconds,
    pushesBackups,
    sentinelAgents: rules.sentinelAgents ?? sentinelAgents,
    issuanceObjective: rules.issuanceObjective ?? 0.99,
    kubeStateMetrics: rules.kubeStateMetrics ?? true,
    kubeletMetrics: rules.kubeletMetrics ?? true,
    ...(settings.backup && { backup: watchedCronJob(`${instance}-backup`, settings.backup) }),
    ...(settings.drill && { drill: watchedCronJob(`${instance}-drill`, settings.drill) }),
  };
}

function watchedCronJob(name: string, { cronJob, period }: WatchedBackupSettings): WatchedCronJob {
  return { cronJob: cronJob ?? name, periodSeconds: prometheusSeconds(period) };
}
