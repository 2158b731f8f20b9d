import type * as k8s from "@pulumi/kubernetes";
import { databaseClient, databaseClientVariables } from "../database/database";
import { literalVariables } from "../kubernetes/environment";
import type { BackupManifestInput } from "./backup-manifests";
import { chooseStep } from "./backup-manifests";
import type { ScriptStep } from "./backup-pod";
import { scratchMount, scriptJobSpec } from "./backup-pod";
import type { RestoreSettings } from "./restore-args";

/** One restore. `id` tells it from others, so that a repeated one finds what was done. */
export function restoreJobSpec(
  input: BackupManifestInput,
  restore: RestoreSettings,
  id: string,
): k8s.types.input.batch.v1.JobSpec {
  const { settings, connection } = input;
  const chosen = chooseStep(input, "restore", restore);
  const client = databaseClient(connection);
  const inDatabase = (name: string, script: string, env: Record<string, string>): ScriptStep => ({
    name,
    image: "postgres",
    script,
    env: [
      ...literalVariables({ SCRATCH_DIR: "/scratch", RESTORE_ID: id, ...env }),
      ...databaseClientVariables(connection),
    ],
    mounts: [
      scratchMount,
      ...client.mounts,
      ...chosen.step.mounts.filter(({ name: volume }) => volume === "backups"),
    ],
    resources: settings.resources,
  });
  const steps = [
    inDatabase("restored", "restored.sh", {}),
    {
      ...chosen.step,
      script: "find-backup.sh",
      env: [...literalVariables({ FIND_SCRIPT: chosen.step.script }), ...chosen.step.env],
    },
    inDatabase("restore", "restore.sh", {
      OVERWRITE_DATABASE: restore.overwriteDatabase ?? "",
      JOBS: String(restore.jobs ?? settings.jobs),
    }),
  ];
  return scriptJobSpec({ ...input, component: "restore", scheduling: settings.scheduling }, steps, {
    volumes: [...chosen.volumes, ...client.volumes],
    activeDeadlineSeconds: restoreDeadline(restore),
    backoffLimit: 2,
  });
}

/** Seconds after which a restore has failed. */
export function restoreDeadline(restore: RestoreSettings): number {
  return restore.activeDeadlineSeconds ?? 7200;
}
