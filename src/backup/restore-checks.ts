import type { CertctlArgs } from "../certctl-args";
import type { Issue } from "../config/issues";
import { issueIf, show, under } from "../config/issues";
import { text } from "../config/plain";
import { DatabaseMode, MigrationMode } from "../database/database-args";
import type { RestoreSettings } from "./restore-args";

/** What is wrong with a restore. */
export function restoreIssues({ backup, before }: RestoreSettings): Issue[] {
  const time = text(before);
  return [
    ...issueIf(
      backup === "latest" && before === undefined,
      "before",
      'is missing; latest needs a time, such as "2026-01-31T02:30:00Z", so that it means the same backup whenever it is run',
    ),
    ...issueIf(backup !== "latest" && before !== undefined, "before", "is only for latest; remove it"),
    ...issueIf(time !== undefined && !isTime(time), "before", `${show(time)} is no day or no time of day`),
  ];
}

/** JavaScript rolls 30 February over into March. */
function isTime(time: string): boolean {
  const parsed = new Date(time);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString() === time.replace("Z", ".000Z");
}

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
