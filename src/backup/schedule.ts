import { Cron } from "croner";
import type { CronSchedule } from "./backup-args";

const day = 86_400;

/**
 * The longest time between two runs of a schedule, in seconds; a day where there is none, or one that never
 * runs twice.
 */
export function longestGapSeconds(schedule: CronSchedule = "@daily"): number {
  // Any moment will do, but always the same one: an alert must not change from one update to the next.
  const runs = new Cron(schedule, { utcOffset: 0, sloppyRanges: true }).nextRuns(
    400,
    new Date("2024-01-01T00:00:00Z"),
  );
  const gaps = runs.slice(1).map((run, index) => (run.getTime() - Number(runs[index])) / 1000);
  return gaps.length > 0 ? Math.max(...gaps) : day;
}
