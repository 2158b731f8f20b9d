import { amounts, mergeResources } from "../kubernetes/resources";
import type { ContainerResources } from "../kubernetes/resources";
import { MigrationMode } from "./migration-args";
import type { MigrationSettings } from "./migration-args";

/** CPU and memory of the migration's pod, unless the settings say so. */
export const migrationResources = amounts("50m", "64Mi", "1", "256Mi");

/** Settings of the migration with every default filled in. */
export interface ResolvedMigration {
  mode: MigrationMode;
  backupFirst: boolean;
  backoffLimit: number;
  activeDeadlineSeconds: number;
  resources: ContainerResources;
}

/** Fills in the defaults. */
export function resolveMigration(given: MigrationSettings): ResolvedMigration {
  return {
    mode: given.mode ?? MigrationMode.Job,
    backupFirst: given.backupFirst ?? false,
    backoffLimit: given.backoffLimit ?? 2,
    activeDeadlineSeconds: given.activeDeadlineSeconds ?? 600,
    resources: mergeResources(migrationResources, given.resources),
  };
}
