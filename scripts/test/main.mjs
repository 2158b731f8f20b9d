import { defineCommand } from "../lib/command-line.cjs";
import { Interrupted } from "../lib/foreground.mjs";
import { createLog, formatDuration } from "../lib/log.mjs";
import { UserError } from "../lib/user-error.cjs";
import { ensureDependencies } from "./dependencies.mjs";
import { steps, suites } from "./steps.mjs";
import { takeTurns } from "./turns.mjs";

/** @typedef {import("./steps.mjs").Step} Step */
/** @typedef {import("./steps.mjs").Counts} Counts */

const lastLine = 'The last line is "N passed, N failed".';

export const main = defineCommand(
  {
    call: "npm test",
    about:
      "Sets everything up (npm packages, then the toolchain, which the first time takes about 15 minutes) " +
      "and runs every test. A step that fails does not stop the others. What waits runs beside what " +
      `computes, and what a step says stays together. ${lastLine}`,
    options: { only: { type: "string", value: "SUITES", help: `run these only: ${suites.join(", ")}` } },
  },
  async ({ options: { only } }) => runSuites(only === undefined ? suites : only.split(",")),
);

export const mainUnit = defineCommand(
  {
    call: "npm run test:unit",
    about:
      "Runs the quick part of npm test: the type check and the unit tests, without the toolchain. " +
      `${lastLine}`,
    options: {},
  },
  async () => runSuites(["types", "unit"]),
);

export const mainNode = defineCommand(
  {
    call: "npm run test:node",
    about:
      "Runs the stacks on a real Kubernetes node with real pods, which it starts on this machine and " +
      "removes again (Linux on x64, root). The first time it builds what the node needs, which takes " +
      "minutes. " +
      lastLine,
    options: {},
  },
  async () => runSuites(["node"]),
);

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
 * Runs steps, those of different lanes side by side, and prints what became of them.
 * @param {Step[]} steps
 * @param {import("../lib/log.mjs").Log} log
 * @param {{ everything?: boolean }} [options] everything: a suite that cannot run here fails, as it has to in
 * CI
 * @returns {Promise<number>} exit code
 */
export async function runSteps(steps, log, { everything = Boolean(process.env.CI) } = {}) {
  /** @type {Map<Step, { counts: Counts, duration: number }>} */
  const results = new Map();
  /** @type {Set<string>} */
  const withoutSetUp = new Set();
  /** @type {Set<string>} */
  const leftOut = new Set();
  let interrupted = false;
  const turns = takeTurns(log);

  /**
   * @param {Step} step
   * @param {import("../lib/log.mjs").Log} log
   */
  const runOne = async (step, log) => {
    if (leftOut.has(step.suite)) return;
    if (withoutSetUp.has(step.suite)) return log(`\n── ${step.title}: not run`);
    const unavailable = step.unavailable?.();
    if (unavailable !== undefined && !everything) {
      leftOut.add(step.suite);
      return log(`\n── ${step.title}: not run, because ${unavailable}`);
    }
    log(`\n── ${step.title}`);
    const since = Date.now();
    const counts = await runStep(step, log);
    const duration = Date.now() - since;
    results.set(step, { counts, duration });
    if (step.isSetUp && counts.failed > 0) withoutSetUp.add(step.suite);
    log(`── ${step.title}: ${describe(counts)} (${formatDuration(duration)})`);
  };

  /** @param {Step["lane"]} lane */
  const runLane = async (lane) => {
    for (const step of steps.filter((one) => one.lane === lane)) {
      if (interrupted) return;
      const turn = turns.begin();
      try {
        await runOne(step, turn.log);
      } catch (error) {
        interrupted = true;
        throw error;
      } finally {
        turn.end();
      }
    }
  };

  // All of them are waited for, also when one was interrupted: nothing may go on behind the caller's back.
  const lanes = await Promise.allSettled([...new Set(steps.map(({ lane }) => lane))].map(runLane));
  for (const lane of lanes) if (lane.status === "rejected") throw lane.reason;

  const inOrder = steps.flatMap((step) => {
    const result = results.get(step);
    return result === undefined ? [] : [{ step, ...result }];
  });
  const sum = (/** @type {"passed" | "failed"} */ key) =>
    inOrder.reduce((total, { counts }) => total + counts[key], 0);
  log("");
  const width = Math.max(...inOrder.map(({ step }) => step.title.length));
  for (const { step, counts, duration } of inOrder)
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
