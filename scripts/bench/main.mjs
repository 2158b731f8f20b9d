import { defineCommand } from "../lib/command-line.cjs";
import { createLog } from "../lib/log.mjs";
import { UserError } from "../lib/user-error.cjs";
import { ensureDependencies } from "../test/dependencies.mjs";
import { measureBackups } from "./backup-figures.mjs";
import { measureFigures } from "./figures.mjs";
import { withWorkspace } from "./workspace.mjs";

/** @typedef {import("./figures.mjs").Figure} Figure */

const groups = ["engine", "backup"];

export const main = defineCommand(
  {
    call: "npm run bench",
    about:
      'Measures the figures of docs/performance.md: "engine" on the real engine and a local control plane ' +
      'of its own, once the toolchain is built; "backup" with a real PostgreSQL and a simulated S3. Takes ' +
      "about 20 minutes. Exits 1 when a figure is over its limit.",
    options: {
      only: { type: "string", value: "GROUP", help: `measure this group only: ${groups.join(", ")}` },
      megabytes: {
        type: "string",
        value: "N",
        default: "1000",
        help: "size of the database that is dumped and restored; 1000 by default",
      },
      json: { type: "boolean", help: "print an array of {name, value, unit, limit}, and exit 0" },
    },
  },
  async ({ options: { only = groups.join(","), megabytes, json } }, output) => {
    const wanted = only.split(",");
    const unknown = wanted.filter((group) => !groups.includes(group));
    if (unknown.length > 0)
      throw new UserError(`There is no group "${unknown.join(", ")}"; there are ${groups.join(", ")}.`);
    if (!/^[1-9][0-9]{1,5}$/.test(megabytes))
      throw new UserError(`--megabytes is "${megabytes}"; give a number from 10 to 999999.`);
    const figures = await measure(wanted, Number(megabytes));
    output.stdout(json ? `${JSON.stringify(figures, null, 2)}\n` : table(figures));
    return json || figures.every(isWithin) ? 0 : 1;
  },
);

/**
 * @param {string[]} wanted groups
 * @param {number} megabytes
 * @returns {Promise<Figure[]>}
 */
async function measure(wanted, megabytes) {
  const log = createLog(process.stderr);
  await ensureDependencies({ log });
  return [
    ...(wanted.includes("engine")
      ? await withWorkspace(log, (workspace) => measureFigures(workspace, log))
      : []),
    ...(wanted.includes("backup") ? await measureBackups(megabytes, log) : []),
  ];
}

/** @param {Figure} figure */
function isWithin({ value, limit }) {
  return value <= limit;
}

/** @param {Figure[]} figures */
export function table(figures) {
  const rows = figures.map((figure) => [
    figure.name,
    `${figure.value} ${figure.unit}`.trim(),
    `at most ${figure.limit} ${figure.unit}`.trim(),
    isWithin(figure) ? "pass" : "over",
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}\n`)
    .join("");
}
