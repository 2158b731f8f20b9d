import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { readJsonIfPresent, writeFileAtomic } from "../lib/files.mjs";
import { runForeground } from "../lib/foreground.mjs";
import { identifyProcess } from "../lib/process-identity.mjs";
import { UserError } from "../lib/user-error.cjs";
import { repositoryFolder, stackFiles } from "./local-folder.mjs";
import { mergeStackConfiguration } from "./stack-configuration.mjs";

/** @typedef {{ env: NodeJS.ProcessEnv, log: (line: string) => void }} Context */

/**
 * Makes the stack ready for an update: backend, passphrase, configuration with all secrets, and nothing in
 * the way that an update that was killed has left.
 * @param {string} stack
 * @param {Context} context
 */
export async function prepareStack(stack, { env, log }) {
  const files = stackFiles(stack);
  mkdirSync(files.backend, { recursive: true });
  if (!existsSync(files.passphrase))
    writeFileAtomic(files.passphrase, randomBytes(24).toString("base64url"), 0o600);
  const project = await writeProjectFiles(stack);

  if (existsSync(join(files.backend, ".pulumi", "stacks", project, `${stack}.json`))) {
    await releaseStaleLocks(stack, project, { env, log });
    await clearPendingCreates({ env, log });
  } else {
    // In the repository's folder this would write its salt into the repository's stack file; here it goes
    // into the local one.
    await run(
      "pulumi",
      ["stack", "init", stack, "--no-select", "--non-interactive", "--cwd", files.folder],
      env,
    );
  }
  await run("npm", ["run", "--silent", "secrets", "--", stack, "--config-file", files.configuration], env);
}

/**
 * Makes of the local folder a Pulumi project of the same name, with its own copy of the stack's
 * configuration.
 * @param {string} stack
 * @returns {Promise<string>} the project's name
 */
async function writeProjectFiles(stack) {
  // Not at the top: on a fresh clone the package comes only with npm ci.
  const { parse, stringify } = await import("yaml");
  const read = (/** @type {string} */ path) =>
    (existsSync(path) ? parse(readFileSync(path, "utf8")) : undefined) ?? {};
  const files = stackFiles(stack);
  const { name } = read(join(repositoryFolder, "Pulumi.yaml"));
  writeFileAtomic(join(files.folder, "Pulumi.yaml"), stringify({ name, runtime: "nodejs" }));

  const committed = read(join(repositoryFolder, `Pulumi.${stack}.yaml`));
  const previousKeys = /** @type {string[] | undefined} */ (readJsonIfPresent(files.repositoryKeys)) ?? [];
  const { merged, keys } = mergeStackConfiguration(committed, read(files.configuration), previousKeys);
  const notice = `# Of npm start, which takes over what the repository's Pulumi.${stack}.yaml says at each start: change it there.\n`;
  // Both lists until the new file is there: an interruption in between leaves no key behind.
  writeFileAtomic(files.repositoryKeys, JSON.stringify([...new Set([...previousKeys, ...keys])]));
  writeFileAtomic(files.configuration, notice + stringify(merged), 0o600);
  writeFileAtomic(files.repositoryKeys, JSON.stringify(keys));
  return name;
}

/**
 * An engine that was killed leaves its lock, and no later update can start. A lock whose process still runs
 * is respected.
 * @param {string} stack
 * @param {string} project
 * @param {Context} context
 */
async function releaseStaleLocks(stack, project, { env, log }) {
  const folder = join(stackFiles(stack).backend, ".pulumi", "locks", "organization", project, stack);
  if (!existsSync(folder)) return;
  const locks = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map(
      (name) =>
        /** @type {{ pid: number, hostname: string } | undefined} */ (readJsonIfPresent(join(folder, name))),
    );
  if (locks.length === 0) return;
  const owner = locks.find(
    (lock) => lock !== undefined && lock.hostname === hostname() && identifyProcess(lock.pid) !== undefined,
  );
  if (owner !== undefined) {
    throw new UserError(
      `Another update of the stack ${stack} is running (process ${owner.pid}): wait until it has ended.`,
    );
  }
  log(`The last update of ${stack} was killed; releasing its lock.`);
  await run("pulumi", ["cancel", "--yes", stack, "--non-interactive"], env);
}

/**
 * What an engine that was killed was about to create stays in the state as pending, and each later update
 * warns of it. The next update creates it, or takes over what is there already: Kubernetes objects are
 * applied by name.
 * @param {Context} context
 */
async function clearPendingCreates({ env, log }) {
  const { deployment } = JSON.parse((await run("pulumi", ["stack", "export"], env)).join("\n"));
  if (!deployment.pending_operations?.length) return;
  log("Clearing what the update that was killed had begun.");
  await run(
    "pulumi",
    ["refresh", "--yes", "--skip-preview", "--non-interactive", "--clear-pending-creates"],
    env,
  );
}

/**
 * Runs a program whose words matter only when it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string[]>} lines of its stdout
 */
async function run(command, args, env) {
  /** @type {string[]} */
  const output = [];
  /** @type {string[]} */
  const errors = [];
  const exitCode = await runForeground(command, args, {
    cwd: repositoryFolder,
    env,
    onOutput: (line) => output.push(line),
    onError: (line) => errors.push(line),
  });
  if (exitCode !== 0) {
    throw new UserError(
      [`${command} ${args.join(" ")} has failed (exit code ${exitCode}):`, ...output, ...errors].join("\n"),
    );
  }
  return output;
}
