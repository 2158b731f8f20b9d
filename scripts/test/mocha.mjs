import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readJsonIfPresent } from "../lib/files.mjs";
import { root, runNode } from "./processes.mjs";

/** @typedef {import("./steps.mjs").Counts} Counts */

/**
 * Runs mocha with its report on stdout.
 * @param {{ specs: string[], ignore?: string[], jobs?: number, env?: NodeJS.ProcessEnv, cwd?: string }}
 * options jobs: files that run at a time
 * @param {import("../lib/log.mjs").Log} log
 * @returns {Promise<Counts>}
 */
export async function runMocha({ specs, ignore = [], jobs = 1, env = process.env, cwd = root }, log) {
  const folder = mkdtempSync(join(tmpdir(), "certctl-mocha-"));
  const totalsFile = join(folder, "totals.json");
  try {
    const options = [
      "--forbid-only",
      ...(jobs > 1 ? ["--parallel", "--jobs", String(jobs)] : []),
      "--reporter",
      join(root, "scripts/test/mocha-reporter.cjs"),
      ...ignore.flatMap((pattern) => ["--ignore", pattern]),
    ];
    const mocha = join(root, "node_modules/mocha/bin/mocha.js");
    const code = await runNode([mocha, ...options, ...specs], {
      cwd,
      env: { ...env, MOCHA_TOTALS: totalsFile },
    });
    const totals = /** @type {Counts | undefined} */ (readJsonIfPresent(totalsFile));
    if (totals !== undefined && (code === 0 || totals.failed > 0)) return totals;
    log(`mocha did not run to its end (exit code ${code}).`);
    return { passed: totals?.passed ?? 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
