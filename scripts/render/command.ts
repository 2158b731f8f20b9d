import { existsSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { ConfigurationError, formatIssues } from "../../src/checks/issues";
import { instanceArgs, placeholderStack, renderArgs, toYaml, warnings } from "./render-stack";
import { withSecrets } from "./show-secrets";
import { lines } from "../lib/command.cjs";
import { defineCommand } from "../lib/command-line.cjs";
import { UserError } from "../lib/user-error.cjs";
import { qualifiedConfig, readStackFile, stackFilePath, stackNames } from "../stack/stack-file";

const directory = join(__dirname, "../..");

/** The command `npm run render`. */
export const render = defineCommand(
  {
    call: "npm run -s render",
    argument: "<stack | file.yaml>",
    about:
      "Prints the stack's Kubernetes manifests as YAML. No cluster and no Pulumi engine are needed. " +
      "Secret values, set or not, appear as placeholders such as <secret certctl:databasePassword>.",
    options: {
      "show-secrets": {
        type: "boolean",
        default: false,
        help: "print the secrets that are set, decrypted by the Pulumi CLI",
      },
      stack: {
        type: "string",
        value: "NAME",
        help: "the stack whose key decrypts file.yaml [default: as in Pulumi.<stack>.yaml]",
      },
    },
  },
  async ({ options, words: [target, ...more] }, output) => {
    if (target === undefined || more.length > 0)
      throw new UserError(`Name one stack or stack file: ${knownStacks()}. See --help.`);

    const path = findStackFile(target);
    const config = qualifiedConfig(readStackFile(path));
    try {
      const configuration = placeholderStack(config);
      const stack = options.stack ?? /^Pulumi\.(.+)\.yaml$/.exec(basename(path))?.[1];
      const shown = options["show-secrets"]
        ? await withSecrets(configuration, { directory, stack, configFile: path })
        : configuration;
      const manifests = await renderArgs(instanceArgs(shown));
      output.stderr(lines(warnings(configuration).map((warning) => `warning: ${warning}`)));
      output.stdout(toYaml(manifests));
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      throw new UserError(formatIssues(error.issues), { cause: error });
    }
  },
);

/**
 * A stack of the project, or a file: `npm run` starts in the project's directory, and people mean their own.
 */
function findStackFile(target: string): string {
  const candidates = [resolve(target), resolve(process.env.INIT_CWD ?? "", target)];
  if (!/\.ya?ml$/.test(target)) candidates.unshift(stackFilePath(directory, target, ""));
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined)
    throw new UserError(`There is no stack or stack file "${target}"; ${knownStacks()}.`);
  return found;
}

function knownStacks(): string {
  const names = stackNames(readdirSync(directory));
  return names.length === 0
    ? "there is no Pulumi.<stack>.yaml here"
    : `the stacks here are ${names.join(", ")}`;
}
