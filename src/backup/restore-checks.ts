import type { Issue } from "../checks/issues";
import { issueIf, show } from "../checks/issues";
import { text } from "../checks/unseen";
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
