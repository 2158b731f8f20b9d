import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../lib/user-error.cjs";

export const repositoryFolder = fileURLToPath(new URL("../..", import.meta.url));

/** All that `npm start` keeps is in a folder that git ignores. */
export const localFolder = join(repositoryFolder, ".local");

/** One folder for each stack that was started. */
export const stacksFolder = join(localFolder, "stacks");

/** Links to the files of the stack that was started last. */
export const currentFiles = {
  environment: join(localFolder, "env"),
  kubeconfig: join(localFolder, "kubeconfig"),
};

/**
 * The files of one stack. Each has a cluster and a backend of its own, as dev and production have: neither
 * can get in the other's way.
 * @param {string} stack
 */
export function stackFiles(stack) {
  const folder = join(stacksFolder, stack);
  return {
    folder,
    controlPlane: join(folder, "control-plane"),
    kubeconfig: join(folder, "kubeconfig"),
    /** The Pulumi backend: the stack's state. */
    backend: join(folder, "pulumi"),
    passphrase: join(folder, "passphrase"),
    configuration: join(folder, `Pulumi.${stack}.yaml`),
    /** Which keys of the configuration came from the repository's stack file. */
    repositoryKeys: join(folder, "repository-keys.json"),
    /** For `source`, in a shell. */
    environment: join(folder, "env"),
  };
}

/**
 * @param {string} stack one that has a configuration in the repository
 */
export function requireStack(stack) {
  const names = readdirSync(repositoryFolder).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
  if (!names.includes(stack))
    throw new UserError(`There is no stack "${stack}": the stacks are ${names.join(", ")}.`);
}
