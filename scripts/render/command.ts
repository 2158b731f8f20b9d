import { existsSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { ConfigurationError, formatIssues } from "../../src/checks/issues";
import { instanceArgs, placeholderStack, renderArgs, toYaml, warnings } from "./render-stack";
import { withSecrets } from "./show-secrets";
import { lines, parseCommandLine, UserError, type Output } from "../stack/command";
import { qualifiedConfig, readStackFile, stackFilePath, stackNames } from "../stack/stack-file";

const help = `npm run -s render -- <stack | file.yaml> [--show-secrets [--stack NAME]]

Prints the stack's Kubernetes manifests as YAML. No cluster and no Pulumi engine are needed.
Secret values, set or not, appear as placeholders such as <secret certctl:databasePassword>.

  --show-secrets  print the secrets that are set, decrypted by the Pulumi CLI
  --stack NAME    the stack whose key decrypts file.yaml [default: as in Pulumi.<stack>.yaml]
  --help          this text
`;

const directory = join(__dirname, "../..");

/** The command `npm run render`. */
export async function render(commandLine: readonly string[], output: Output): Promise<void> {
  const { values: options, positionals } = parseCommandLine({
    args: [...commandLine],
    options: {
      "show-secrets": { type: "boolean", default: false },
      stack: { type: "string" },
      help: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  if (options.help) {
    output.stdout(help);
    return;
  }
  const [target, ...more] = positionals;
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
}

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
