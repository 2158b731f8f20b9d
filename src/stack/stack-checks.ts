import type { BackupBucketSettings } from "../aws/backup-bucket-args";
import { backupBucketIssues } from "../aws/backup-bucket-checks";
import { allIssues } from "../checks/all-issues";
import { certctlIssues } from "../instance/instance-checks";
import type { Issue } from "../checks/issues";
import { issueIf, show, under } from "../checks/issues";
import { text, unseen } from "../checks/unseen";
import { defaultNamespace, instanceNames, stackInstance } from "../kubernetes/names";
import type { StackArgs } from "./stack-args";
import { plannedSink, usesStackBucket, withStackBucket } from "./stack-backup-bucket";

/** Everything that is wrong with a stack beyond the form of its configuration. */
export function stackIssues({ backupBucket, ...instance }: StackArgs): Issue[] {
  if (!backupBucket) return certctlIssues(instance, stackInstance);
  const known = plannedSink(backupBucket, () => unseen as never);
  return [
    ...certctlIssues(withStackBucket(instance, backupBucket, known), stackInstance),
    ...under("backupBucket", backupBucketIssues(backupBucket)),
    ...contradictions({ backupBucket, ...instance }),
    ...(usesStackBucket(instance)
      ? under(
          "backupBucket.identity",
          accountIssues(backupBucket, text(instance.namespace) ?? defaultNamespace),
        )
      : []),
  ];
}

/** Two places that say where backups go. */
function contradictions({ backupBucket, backup }: StackArgs): Issue[] {
  const { mode, s3 = {} } = backup?.sink ?? {};
  if (mode !== "s3") return [];
  const { identity, ...place } = s3;
  const told: Record<string, unknown> = { ...place, ...(backupBucket?.identity && { identity }) };
  return Object.entries(told).flatMap(([key, value]) =>
    issueIf(value !== undefined, `backup.sink.s3.${key}`, "is told by backupBucket; keep one of the two"),
  );
}

/** The roles trust one ServiceAccount each: those that the instance has. */
function accountIssues({ identity = { mode: "irsa" } }: BackupBucketSettings, namespace: string): Issue[] {
  const { backup, restore } = instanceNames(stackInstance);
  const { backupServiceAccount = backup, restoreServiceAccount = restore } = identity;
  const trusted = { namespace: identity.namespace ?? namespace, backupServiceAccount, restoreServiceAccount };
  const there = {
    namespace,
    backupServiceAccount: backup,
    restoreServiceAccount: restore,
  };
  return Object.entries(there).flatMap(([key, name]) => {
    const given = text(trusted[key as keyof typeof trusted]);
    return issueIf(
      given !== undefined && given !== name,
      key,
      `${show(given)} is not where the backups run: ${show(name)}; remove it`,
    );
  });
}

/** Everything that is wrong with the configuration of a stack. */
export function checkStack(args: StackArgs): Issue[] {
  return allIssues("StackArgs", args, "", stackIssues);
}
