import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { DatabaseConnection } from "../database/database";
import { databaseClient, databaseClientVariables } from "../database/database";
import { quantityInBytes } from "../database/postgres-parameters";
import { fieldVariable, literalVariables } from "../kubernetes/environment";
import type { BackupPodInput, ScriptStep } from "./backup-pod";
import { scriptJobSpec } from "./backup-pod";
import type { ResolvedBackup } from "./backup-settings";
import { backupDirectory, backupMount, backupVolume } from "./backup-volume";

type CronJobSpec = k8s.types.input.batch.v1.CronJobSpec;

/** What the pods of backup and drill are made from. */
export interface BackupManifestInput extends Omit<BackupPodInput, "component" | "scheduling"> {
  settings: ResolvedBackup;
  connection: DatabaseConnection;
  /** Claim with the backups. */
  claim: pulumi.Input<string>;
}

/** The schedule of backups: dumped and checked, then published. */
export function backupCronJob(input: BackupManifestInput): CronJobSpec {
  const { settings, connection } = input;
  const client = databaseClient(connection);
  const run = [
    // A dump is written where it will stay: publishing is a rename.
    ...literalVariables({ WORK_DIR: `${backupDirectory}/.incoming`, DEADLINE_SECONDS: String(settings.activeDeadlineSeconds) }),
    fieldVariable("POD_NAME", "metadata.name"),
  ];
  const dump: ScriptStep = {
    name: "dump",
    script: "dump.sh",
    env: [
      ...run,
      ...literalVariables({ COMPRESSION: String(settings.compression), IMAGE: input.images.postgres }),
      ...databaseClientVariables(connection),
    ],
    mounts: [backupMount("write"), ...client.mounts],
    resources: settings.resources,
  };
  const { days, count } = settings.sink.pvc.retention;
  const publish: ScriptStep = {
    name: "publish",
    script: "publish.sh",
    env: [...run, ...literalVariables({ BACKUP_DIR: backupDirectory, RETENTION_DAYS: String(days), RETENTION_COUNT: String(count) })],
    mounts: [backupMount("write")],
    resources: settings.resources,
  };
  const spec = scriptJobSpec({ ...input, component: "backup", scheduling: settings.scheduling }, [dump, publish], {
    volumes: [backupVolume(input.claim), ...client.volumes],
    activeDeadlineSeconds: settings.activeDeadlineSeconds,
    backoffLimit: settings.backoffLimit,
  });
  return { ...cronFields(settings.schedule, settings.suspend, settings), jobTemplate: { spec } };
}

/** The schedule of restore drills. */
export function drillCronJob(input: BackupManifestInput): CronJobSpec {
  const { settings } = input;
  const { drill } = settings;
  const step: ScriptStep = {
    name: "drill",
    script: "drill.sh",
    env: literalVariables({
      BACKUP_DIR: backupDirectory,
      DATA_DIR: "/data",
      SPACE_BYTES: String(Math.floor(quantityInBytes(drill.storageSize))),
      JOBS: String(drill.jobs),
    }),
    mounts: [{ name: "data", mountPath: "/data" }, backupMount("read")],
    resources: drill.resources,
  };
  const spec = scriptJobSpec({ ...input, component: "drill", scheduling: settings.scheduling }, [step], {
    volumes: [{ name: "data", emptyDir: { sizeLimit: drill.storageSize } }, backupVolume(input.claim)],
    activeDeadlineSeconds: drill.activeDeadlineSeconds,
    backoffLimit: 0,
  });
  return { ...cronFields(drill.schedule, drill.suspend, settings), jobTemplate: { spec } };
}

/** Never two at a time. */
function cronFields(schedule: string, suspend: boolean, settings: ResolvedBackup): Omit<CronJobSpec, "jobTemplate"> {
  return {
    schedule,
    timeZone: settings.timeZone,
    suspend,
    concurrencyPolicy: "Forbid",
    startingDeadlineSeconds: settings.startingDeadlineSeconds,
    successfulJobsHistoryLimit: settings.successfulJobsHistoryLimit,
    failedJobsHistoryLimit: settings.failedJobsHistoryLimit,
  };
}
