import { durationSeconds } from "../kubernetes/units";
import type { WatchedParts } from "../monitoring/monitoring-settings";
import { serverDefaults } from "../server/server-settings";
import type { InstanceSettings } from "./instance-settings";

/** What the instance's alerts look at, by the names that its parts give their objects. */
export function watchedParts(settings: InstanceSettings, instance: string): WatchedParts {
  const { names, server, database, backup } = settings;
  return {
    instance,
    server: names.server,
    ...(settings.sqlExporter && { exporter: names.sqlExporter }),
    ...(database.bundled && { postgres: names.postgres }),
    migrationJob: names.migration,
    provisioningJob: names.provisioning,
    renewalScanSeconds: durationSeconds(
      server.scheduler?.renewalCheckInterval ?? serverDefaults.renewalCheckInterval,
    ),
    sentinelAgents: sentinelAgents(settings),
    ...(backup && {
      backupSchedule: backup.schedule,
      ...(backup.drill.enabled && { drillSchedule: backup.drill.schedule }),
    }),
    pushesBackups: backup?.pushgateway !== undefined,
  };
}

// facts: metrics
/**
 * certctl registers an agent for the network scan, and one for each cloud that it searches; none of them is
 * ever online.
 */
function sentinelAgents({ server }: InstanceSettings): number {
  const isOn = (variable: string): boolean => server.env?.[variable] === "true";
  const clouds = ["AWS_SM", "AZURE_KV", "GCP_SM"].filter((cloud) =>
    isOn(`CERTCTL_${cloud}_DISCOVERY_ENABLED`),
  );
  return (
    (server.networkScan?.enabled ? 1 : 0) + (isOn("CERTCTL_CLOUD_DISCOVERY_ENABLED") ? clouds.length : 0)
  );
}
