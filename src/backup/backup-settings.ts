import type { FleetSize } from "../certctl-args";
import type { ContainerResources } from "../fleet-size";
import { fleetProfile, mergeResources } from "../fleet-size";
import type { BackupSettings, BackupSink, DrillSettings, PvcSink, S3Sink } from "./backup-args";

/** Where backups are kept, decided. */
export type ResolvedSink =
  { mode: "pvc"; pvc: PvcSink & { storage: { size: string; storageClass?: string } } } | { mode: "s3"; s3: S3Sink & { prefix: string } };

/** Settings of backups with every default filled in. */
export interface ResolvedBackup extends BackupSettings {
  schedule: string;
  timeZone: string;
  sink: ResolvedSink & BackupSink;
  compression: number;
  scratchSize: string;
  activeDeadlineSeconds: number;
  resources: ContainerResources;
  /** Tables that are restored at a time. */
  jobs: number;
  drill: ResolvedDrill;
}

/** Settings of restore drills with every default filled in. */
export interface ResolvedDrill extends DrillSettings {
  schedule: string;
  activeDeadlineSeconds: number;
  storageSize: string;
  resources: ContainerResources;
}

/** Fills in the defaults. */
export function resolveBackup(given: BackupSettings, fleetSize: FleetSize | undefined): ResolvedBackup {
  const { backup, database } = fleetProfile(fleetSize);
  const drill = given.drill ?? {};
  return {
    ...given,
    schedule: given.schedule ?? "30 2 * * *",
    timeZone: given.timeZone ?? "Etc/UTC",
    sink: resolveSink(given.sink ?? {}, backup.volumeSize),
    compression: given.compression ?? backup.compression,
    scratchSize: given.scratchSize ?? backup.scratchSize,
    activeDeadlineSeconds: given.activeDeadlineSeconds ?? 3600,
    resources: mergeResources(backup.resources, given.resources),
    jobs: backup.jobs,
    drill: {
      ...drill,
      schedule: drill.schedule ?? "30 5 * * *",
      activeDeadlineSeconds: drill.activeDeadlineSeconds ?? 7200,
      storageSize: drill.storageSize ?? backup.scratchSize,
      resources: mergeResources(database.resources, drill.resources),
    },
  };
}

function resolveSink({ mode, pvc, s3 }: BackupSink, volumeSize: string): ResolvedSink {
  if (mode === "s3" && s3) return { mode, s3: { ...s3, prefix: s3.prefix ?? "certctl/" } };
  return { mode: "pvc", pvc: { ...pvc, storage: { ...pvc?.storage, size: pvc?.storage?.size ?? volumeSize } } };
}
