import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runForeground } from "../lib/foreground.mjs";
import { UserError } from "../lib/user-error.mjs";
import { repositoryFolder } from "./local-folder.mjs";

/**
 * Installs what a stack expects of a cluster, such as the CustomResourceDefinitions of other products: the manifests in
 * prerequisites/<stack>.yaml, if there are any.
 * @param {string} stack
 * @param {{ env: NodeJS.ProcessEnv, log: (line: string) => void }} options
 */
export async function installStackPrerequisites(stack, { env, log }) {
  const manifests = fileURLToPath(new URL(`prerequisites/${stack}.yaml`, import.meta.url));
  if (!existsSync(manifests)) return;
  const args = ["apply", "--server-side", "--force-conflicts", "--filename", manifests];
  const exitCode = await runForeground("kubectl", args, { cwd: repositoryFolder, env, onOutput: (line) => log(`  ${line}`) });
  if (exitCode !== 0)
    throw new UserError(`What the stack ${stack} needs could not be installed (${manifests}); kubectl's words stand above.`);
}
