import { parseArguments } from "../lib/arguments.mjs";
import { Interrupted } from "../lib/foreground.mjs";
import { createLog, formatDuration } from "../lib/log.mjs";
import { UserError } from "../lib/user-error.mjs";
import { ensureDependencies } from "./dependencies.mjs";
import { steps, suites } from "./steps.mjs";

/** @typedef {import("./steps.mjs").Step} Step */
/** @typedef {import("./steps.mjs").Counts} Counts */

const help = `npm test [-- --only SUITE,SUITE]

Sets everything up (npm packages, then the toolchain, which the first time takes about 10 minutes) and runs every test. A step that
fails does not stop the others. The last line is "N passed, N failed".

  --only SUITES  run these only: ${suites.join(", ")}
  --help         this text
`;

const unitHelp = `npm run test:unit

Runs the quick part of npm test: the type check and the unit tests, without the toolchain. The last line is "N passed, N failed".

  --help  this text
`;

/** @param {string[]} args */
export async function main(args) {
  const { only, help: wanted } = parseArguments(args, {
    only: { type: "string" },
    help: { type: "boolean" },
  });
  if (wanted) return print(help);
  return runSuites(only === undefined ? suites : only.split(","));
}

/** @param {string[]} args */
export async function mainUnit(args) {
  if (parseArguments(args, { help: { type: "boolean" } }).help) return print(unitHelp);
  return runSuites(["types", "unit"]);
}

const nodeHelp = `npm run test:node

Runs the stacks on a real Kubernetes node with real pods, which it starts on this machine and removes again (Linux on x64, root). The first
time it builds what the node needs, which takes minutes. The last line is "N passed, N failed".

  --help  this text
`;

/** @param {string[]} args */
export async function mainNode(args) {
  if (parseArguments(args, { help: { type: "boolean" } }).help) return print(nodeHelp);
  return runSuites(["node"]);
}

/** @param {string} text */
function print(text) {
  process.stdout.write(text);
}

/** @param {string[]} wanted */
async function runSuites(wanted) {
  const unknown = wanted.filter((suite) => !suites.includes(suite));
  if (unknown.length > 0)
    throw new UserError(`There is no suite "${unknown.join(", ")}"; there are ${suites.join(", ")}.`);
  const log = createLog(process.stdout);
  await ensureDependencies({ log });
  return runSteps(
    steps.filter(({ suite }) => wanted.includes(suite)),
    log,
  );
}

/**
 * Runs steps one after the other, and prints what became of them.
 * @param {Step[]} steps
 * @param {import("../lib/log.mjs").Log} log
 * @param {{ everything?: boolean }} [options] everything: a suite that cannot run here fails, as it has to in
 * CI
 * @returns {Promise<number>} exit code
 */
export async function runSteps(steps, log, { everything = Boolean(process.env.CI) } = {}) {
  /** @type {{ step: Step, counts: Counts, duration: number }[]} */
  const results = [];
  /** @type {Set<string>} */
  const withoutSetUp = new Set();
  /** @type {Set<string>} */
  const leftOut = new Set();
  for (const step of steps) {
    if (leftOut.has(step.suite)) continue;
    if (withoutSetUp.has(step.suite)) {
      log(`\n── ${step.title}: not run`);
      continue;
    }
    const unavailable = step.unavailable?.();
    if (unavailable !== undefined && !everything) {
      log(`\n── ${step.title}: not run, because ${unavailable}`);
      leftOut.add(step.suite);
      continue;
    }
    log(`\n── ${step.title}`);
    const since = Date.now();
    const counts = await runStep(step, log);
    const duration = Date.now() - since;
    results.push({ step, counts, duration });
    if (step.isSetUp && counts.failed > 0) withoutSetUp.add(step.suite);
    log(`── ${step.title}: ${describe(counts)} (${formatDuration(duration)})`);
  }

  const sum = (/** @type {"passed" | "failed"} */ key) =>
    results.reduce((total, { counts }) => total + counts[key], 0);
  log("");
  const width = Math.max(...results.map(({ step }) => step.title.length));
  for (const { step, counts, duration } of results)
    log(`${step.title.padEnd(width)}  ${describe(counts)} (${formatDuration(duration)})`);
  log(`${sum("passed")} passed, ${sum("failed")} failed`);
  return sum("failed") === 0 ? 0 : 1;
}

/**
 * @param {Step} step
 * @param {import("../lib/log.mjs").Log} log
 * @returns {Promise<Counts>}
 */
async function runStep(step, log) {
  try {
    const counts = await step.run(log);
    if (step.isSetUp === true || counts.passed + counts.failed > 0) return counts;
    log("No test was run: that is a failure, too.");
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    log(error instanceof UserError ? error.message : `${error instanceof Error ? error.stack : error}`);
  }
  return { passed: 0, failed: 1 };
}

/** @param {Counts} counts */
function describe({ passed, failed, skipped = 0 }) {
  return [`${passed} passed, ${failed} failed`, ...(skipped > 0 ? [`${skipped} skipped`] : [])].join(", ");
}
