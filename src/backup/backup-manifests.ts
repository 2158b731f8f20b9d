import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { DatabaseConnection } from "../database/database";
import { databaseClient, databaseClientVariables } from "../database/database";
import type { EnvVar, Volume, VolumeMount } from "../kubernetes/environment";
import { instanceNames } from "../kubernetes/names";
import { fieldVariable, literalVariables } from "../kubernetes/environment";
import { quantityInBytes } from "../kubernetes/units";
import type { BackupPodInput, ScriptStep } from "./backup-pod";
import { scratchMount, scratchVolume, scriptJobSpec } from "./backup-pod";
import type { ResolvedBackup, ResolvedSink } from "./backup-settings";
import { backupDirectory, sinkAccess } from "./backup-sink";
import type { RestoreSettings } from "./restore-args";
import { BackupSinkMode } from "./sink-args";

type CronJobSpec = k8s.types.input.batch.v1.CronJobSpec;
type JobSpec = k8s.types.input.batch.v1.JobSpec;

/** What the pods of backup, restore and drill are made from. */
export interface BackupManifestInput extends Omit<BackupPodInput, "component"> {
  settings: ResolvedBackup;
  connection: DatabaseConnection;
  /** Claim with the backups; without a meaning for a bucket. */
  claim: pulumi.Input<string>;
}

/** What is uploaded in one request, in mebibytes. A dump that is larger goes in parts of this size. */
const partMebibytes = 1024;
const bytes = (quantity: string): string => String(Math.floor(quantityInBytes(quantity)));

/** The schedule of backups. Never two at a time. */
export function backupCronJob(input: BackupManifestInput): CronJobSpec {
  const { settings } = input;
  return {
    ...cronFields(settings.schedule, settings.suspend, settings),
    jobTemplate: { spec: backupJobSpec(input) },
  };
}

function cronFields(
  schedule: string,
  suspend: boolean | undefined,
  settings: ResolvedBackup,
): Omit<CronJobSpec, "jobTemplate"> {
  return {
    schedule,
    timeZone: settings.timeZone,
    suspend: suspend ?? false,
    concurrencyPolicy: "Forbid",
    startingDeadlineSeconds: settings.startingDeadlineSeconds ?? 3600,
    successfulJobsHistoryLimit: settings.successfulJobsHistoryLimit ?? 3,
    failedJobsHistoryLimit: settings.failedJobsHistoryLimit ?? 3,
  };
}

/**
 * One backup: dumped and checked, then published. With `emptyDatabase: "skip"` a database without a schema is
 * no failure.
 */
export function backupJobSpec(input: BackupManifestInput, emptyDatabase: "fail" | "skip" = "fail"): JobSpec {
  const { settings, connection } = input;
  const sink = sinkAccess(settings.sink, input.claim, "backup");
  const client = databaseClient(connection);
  const onVolume = settings.sink.mode === BackupSinkMode.Pvc;
  const run = [
    // A dump is written where it will stay: publishing is a rename.
    ...literalVariables({
      WORK_DIR: onVolume ? `${backupDirectory}/.incoming` : "/scratch",
      DEADLINE_SECONDS: String(settings.activeDeadlineSeconds),
    }),
    fieldVariable("POD_NAME", "metadata.name"),
  ];
  const mounts = onVolume ? sink.mounts : [scratchMount];
  const dump: ScriptStep = {
    name: "dump",
    image: "postgres",
    script: "dump.sh",
    env: [
      ...run,
      ...literalVariables({
        COMPRESSION: String(settings.compression),
        IMAGE: input.images.postgres,
        EMPTY_DATABASE: emptyDatabase,
        SPACE_BYTES: onVolume ? "" : bytes(settings.scratchSize),
        SPACE_ARGUMENT: onVolume ? "backup.sink.pvc.storage.size" : "backup.scratchSize",
      }),
      ...databaseClientVariables(connection),
    ],
    mounts: [...mounts, ...client.mounts],
    resources: settings.resources,
  };
  const publish: ScriptStep = {
    name: onVolume ? "publish" : "upload",
    image: onVolume ? "postgres" : "awsCli",
    script: onVolume ? "publish.sh" : "upload.sh",
    env: [...run, ...sink.env, ...literalVariables(publishing(settings.sink))],
    mounts,
    resources: settings.resources,
  };
  // Room for the dump, and for the part of it that is on its way.
  const volumes = onVolume
    ? sink.volumes
    : [scratchVolume(String(quantityInBytes(settings.scratchSize) + partMebibytes * 2 ** 20))];
  const push = pushStep(
    input,
    "backup",
    [...run, ...sink.env.filter(({ name }) => name === "BACKUP_DIR")],
    mounts,
  );
  return scriptJobSpec(
    { ...input, component: "backup", scheduling: settings.scheduling },
    [dump, publish, ...push],
    {
      volumes: [...volumes, ...client.volumes],
      activeDeadlineSeconds: settings.activeDeadlineSeconds,
      backoffLimit: settings.backoffLimit ?? 1,
    },
  );
}

