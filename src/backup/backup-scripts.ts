import { readScript } from "../kubernetes/scripts";

const files = [
  "common.sh",
  "count-rows.sql",
  "dump.sh",
  "publish.sh",
  "bucket.sh",
  "upload.sh",
  "choose.sh",
  "download.sh",
  "restored.sh",
  "find-backup.sh",
  "restore-state.sh",
  "restore.sh",
  "drill.sh",
  "push.sh",
] as const;

/** What the pods of backup, restore and drill run. */
export function backupScripts(): Record<string, string> {
  return Object.fromEntries(files.map((file) => [file, readScript(__dirname, file)]));
}
