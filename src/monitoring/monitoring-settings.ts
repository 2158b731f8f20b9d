import type { CronSchedule } from "../backup/backup-args";
import { longestGapSeconds } from "../backup/schedule";
import type { FleetSize } from "../fleet-size/fleet-size-args";
import { prometheusSeconds } from "../kubernetes/units";
import type { AlertContext, WatchedCronJob } from "./alerts/alert";
import { namedPods } from "../network/edges";
import type { NetworkPeer } from "../network/network-args";
import { instanceNames } from "../kubernetes/names";
import type {
  DashboardSettings,
  MonitoringSettings,
  RuleSettings,
  ServiceMonitorSettings,
  WatchedBackupSettings,
} from "./monitoring-args";

/** Names of the parts of an instance that its alerts and its dashboard look at. */
export interface WatchedParts {
  /** Name of the instance, for labels. */
  instance: string;
  /** Sizes. @default small */
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
  /** When backups are made; none without them. */
  backupSchedule?: CronSchedule;
  /** When restore drills are run; none without them. */
  drillSchedule?: CronSchedule;
  /** Whether a Pushgateway is told of backups. @default false */
  pushesBackups?: boolean;
  /** Agents that certctl registers for its own scans. */
  sentinelAgents?: number;
}

/** What is scraped and evaluated how often, unless the settings say so. */
export const monitoringDefaults = {
  scrapeInterval: "1m",
  scrapeTimeout: "30s",
  evaluationInterval: "1m",
  issuanceObjective: 0.99,
} as const;

/** Settings of monitoring with every default filled in that several places need. */
export interface ResolvedMonitoring extends MonitoringSettings {
  scrapers: NetworkPeer[];
  serviceMonitor: ServiceMonitorSettings & { enabled: boolean };
  rules: RuleSettings & { enabled: boolean; kubeStateMetrics: boolean };
  dashboard: DashboardSettings & { enabled: boolean };
}

/** Fills in the defaults. */
export function resolveMonitoring(given: MonitoringSettings): ResolvedMonitoring {
  const { serviceMonitor, rules, dashboard } = given;
  return {
    ...given,
    scrapers: given.scrapers ?? [namedPods("monitoring", { "app.kubernetes.io/name": "prometheus" })],
    serviceMonitor: { ...serviceMonitor, enabled: serviceMonitor?.enabled ?? true },
    rules: {
      ...rules,
      enabled: rules?.enabled ?? true,
      kubeStateMetrics: rules?.kubeStateMetrics ?? true,
    },
    dashboard: { ...dashboard, enabled: dashboard?.enabled ?? true },
  };
}

/** What alerts are written for, with defaults. */
export function alertContext(
  parts: WatchedParts,
  namespace: string,
  settings: Omit<MonitoringSettings, "sqlExporter">,
): AlertContext {
  const {
    instance,
    fleetSize = "small",
    renewalScanSeconds = 3600,
    sentinelAgents = 0,
    pushesBackups = false,
    ...others
  } = parts;
  const { backupSchedule, drillSchedule, ...names } = others;
  const rules = settings.rules ?? {};
  const backup = watchedCronJob(instanceNames(instance).backup, settings.backup, backupSchedule);
  const drill = watchedCronJob(instanceNames(instance).drill, settings.drill, drillSchedule);
  return {
    ...names,
    name: instance,
    namespace,
    fleetSize,
    renewalScanSeconds,
    pushesBackups,
    sentinelAgents: rules.sentinelAgents ?? sentinelAgents,
    issuanceObjective: rules.issuanceObjective ?? monitoringDefaults.issuanceObjective,
    kubeStateMetrics: rules.kubeStateMetrics ?? true,
    kubeletMetrics: rules.kubeletMetrics ?? true,
    ...(backup && { backup }),
    ...(drill && { drill }),
  };
}

function watchedCronJob(
  name: string,
  given: WatchedBackupSettings | undefined,
  schedule: CronSchedule | undefined,
): WatchedCronJob | undefined {
  if (given === undefined && schedule === undefined) return undefined;
  const { cronJob = name, period } = given ?? {};
  return {
    cronJob,
    periodSeconds: period === undefined ? longestGapSeconds(schedule) : prometheusSeconds(period),
  };
}
