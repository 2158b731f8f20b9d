import { join, relative } from "node:path";
import type { CertctlArgs } from "../../src/certctl-args";
import { formatIssues, isUnder } from "../../src/config/issues";
import { stackArgs, stackFileValues } from "../../src/config/stack-config";
import { serverDnsNames } from "../../src/tls/dns-names";
import { planSecrets, type SecretsPlan } from "./plan";
import { setSecrets } from "./set-secrets";
import { lines, parseCommandLine, UserError, type Output } from "../stack/command";
import { project, qualifiedConfig, readStackFile, stackFilePath, type StackFile } from "../stack/stack-file";

const help = `npm run secrets -- <stack> [--config-file FILE] [--dry-run] [--renew-tls]

Sets each missing secret of the stack by "pulumi config set --secret", and never changes one that exists.
The stack must exist ("npx pulumi stack init <stack>").

  --config-file FILE  the stack's configuration [default: PULUMI_OPTION_CONFIG_FILE, or Pulumi.<stack>.yaml]
  --dry-run           say what is missing, and set nothing
  --renew-tls         make a new server certificate and root; previous roots that are still in date stay trusted
  --help              this text
`;

const directory = join(__dirname, "../..");
/** Name of the instance that src/main.ts deploys. */
const instance = "certctl";

/** The command `npm run secrets`. */
export async function secrets(commandLine: readonly string[], output: Output): Promise<void> {
  const { values: options, positionals } = parseCommandLine({
    args: [...commandLine],
    options: {
      "config-file": { type: "string" },
      "dry-run": { type: "boolean", default: false },
      "renew-tls": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  if (options.help) {
    output.stdout(help);
    return;
  }
  const [stack, ...more] = positionals;
  if (stack === undefined || more.length > 0) throw new UserError("Name one stack: npm run secrets -- dev. See --help.");

  const file = readStackFile(stackFilePath(directory, stack, options["config-file"]));
  if (file.importsEnvironments) {
    throw new UserError(
      `${file.path} imports Pulumi ESC environments, which may hold secrets that this command cannot see: set what is missing there.`,
    );
  }
  const args = readArgs(file);
  const plan = planSecrets({ config: file.config, args, dnsNames: dnsNamesOf(args), renewTls: options["renew-tls"] });
  if (plan.missing.length > 0 && !options["dry-run"]) {
    const settings = await Promise.all(plan.missing.map((group) => group.generate()));
    await setSecrets(directory, stack, file, settings.flat());
  }
  report(plan, relative(process.cwd(), file.path), options["dry-run"], output);
}

/** The stack's arguments. Problems outside of what is read here are not this command's. */
function readArgs(file: StackFile): CertctlArgs {
  const { values, secretKeys } = stackFileValues(qualifiedConfig(file));
  const { args, issues } = stackArgs(values, secretKeys, { secrets: "placeholder" });
  const problems = issues.filter(({ path }) => ["namespace", "tls", "existingSecrets"].some((part) => isUnder(path, part)));
  if (problems.length > 0) throw new UserError(formatIssues(problems));
  return args;
}

function dnsNamesOf({ namespace = "certctl", tls }: CertctlArgs): string[] {
  return [...new Set([...serverDnsNames(instance, namespace), ...(tls?.extraDnsNames ?? [])])];
}

function report(plan: SecretsPlan, file: string, dryRun: boolean, output: Output): void {
  const name = (key: string): string => `${project}:${key}`;
  const set = plan.missing.flatMap((group) => group.keys);
  output.stdout(
    lines([
      `${file}: ${set.length} ${dryRun ? "missing" : "set"}, ${plan.present.length} there already.`,
      ...set.map((key) => `  ${dryRun ? "missing  " : "set      "} ${name(key)}`),
      ...plan.present.map((key) => `  there     ${name(key)}`),
      ...plan.superfluous.flatMap(({ keys, reason }) => keys.map((key) => `  not used  ${name(key)} (${reason})`)),
    ]),
  );
  if (set.includes("encryptionKey") && !dryRun) {
    output.stdout(
      `Keep ${file} (commit it: the values are encrypted) and what decrypts it. Without ${name("encryptionKey")} the database's secrets are lost.\n`,
    );
  }
  output.stderr(
    lines(
      plan.unencrypted.map(
        (key) =>
          `warning: ${name(key)} stands in ${file} unencrypted: set it again with "npx pulumi config set --secret", and replace it if the file was shared.`,
      ),
    ),
  );
}
