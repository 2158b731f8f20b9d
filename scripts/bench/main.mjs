import { parseArguments } from "../lib/arguments.mjs";
import { createLog } from "../lib/log.mjs";
import { ensureDependencies } from "../test/dependencies.mjs";
import { measureFigures } from "./figures.mjs";
import { withWorkspace } from "./workspace.mjs";

/** @typedef {import("./figures.mjs").Figure} Figure */

const help = `npm run bench [-- --json]

Measures the figures of docs/performance.md on the real engine and a local control plane of its own; takes about 8 minutes, once the
toolchain is built. Exits 1 when a figure is over its limit.

  --json  print an array of {name, value, unit, limit}, and exit 0
  --help  this text
`;

/** @param {string[]} args */
export async function main(args) {
  const options = parseArguments(args, { json: { type: "boolean" }, help: { type: "boolean" } });
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  const log = createLog(process.stderr);
  await ensureDependencies({ log });
  const figures = await withWorkspace(log, (workspace) => measureFigures(workspace, log));
  if (options.json) {
    process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
    return 0;
  }
  process.stdout.write(table(figures));
  return figures.every(isWithin) ? 0 : 1;
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
  return rows.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}\n`).join("");
}
