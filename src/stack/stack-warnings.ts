import { certctlWarnings, warnIf } from "../instance/instance-warnings";
import { text } from "../checks/unseen";
import type { StackArgs } from "./stack-args";
import { usesStackBucket } from "./stack-backup-bucket";

/** What is legal but risky in a stack, one line each, with the fix. */
export function stackWarnings({ backupBucket, ...instance }: StackArgs): string[] {
  const { mode, existing } = backupBucket ?? {};
  return [
    ...certctlWarnings(instance),
    ...warnIf(
      usesStackBucket(instance) && mode === "existing" && existing?.manageSettings !== true,
      `backups stay in the bucket ${text(existing?.bucket) ?? ""} until its own lifecycle removes them: give it one, or set backupBucket.existing.manageSettings: true`,
    ),
  ];
}
