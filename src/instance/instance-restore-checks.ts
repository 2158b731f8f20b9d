import { restoreIssues } from "../backup/restore-checks";
import type { CertctlArgs } from "../certctl-args";
import type { Issue } from "../checks/issues";
import { under, issueIf, show } from "../checks/issues";
import { text } from "../checks/unseen";
import { DatabaseMode } from "../database/database-args";
import { MigrationMode } from "../migration/migration-args";

/** What a restore, and a backup before each migration, need of the rest of the instance. */
export function instanceRestoreIssues({ restore, backup, database, migrations }: CertctlArgs): Issue[] {
  const backups = backup?.enabled === true;
  const external = database?.mode === DatabaseMode.External;
  const name = external
    ? (database.external?.database ?? "certctl")
    : (database?.bundled?.database ?? "certctl");
  const overwritten = text(restore?.overwriteDatabase);
  return [
    ...under("restore", restore ? restoreIssues(restore) : []),
    ...issueIf(
      restore !== undefined && !backups,
      "restore",
      "needs backup.enabled: true, which says where the backups are",
    ),
    ...issueIf(
      overwritten !== undefined && text(name) !== undefined && overwritten !== name,
      "restore.overwriteDatabase",
      `${show(overwritten)} is not the database of this instance, which is ${show(name)}`,
    ),
    ...issueIf(
      migrations?.backupFirst === true && !backups,
      "migrations.backupFirst",
      "needs backup.enabled: true, which says where the backup goes",
    ),
    ...issueIf(
      migrations?.backupFirst === true && migrations.mode === MigrationMode.Server,
      "migrations.backupFirst",
      "has no effect with migrations.mode: server, which migrates when it starts; use mode: job",
    ),
  ];
}
