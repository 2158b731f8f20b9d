import { restoreIssues } from "../backup/restore-checks";
import type { CertctlArgs } from "../certctl-args";
import type { Issue } from "../checks/issues";
import { under, issueIf, show } from "../checks/issues";
import { text } from "../checks/unseen";
import { MigrationMode } from "../migration/migration-args";
import type { InstanceSettings } from "./instance-settings";

/** What a restore, and a backup before each migration, need of the rest of the instance. */
export function instanceRestoreIssues(
  { restore }: CertctlArgs,
  { backup, database, migrations }: InstanceSettings,
): Issue[] {
  const name = (database.external ?? database.bundled).database;
  const overwritten = text(restore?.overwriteDatabase);
  return [
    ...under("restore", restore ? restoreIssues(restore) : []),
    ...issueIf(
      restore !== undefined && !backup,
      "restore",
      "needs backup.enabled: true, which says where the backups are",
    ),
    ...issueIf(
      overwritten !== undefined && text(name) !== undefined && overwritten !== name,
      "restore.overwriteDatabase",
      `${show(overwritten)} is not the database of this instance, which is ${show(name)}`,
    ),
    ...issueIf(
      migrations.backupFirst && !backup,
      "migrations.backupFirst",
      "needs backup.enabled: true, which says where the backup goes",
    ),
    ...issueIf(
      migrations.backupFirst && migrations.mode === MigrationMode.Server,
      "migrations.backupFirst",
      "has no effect with migrations.mode: server, which migrates when it starts; use mode: job",
    ),
  ];
}
