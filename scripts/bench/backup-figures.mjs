import { UserError } from "../lib/user-error.cjs";
import { root, runNode } from "../test/processes.mjs";
import { figure } from "./figures.mjs";

/** @typedef {import("./figures.mjs").Figure} Figure */

/**
 * Measures the rendered scripts of backup and restore beside the bare programs, on a database of that size.
 * @param {number} megabytes
 * @param {import("../lib/log.mjs").Log} log
 * @returns {Promise<Figure[]>}
 */
export async function measureBackups(megabytes, log) {
  log(`Dump, upload and restore of a database of ${megabytes} MB, by the scripts and by the bare programs.`);
  /** @type {string[]} */
  const lines = [];
  const program = [
    "--require",
    "ts-node/register",
    `${root}/scripts/bench/programs/backup.ts`,
    String(megabytes),
  ];
  const code = await runNode(program, { onLine: (line) => lines.push(line) });
  if (code !== 0)
    throw new UserError(`The measurement of backups ended with exit code ${code}; its words stand above.`);
  const { ratios, mebibytes, seconds } = JSON.parse(lines.at(-1) ?? "");
  const size = `${megabytes} MB`;
  log(
    `Of ${size}: dump ${seconds.dump.toFixed(1)} s, upload ${seconds.upload.toFixed(1)} s, restore ${seconds.restore.toFixed(1)} s.`,
  );
  return [
    figure(`dump of ${size} ÷ bare pg_dump`, ratios.dump, "", 1.15),
    figure(`upload of its dump ÷ bare aws s3 cp`, ratios.upload, "", 1.25),
    figure(`restore of ${size} ÷ bare pg_restore`, ratios.restore, "", 1.15),
    figure(
      `peak memory of the backup's pods at ${size}`,
      Math.max(mebibytes.dump, mebibytes.upload),
      "MiB",
      128,
    ),
  ];
}
