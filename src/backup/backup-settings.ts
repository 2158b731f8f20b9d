import type { FleetSize } from "../certctl-args";
import type { ContainerResources } from "../fleet-size";
import { fleetProfile, mergeResources } from "../fleet-size";
import type { BackupRetention, BackupSettings, BackupSink, DrillSettings, PvcSink } from "./backup-args";

/** Settings of backups with every default filled in. */
export interface ResolvedBackup extends BackupSettings {
  schedule: string;
  timeZone: string;
  suspend: boolean;
  sink: BackupSink & { pvc: ResolvedVolume };
  compression: number;
  startingDeadlineSeconds: number;
  activeDeadlineSeconds: number;
  backoffLimit: number;
  successfulJobsHistoryLimit: number;
  failedJobsHistoryLimit: number;
  resources: ContainerResources;
  drill: ResolvedDrill;
}

/** The volume with every default filled in. */
export interface ResolvedVolume extends PvcSink {
  storage: { size: string; storageClass?: string };
  retention: Required<BackupRetention>;
}

/** Settings of restore drills with every default filled in. */
export interface ResolvedDrill extends DrillSettings {
  enabled: boolean;
  schedule: string;
  suspend: boolean;
  activeDeadlineSeconds: number;
  storageSize: string;
  resources: ContainerResources;
  /** Tables that are restored at a time. */
  jobs: number;
}

/** Fills in the defaults. */
export function resolveBackup(given: BackupSettings, fleetSize: FleetSize | undefined): ResolvedBackup {
  const { backup, database } = fleetProfile(fleetSize);
  const drill = given.drill ?? {};
  return {
    ...given,
    schedule: given.schedule ?? "30 2 * * *",
    timeZone: given.timeZone ?? "Etc/UTC",
    suspend: given.suspend ?? false,
    sink: { pvc: resolveVolume(given.sink?.pvc ?? {}, backup.volumeSize) },
    compression: given.compression ?? backup.compression,
    startingDeadlineSeconds: given.startingDeadlineSeconds ?? 3600,
    activeDeadlineSeconds: given.activeDeadlineSeconds ?? 3600,
    backoffLimit: given.backoffLimit ?? 1,
    successfulJobsHistoryLimit: given.successfulJobsHistoryLimit ?? 3,
    failedJobsHistoryLimit: given.failedJobsHistoryLimit ?? 3,
    resources: mergeResources(backup.resources, given.resources),
    drill: {
      enabled: drill.enabled ?? true,
      schedule: drill.schedule ?? "30 5 * * *",
      suspend: drill.suspend ?? false,
      activeDeadlineSeconds: drill.activeDeadlineSeconds ?? 7200,
      storageSize: drill.storageSize ?? backup.drillSize,
      resources: mergeResources(database.resources, drill.resources),
      jobs: backup.jobs,
    },
  };
}

function resolveVolume(pvc: PvcSink, size: string): ResolvedVolume {
  return {
    ...pvc,
    storage: { ...pvc.storage, size: pvc.storage?.size ?? size },
    retention: { days: pvc.retention?.days ?? 30, count: pvc.retention?.count ?? 60 },
  };
}