/** Comes after what it tells of. */
function pushStep(
  input: BackupManifestInput,
  purpose: "backup" | "drill",
  env: EnvVar[] = [],
  mounts: VolumeMount[] = [],
): ScriptStep[] {
  const { pushgateway, resources } = input.settings;
  if (!pushgateway) return [];
  const told = literalVariables({
    PURPOSE: purpose,
    PUSHGATEWAY_URL: pushgateway.url,
    JOB: instanceNames(input.instance)[purpose],
  });
  const variables = [...env, ...told, fieldVariable("NAMESPACE", "metadata.namespace")];
  return [{ name: "push", image: "postgres", script: "push.sh", env: variables, mounts, resources }];
}

/**
 * What the last step does besides publishing: on a volume it removes what is too old; a bucket does so
 * itself.
 */
function publishing(sink: ResolvedSink): Record<string, string> {
  if (sink.mode === BackupSinkMode.S3) return { PART_MEBIBYTES: String(partMebibytes) };
  const { days, count } = sink.pvc.retention;
  return { RETENTION_DAYS: String(days), RETENTION_COUNT: String(count) };
}

/** The schedule of restore drills. */
export function drillCronJob(input: BackupManifestInput): CronJobSpec {
  const { settings } = input;
  const { drill } = settings;
  const chosen = chooseStep(input, "drill", { backup: "latest" });
  const step: ScriptStep = {
    name: "drill",
    image: "postgres",
    script: "drill.sh",
    env: literalVariables({
      SCRATCH_DIR: "/scratch",
      DATA_DIR: "/data",
      SPACE_BYTES: bytes(drill.storageSize),
      JOBS: String(settings.jobs),
    }),
    mounts: [
      scratchMount,
      { name: "data", mountPath: "/data" },
      ...chosen.step.mounts.filter(({ name }) => name === "backups"),
    ],
    resources: drill.resources,
  };
  return {
    ...cronFields(drill.schedule, drill.suspend, settings),
    jobTemplate: {
      spec: scriptJobSpec(
        { ...input, component: "drill", scheduling: settings.scheduling },
        [chosen.step, step, ...pushStep(input, "drill")],
        {
          volumes: [...chosen.volumes, { name: "data", emptyDir: { sizeLimit: drill.storageSize } }],
          activeDeadlineSeconds: drill.activeDeadlineSeconds,
          backoffLimit: 0,
        },
      ),
    },
  };
}

/** Puts the backup that is asked for into the scratch folder. */
export function chooseStep(
  input: BackupManifestInput,
  purpose: "restore" | "drill",
  { backup, before }: Pick<RestoreSettings, "backup" | "before">,
): { step: ScriptStep; volumes: Volume[] } {
  const { sink, resources, scratchSize } = input.settings;
  const access = sinkAccess(sink, input.claim, "restore");
  const onVolume = sink.mode === BackupSinkMode.Pvc;
  return {
    step: {
      name: onVolume ? "choose" : "download",
      image: onVolume ? "postgres" : "awsCli",
      script: onVolume ? "choose.sh" : "download.sh",
      env: [
        ...literalVariables({
          PURPOSE: purpose,
          BACKUP: backup,
          BEFORE: before ?? "",
          SCRATCH_DIR: "/scratch",
        }),
        ...access.env,
      ],
      mounts: [scratchMount, ...access.mounts],
      resources,
    },
    volumes: [scratchVolume(onVolume ? "16Mi" : scratchSize), ...access.volumes],
  };
}
