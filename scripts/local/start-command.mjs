import { mkdirSync } from "node:fs";
import { ensureToolchain, requireCompiler } from "../../toolchain/toolchain.mjs";
import { defineCommand } from "../lib/command-line.cjs";
import { readTextIfPresent } from "../lib/files.mjs";
import { runForeground } from "../lib/foreground.mjs";
import { createLog, formatDuration } from "../lib/log.mjs";
import { UserError } from "../lib/user-error.cjs";
import { ensureDependencies } from "../test/dependencies.mjs";
import { describeCrashes, startControlPlane } from "./control-plane.mjs";
import { stackEnvironment, writeEnvironmentFile } from "./environment.mjs";
import { currentFiles, repositoryFolder, requireStack, stackFiles } from "./local-folder.mjs";
import { prepareStack } from "./local-stack.mjs";
import { summarizeStack } from "./stack-summary.mjs";
import { createUpdateReport } from "./update-report.mjs";

/** @typedef {import("../lib/log.mjs").Log} Log */

export const main = defineCommand(
  {
    call: "npm start",
    about:
      "Brings up a certctl stack on this machine: installs the npm packages, builds the toolchain, starts " +
      'a local Kubernetes control plane, and runs a real "pulumi up" on it. Everything goes on where the ' +
      "last run ended.",
    options: {
      stack: {
        type: "string",
        value: "NAME",
        help: "the stack: dev (the default) or another that has a Pulumi.NAME.yaml",
      },
      env: {
        type: "boolean",
        help:
          "print the shell variables for kubectl and npx pulumi, of the stack that was started last unless " +
          'it is named; to have them: eval "$(node scripts/start.mjs --env)"',
      },
    },
    note:
      "The control plane keeps running; npm stop ends it. All it keeps is in .local " +
      "(docs/local-control-plane.md).",
  },
  async ({ options: { stack, env } }, output) => {
    if (stack !== undefined) requireStack(stack);
    if (!env) return start(stack ?? "dev", createLog(process.stdout));
    const variables = readTextIfPresent(
      stack === undefined ? currentFiles.environment : stackFiles(stack).environment,
    );
    if (variables === undefined)
      throw new UserError(`There is no local ${stack ?? "stack"} yet: run npm start first.`);
    output.stdout(variables);
  },
);

/**
 * @param {string} stack
 * @param {Log} log
 */
async function start(stack, log) {
  const since = Date.now();
  requireCompiler();
  await ensureDependencies({ log });
  const toolchain = await ensureToolchain({ log });
  const files = stackFiles(stack);
  mkdirSync(files.folder, { recursive: true, mode: 0o700 });

  const controlPlaneSince = Date.now();
  const { server, started } = await startControlPlane({
    stateDir: files.controlPlane,
    kubeconfig: files.kubeconfig,
    toolchain,
    log,
  });
  const took =
    started.length === 0 ? "it ran already" : `ready in ${formatDuration(Date.now() - controlPlaneSince)}`;
  log(`Local control plane: ${server} (${took}).`);

  const env = stackEnvironment(stack, toolchain);
  writeEnvironmentFile(stack, toolchain);
  try {
    await prepareStack(stack, { env, log });
    await update(stack, env, log);
    for (const line of await summarizeStack(env)) log(line);
  } catch (error) {
    // A part of the control plane that is gone explains what the others can only call a refused connection.
    const crashes = describeCrashes({ stateDir: files.controlPlane });
    throw error instanceof UserError && crashes.length > 0
      ? new UserError([error.message, ...crashes].join("\n"))
      : error;
  }
  log(nextSteps);
  log(`Done in ${formatDuration(Date.now() - since)}.`);
}

/**
 * @param {string} stack
 * @param {NodeJS.ProcessEnv} env
 * @param {Log} log
 */
async function update(stack, env, log) {
  const since = Date.now();
  log(`pulumi up of the stack ${stack}:`);
  const report = createUpdateReport(log);
  const args = ["up", "--yes", "--skip-preview", "--non-interactive", "--json"];
  const exitCode = await runForeground("pulumi", args, {
    cwd: repositoryFolder,
    env,
    onOutput: report.output,
    onError: report.error,
  });
  log.status?.("");
  if (exitCode !== 0)
    throw new UserError(
      `pulumi up of ${stack} has failed; its errors stand above. npm start goes on from there.`,
    );
  log(`pulumi up took ${formatDuration(Date.now() - since)}.\n`);
}

const nextSteps = `
The control plane keeps running. In this folder:
  source .local/env                    kubectl and npx pulumi work on it
  kubectl get pods --all-namespaces
  npx pulumi preview
  npm stop                             ends it; npm start goes on where it was
`;
