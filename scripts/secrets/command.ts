import { join, relative } from "node:path";
import type { CertctlArgs } from "../../src/certctl-args";
import { formatIssues, isUnder } from "../../src/checks/issues";
import { stackArgs, stackFileValues } from "../../src/stack/stack-config";
import { serverDnsNames } from "../../src/tls/dns-names";
import { forms, keyOf, lockOf, refuseMixture, usersPath } from "./archive-options";
import { archiveName, exportSecrets } from "./export";
import { importSecrets } from "./import";
import { outsideSecrets } from "./outside-secrets";
import { passphraseVariable } from "./passphrase";
import { planSecrets, type SecretsPlan } from "./plan";
import { setSecrets } from "./set-secrets";
import { lines, type Output } from "../lib/command.cjs";
import { defineCommand } from "../lib/command-line.cjs";
import { UserError } from "../lib/user-error.cjs";
import { project, qualifiedConfig, readStackFile, stackFilePath, type StackFile } from "../stack/stack-file";

const directory = join(__dirname, "../..");
/** Name of the instance that src/main.ts deploys. */
const instance = "certctl";

/** The command `npm run secrets`. */
export const secrets = defineCommand(
  {
    call: "npm run secrets",
    argument: "<stack>",
    forms,
    about:
      'Sets each missing secret of the stack by "pulumi config set --secret", and never changes one that ' +
      'exists. The stack must exist ("npx pulumi stack init <stack>").',
    options: {
      "config-file": {
        type: "string",
        value: "FILE",
        help: "the stack's configuration [default: PULUMI_OPTION_CONFIG_FILE, or Pulumi.<stack>.yaml]",
      },
      "dry-run": { type: "boolean", default: false, help: "say what is missing, and set nothing" },
      "renew-tls": {
        type: "boolean",
        default: false,
        help: "make a new server certificate and root; previous roots that are still in date stay trusted",
      },
      export: {
        type: "boolean",
        default: false,
        help:
          "write all secrets of the stack into one archive, encrypted for age " +
          "(https://age-encryption.org)",
      },
      output: {
        type: "string",
        value: "FILE",
        help: "the archive, which must not exist [default: certctl-secrets-<stack>-<date>.tar.age]",
      },
      recipient: {
        type: "string",
        value: "RECIPIENT",
        multiple: true,
        default: [],
        help: "who can decrypt the archive; may be repeated [default: who knows the passphrase]",
      },
      "recipients-file": {
        type: "string",
        value: "FILE",
        multiple: true,
        default: [],
        help: "recipients, one a line; may be repeated",
      },
      import: { type: "string", value: "FILE", help: "set what is missing from an archive" },
      identity: {
        type: "string",
        value: "FILE",
        multiple: true,
        default: [],
        help:
          'what decrypts the archive, as "age-keygen" wrote it; may be repeated ' +
          "[default: the passphrase]",
      },
      "passphrase-file": {
        type: "string",
        value: "FILE",
        help: `its first line is the passphrase [default: ${passphraseVariable}, or it is asked for]`,
      },
    },
  },
  async ({ options, words: [stack, ...more] }, output) => {
    if (stack === undefined || more.length > 0)
      throw new UserError("Name one stack: npm run secrets -- dev. See --help.");

    const file = readStackFile(stackFilePath(directory, stack, options["config-file"]));
    if (file.importsEnvironments) {
      throw new UserError(
        `${file.path} imports Pulumi ESC environments, which may hold secrets that this command cannot see: set what is missing there.`,
      );
    }
    refuseMixture(options);
    const args = readArgs(file);
    const call = { directory, stack, configFile: file.path };
    if (options.export) {
      const archive = usersPath(options.output ?? archiveName(stack));
      await exportSecrets(
        { call, outside: outsideSecrets(args), file: archive, lock: () => lockOf(options) },
        output,
      );
      return;
    }
    if (options.import !== undefined) {
      const archive = usersPath(options.import);
      await importSecrets(
        { call, stackFile: file, archive, key: await keyOf(options), dryRun: options["dry-run"] },
        output,
      );
      return;
    }
    const plan = planSecrets({
      config: file.config,
      args,
      dnsNames: dnsNamesOf(args),
      renewTls: options["renew-tls"],
    });
    if (plan.missing.length > 0 && !options["dry-run"]) {
      const settings = await Promise.all(plan.missing.map((group) => group.generate()));
      await setSecrets(directory, stack, file, settings.flat());
    }
    report(plan, relative(process.cwd(), file.path), options["dry-run"], output);
  },
);

/** The stack's arguments. Problems outside of what is read here are not this command's. */
function readArgs(file: StackFile): CertctlArgs {
  const { values, secretKeys } = stackFileValues(qualifiedConfig(file));
  const { args, issues } = stackArgs(values, secretKeys, { secrets: "placeholder" });
  const problems = issues.filter(({ path }) =>
    ["namespace", "tls", "existingSecrets"].some((part) => isUnder(path, part)),
  );
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
      ...plan.superfluous.flatMap(({ keys, reason }) =>
        keys.map((key) => `  not used  ${name(key)} (${reason})`),
      ),
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
