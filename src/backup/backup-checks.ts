import type { Issue } from "../checks/issues";
import { issueIf, show, under } from "../checks/issues";
import { text } from "../checks/unseen";
import { resourceIssues, schedulingIssues, sizeIssues } from "../kubernetes/kubernetes-checks";
import type { BackupSettings, CronSchedule } from "./backup-args";
import { BackupSinkMode } from "./sink-args";
import { sinkIssues } from "./sink-checks";

/** What is wrong with the settings of backups. */
export function backupIssues({
  schedule,
  timeZone,
  sink = {},
  scratchSize,
  resources,
  scheduling,
  drill,
}: BackupSettings): Issue[] {
  const onVolume = (sink.mode ?? BackupSinkMode.Pvc) === BackupSinkMode.Pvc;
  return [
    ...scheduleIssues("schedule", schedule),
    ...timeZoneIssues(text(timeZone)),
    ...under("sink", sinkIssues(sink)),
    ...sizeIssues("scratchSize", scratchSize),
    ...issueIf(
      onVolume && scratchSize !== undefined,
      "scratchSize",
      "is only for sink.mode s3: on a volume, a dump is written where it stays; remove it",
    ),
    ...under("resources", resourceIssues(resources)),
    ...under("scheduling", schedulingIssues(scheduling)),
    ...scheduleIssues("drill.schedule", drill?.schedule),
    ...sizeIssues("drill.storageSize", drill?.storageSize),
    ...under("drill.resources", resourceIssues(drill?.resources)),
  ];
}

/** The fields of a schedule, as Kubernetes reads them: Sunday is 0, and 7 is no day. */
const fields = [
  { name: "minute", least: 0, most: 59, names: [] },
  { name: "hour", least: 0, most: 23, names: [] },
  { name: "day of month", least: 1, most: 31, names: [] },
  {
    name: "month",
    least: 1,
    most: 12,
    names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  },
  { name: "day of week", least: 0, most: 6, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
] as const;
type Field = (typeof fields)[number];

function scheduleIssues(path: string, schedule: CronSchedule | undefined): Issue[] {
  const value = text(schedule) ?? "@daily";
  if (value.startsWith("@")) return [];
  const written = value.split(/ +/);
  return fields.flatMap((field, index) => {
    const own = written[index] ?? "";
    const range = `${String(field.least)} to ${String(field.most)}`;
    const message = `${show(own)} is no ${field.name}; write *, or numbers from ${range}, as 1,2 or 1-2 or */2`;
    return issueIf(!own.split(",").every((part) => isPart(part, field)), path, message);
  });
}

/** One part of a field's list: a number, a range or all, with or without a step. */
function isPart(part: string, field: Field): boolean {
  const [range = "", step, ...more] = part.split("/");
  if (more.length > 0 || (step !== undefined && !/^0*[1-9][0-9]*$/.test(step))) return false;
  if (range === "*" || range === "?") return true;
  const [first, last, ...rest] = range.split("-").map((bound) => numberOf(bound, field));
  return (
    rest.length === 0 &&
    first !== undefined &&
    first >= field.least &&
    first <= (last ?? first) &&
    (last ?? first) <= field.most
  );
}

function numberOf(bound: string, { least, names }: Field): number {
  const named = (names as readonly string[]).indexOf(bound.toLowerCase());
  if (named >= 0) return named + least;
  return /^[0-9]+$/.test(bound) ? Number(bound) : NaN;
}

function timeZoneIssues(timeZone: string | undefined): Issue[] {
  return issueIf(
    timeZone !== undefined && !isTimeZone(timeZone),
    "timeZone",
    `${show(timeZone)} is not in the tz database; write a name such as Europe/Berlin or Etc/UTC`,
  );
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
