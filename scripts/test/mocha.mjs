import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readJsonIfPresent } from "../lib/files.mjs";
import { root, runNode } from "./processes.mjs";

/** @typedef {import("./steps.mjs").Counts} Counts */

/**
 * What mocha is to run.
 * @typedef {object} MochaRun
 * @property {string[]} specs files, or patterns of files; those that run side by side begin in this order
 * @property {number} [jobs] files that run at a time
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [cwd]
 */

/**
 * Runs mocha with its report on the log.
 * @param {MochaRun} run
 * @param {import("../lib/log.mjs").Log} log
 * @returns {Promise<Counts>}
 */
export async function runMocha({ specs, jobs = 1, env = process.env, cwd = root }, log) {
  const folder = mkdtempSync(join(tmpdir(), "certctl-mocha-"));
  const totalsFile = join(folder, "totals.json");
  try {
    const options = [
      "--forbid-only",
      // Other steps run beside it, and machines differ: a timeout is for what hangs, not for what is slow.
      "--timeout=60000",
      ...(jobs > 1 ? ["--parallel", "--jobs", String(jobs)] : []),
      "--reporter",
      join(root, "scripts/test/mocha-reporter.cjs"),
    ];
    // The Pulumi SDK notes the stack of each promise that it makes: with ten calls each, a third of the time of
    // a rendering goes there.
    const mocha = ["--stack-trace-limit=3", join(root, "node_modules/mocha/bin/mocha.js")];
    const code = await runNode([...mocha, ...options, ...specs], {
      cwd,
      env: { ...env, MOCHA_TOTALS: totalsFile },
      log,
    });
    const totals = /** @type {Counts | undefined} */ (readJsonIfPresent(totalsFile));
    if (totals !== undefined && (code === 0 || totals.failed > 0)) return totals;
    log(`mocha did not run to its end (exit code ${code}).`);
    return { passed: totals?.passed ?? 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
