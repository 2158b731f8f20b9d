import type * as pulumi from "@pulumi/pulumi";
import { fleetProfile } from "../fleet-size/fleet-size";
import type { FleetSize } from "../fleet-size/fleet-size-args";
import type { ContainerResources } from "../kubernetes/resources";
import { mergeResources } from "../kubernetes/resources";
import type { StorageSettings } from "../kubernetes/types";
import type { BackupSettings, DrillSettings } from "./backup-args";
import { BackupSinkMode, S3EncryptionMode, S3IdentityMode } from "./sink-args";
import type { BackupRetention, BackupSink, PvcSink, S3Encryption, S3Identity, S3Sink } from "./sink-args";

/** Where backups are kept, decided. */
export type ResolvedSink =
  | { mode: typeof BackupSinkMode.Pvc; pvc: ResolvedVolume }
  | { mode: typeof BackupSinkMode.S3; s3: ResolvedBucket };

/** A volume for backups with every default filled in. */
export interface ResolvedVolume extends PvcSink {
  storage: StorageSettings & { size: string };
  retention: Required<BackupRetention>;
}

/** A bucket for backups with every default filled in. */
export interface ResolvedBucket extends S3Sink {
  bucket: pulumi.Input<string>;
  prefix: string;
  region: pulumi.Input<string>;
  encryption: S3Encryption & { mode: S3EncryptionMode };
  identity: S3Identity & { mode: S3IdentityMode };
}

/** Settings of backups with every default filled in. */
export interface ResolvedBackup extends Omit<BackupSettings, "sink"> {
  schedule: string;
  timeZone: string;
  sink: ResolvedSink;
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
  enabled: boolean;
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
      enabled: drill.enabled ?? true,
      schedule: drill.schedule ?? "30 5 * * *",
      activeDeadlineSeconds: drill.activeDeadlineSeconds ?? 7200,
      storageSize: drill.storageSize ?? backup.scratchSize,
      resources: mergeResources(database.resources, drill.resources),
    },
  };
}

/** The checks have seen that a bucket is named. */
function resolveSink({ mode, pvc, s3 = {} }: BackupSink, volumeSize: string): ResolvedSink {
  if (mode === BackupSinkMode.S3) {
    return {
      mode,
      s3: {
        ...s3,
        bucket: s3.bucket ?? "",
        prefix: s3.prefix ?? "certctl/",
        region: s3.region ?? "",
        encryption: { ...s3.encryption, mode: s3.encryption?.mode ?? S3EncryptionMode.BucketDefault },
        identity: { ...s3.identity, mode: s3.identity?.mode ?? S3IdentityMode.Irsa },
      },
    };
  }
  return {
    mode: BackupSinkMode.Pvc,
    pvc: {
      ...pvc,
      storage: { ...pvc?.storage, size: pvc?.storage?.size ?? volumeSize },
      retention: { days: pvc?.retention?.days ?? 30, count: pvc?.retention?.count ?? 60 },
    },
  };
}
