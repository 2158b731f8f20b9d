import { renameSync, symlinkSync } from "node:fs";
import { delimiter, dirname, relative } from "node:path";
import { toolchainEnvironment } from "../../toolchain/toolchain.mjs";
import { writeFileAtomic } from "../lib/files.mjs";
import { currentFiles, stackFiles } from "./local-folder.mjs";

/** @typedef {import("../../toolchain/toolchain.mjs").Toolchain} Toolchain */

/** Variables of the user's shell that would lead Pulumi elsewhere than to the local stack. */
const misleading = ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_ACCESS_TOKEN"];

/**
 * What a command needs to work on the local control plane and its stack.
 * @param {string} stack
 * @returns {Record<string, string>}
 */
function stackVariables(stack) {
  const files = stackFiles(stack);
  return {
    KUBECONFIG: files.kubeconfig,
    // Without the sidecar files with metadata: they are not written in one step, and an engine that is killed
    // at that moment leaves an empty one, which no later command can read ("failed to load checkpoint: EOF").
    PULUMI_BACKEND_URL: `file://${files.backend}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE_FILE: files.passphrase,
    PULUMI_STACK: stack,
    // Any option of the CLI can be given so. The repository's own stack file stays for the user's own
    // cluster.
    PULUMI_OPTION_CONFIG_FILE: files.configuration,
  };
}

/**
 * @param {string} stack
 * @param {Toolchain} toolchain
 * @returns {NodeJS.ProcessEnv}
 */
export function stackEnvironment(stack, toolchain) {
  const inherited = Object.entries(process.env).filter(([name]) => !misleading.includes(name));
  return { ...Object.fromEntries(inherited), ...toolchainEnvironment(toolchain), ...stackVariables(stack) };
}

/**
 * Writes the file that a shell reads (`source .local/env`) to have the same environment, and makes the stack
 * the current one.
 * @param {string} stack
 * @param {Toolchain} toolchain
 */
export function writeEnvironmentFile(stack, toolchain) {
  const files = stackFiles(stack);
  const { PATH: _, ...variables } = { ...toolchainEnvironment(toolchain), ...stackVariables(stack) };
  const lines = [
    `# Of npm start, for the stack ${stack}: source this, and kubectl and npx pulumi work on its local control plane.`,
    `unset ${misleading.join(" ")}`,
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${quote(value)}`),
    ...[toolchain.bin, toolchain.pulumiBin].map(
      (folder) =>
        `case "$PATH" in *${quote(folder)}*) ;; *) export PATH=${quote(folder)}${delimiter}"$PATH" ;; esac`,
    ),
  ];
  writeFileAtomic(files.environment, `${lines.join("\n")}\n`, 0o600);
  linkAtomic(files.environment, currentFiles.environment);
  linkAtomic(files.kubeconfig, currentFiles.kubeconfig);
}

/**
 * @param {string} target
 * @param {string} path
 */
function linkAtomic(target, path) {
  const temporary = `${path}.${process.pid}.tmp`;
  symlinkSync(relative(dirname(path), target), temporary);
  renameSync(temporary, path);
}

/** @param {string} value */
function quote(value) {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
