import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../test/processes.mjs";
import { createStack, createProject, memoryNotes, peakMemory, timed } from "./workspace.mjs";

/** @typedef {import("./workspace.mjs").Workspace} Workspace */
/** @typedef {{ name: string, value: number, unit: string, limit: number }} Figure */

const rounds = 5;
const instances = 20;

/**
 * Measures everything in one run. Figures that are compared are measured by turns, and the median counts:
 * another load on the machine meets all of them.
 * @param {Workspace} workspace
 * @param {import("../lib/log.mjs").Log} log
 * @returns {Promise<Figure[]>}
 */
export async function measureFigures(workspace, log) {
  const empty = await createProject(workspace, "empty");
  const options = {
    dev: await stackOptions(workspace, "dev"),
    prodHa: await stackOptions(workspace, "prod-ha"),
  };

  log("Previews of dev, of prod-ha and of an empty program.");
  const preview = ["pulumi", "preview", "--non-interactive"];
  const env = memoryNotes(workspace);
  const previews = await byTurns(rounds, {
    dev: () => timed(workspace, [...preview, ...options.dev], { env }),
    prodHa: () => timed(workspace, [...preview, ...options.prodHa], { env }),
    empty: () => timed(workspace, [...preview, "--stack", "bench"], { cwd: empty }),
  });

  log("The program without an engine, and render.");
  const config = await printed(workspace, ["pulumi", "config", "--show-secrets", "--json", ...options.dev]);
  const configFile = join(workspace.folder, "config.json");
  writeFileSync(configFile, config, { mode: 0o600 });
  const programStart = join(root, "scripts/bench/programs/program-start.cjs");
  const render = (/** @type {string} */ stack) => () =>
    timed(workspace, ["npm", "run", "--silent", "render", "--", stack]);
  const starts = await byTurns(rounds, {
    program: async () =>
      Number(
        await printed(workspace, [
          process.execPath,
          "--require",
          "ts-node/register",
          programStart,
          configFile,
        ]),
      ),
    renderDev: render("dev"),
    renderProdHa: render("prod-ha"),
  });

  log("Up of dev, and of prod-ha.");
  const up = ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"];
  const ups = {
    dev: await timed(workspace, [...up, ...options.dev], { env }),
    prodHa: await timed(workspace, [...up, ...options.prodHa], { env }),
  };
  const memory = peakMemory(workspace);

  log(`Previews of ${instances} instances in one stack.`);
  const folder = await createProject(workspace, "instances");
  const costs = {
    dev: await measureInstances(workspace, folder, "dev"),
    prodHa: await measureInstances(workspace, folder, "prod-ha"),
  };

  return [
    figure("preview of dev ÷ preview of an empty program", previews.dev / previews.empty, "", 3),
    figure("preview of prod-ha ÷ preview of an empty program", previews.prodHa / previews.empty, "", 3.8),
    figure("program start (load and evaluate, no engine)", starts.program, "s", 1),
    figure("render of dev", starts.renderDev, "s", 5),
    figure("render of prod-ha", starts.renderProdHa, "s", 5),
    figure("up of dev on the local control plane", ups.dev, "s", 15),
    figure("up of prod-ha on the local control plane", ups.prodHa, "s", 30),
    figure(`${instances} instances of dev ÷ (${instances} × marginal cost of one)`, costs.dev, "", 1),
    figure(`${instances} instances of prod-ha ÷ (${instances} × marginal cost of one)`, costs.prodHa, "", 1),
    figure("peak memory of the program", memory, "MB", 400),
  ];
}

/**
 * Makes a stack, and tells how the CLI is called for it.
 * @param {Workspace} workspace
 * @param {string} stack
 */
async function stackOptions(workspace, stack) {
  return ["--stack", stack, "--config-file", await createStack(workspace, stack)];
}

/**
 * @param {Workspace} workspace
 * @param {string} folder
 * @param {string} stack how the instances are configured
 * @returns {Promise<number>} 1 when the time grows as the number of instances, and more when it grows faster
 */
async function measureInstances(workspace, folder, stack) {
  const preview = (/** @type {number} */ count) => () =>
    timed(workspace, ["pulumi", "preview", "--non-interactive", "--stack", "bench"], {
      cwd: folder,
      env: { CERTCTL_BENCH_INSTANCES: String(count), CERTCTL_BENCH_STACK: stack },
    });
  const { none, one, many } = await byTurns(rounds, {
    none: preview(0),
    one: preview(1),
    many: preview(instances),
  });
  return (many - none) / (instances * (one - none));
}

/**
 * @template {string} Name
 * @param {number} count
 * @param {Record<Name, () => Promise<number>>} measurements
 * @returns {Promise<Record<Name, number>>} the median of each
 */
export async function byTurns(count, measurements) {
  const names = /** @type {Name[]} */ (Object.keys(measurements));
  const values = /** @type {Record<Name, number[]>} */ (
    Object.fromEntries(names.map((name) => [name, /** @type {number[]} */ ([])]))
  );
  // The first round fills caches, and does not count.
  for (let round = 0; round <= count; round++) {
    for (const name of names) {
      const value = await measurements[name]();
      if (round > 0) values[name].push(value);
    }
  }
  return /** @type {Record<Name, number>} */ (
    Object.fromEntries(names.map((name) => [name, median(values[name])]))
  );
}

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/**
 * @param {string} name
 * @param {number} value
 * @param {string} unit
 * @param {number} limit
 * @returns {Figure}
 */
export function figure(name, value, unit, limit) {
  return { name, value: Number(value.toFixed(2)), unit, limit };
}

/**
 * @param {Workspace} workspace
 * @param {string[]} command
 * @returns {Promise<string>} what it prints
 */
async function printed(workspace, command) {
  /** @type {string[]} */
  const lines = [];
  await timed(workspace, command, { onOutput: (line) => lines.push(line) });
  return lines.join("\n");
}
