import { profileFamilies, variableGroups } from "../../src/server/variables/catalogue";
import { foreignFamilies } from "../../src/server/variables/discovery";
import type { Variable, VariableKind } from "../../src/server/variables/variable";
import { table } from "./words";

const all = variableGroups.flatMap(({ variables }) => variables);

const ofProfiles = profileFamilies.flatMap(({ prefix, variables }) =>
  variables.map((variable) => ({ ...variable, name: `${prefix}<NAME>_${variable.name}` })),
);

/** The variables that an argument governs. */
export function variablesOf(argument: string): string[] {
  return all.filter(({ status, note }) => status === "governed" && note === argument).map(({ name }) => name);
}

/** The chapter about environment variables. */
export function variableChapter(): string {
  return [
    "## Environment variables of the server",
    [
      "What has no argument above is set as an environment variable of certctl:",
      "",
      "- `server.env`: plain values, which everybody sees who may read the Deployment;",
      "- `secretEnv`: secret values, encrypted in the stack file;",
      "- `server.envFromSecrets`: secret values in Secrets that exist already (`{name, key}`).",
      "",
      "A variable that certctl does not read is refused, and so is a value that certctl would silently replace by its default. Booleans are",
      "`true` or `false`. Values that are paths must be below a `mountPath` of `server.mounts`. Issuers are read from variables once, at the",
      "first start on an empty database: change them over the API afterwards.",
    ].join("\n"),
    ...variableGroups.flatMap(({ title, variables }) => {
      const open = variables.filter(({ status }) => status === "open");
      return open.length > 0 ? [`### ${title}`, openTable(open)] : [];
    }),
    "### Families",
    table(
      ["Variables", "Meaning"],
      foreignFamilies.map(({ prefix, note }) => [`\`${prefix}…\``, note]),
    ),
    ...profileFamilies.flatMap(({ argument, prefix, variables }) => [
      `### ${prefix}<NAME>_…`,
      `For each profile in \`${argument}\`, with its name in capitals.`,
      openTable(
        variables
          .filter(({ status }) => status === "open")
          .map((variable) => ({ ...variable, name: `…_${variable.name}` })),
      ),
    ]),
    "### Refused variables",
    "These cannot be set: an argument governs them, the deployment fixes them, or this version of certctl reads them without effect.",
    table(
      ["Variable", "Instead, or why"],
      [...all, ...ofProfiles]
        .filter(({ status }) => status !== "open")
        .map((variable) => [`\`${variable.name}\``, refusal(variable)]),
    ),
  ].join("\n\n");
}

function openTable(variables: readonly Variable[]): string {
  const rows = variables.map(({ name, kind, secret, default: fallback, note }) => [
    `\`${name}\``,
    `${kindWords(kind)}${secret ? ", **secret**" : ""}`,
    fallback === undefined ? "" : /\s/.test(fallback) ? fallback : `\`${fallback}\``,
    note,
  ]);
  return table(["Variable", "Value", "Default", "Meaning"], rows);
}

function kindWords(kind: VariableKind): string {
  switch (kind.type) {
    case "boolean":
      return "`true`, `false`";
    case "integer":
      return `whole number, at least ${String(kind.minimum)}`;
    case "duration":
      return kind.minimum === undefined ? "duration" : `duration, at least ${kind.minimum}`;
    case "choice":
      return kind.values.map((value) => `\`${value}\``).join(", ");
    case "list":
      return "comma list";
    case "url":
      return "URL";
    default:
      return kind.type;
  }
}

function refusal({ status, note, fromSecret }: Variable): string {
  switch (status) {
    case "governed":
      return `set \`${note}\`${fromSecret ? ", or name a Secret in `server.envFromSecrets`" : ""}`;
    case "dead":
      return `no effect: ${note}`;
    default:
      return `fixed: ${note}`;
  }
}
