import type { DocumentedArguments, SchemaNode } from "./arguments-schema";
import { introduction, secretsChapter } from "./reference-prose";
import { variableChapter, variablesOf } from "./variable-reference";
import { prose, table } from "./words";

/** The reference of all arguments, docs/configuration.md. */
export function configurationReference({ definitions, choices }: DocumentedArguments): string {
  const writer = new Reference(definitions, choices);
  return (
    [
      introduction,
      writer.arguments(),
      secretsChapter(writer.secretRows()),
      writer.shared(),
      variableChapter(),
    ].join("\n\n") + "\n"
  );
}

/** Simple types, in the words of a table. */
const anchors: Record<string, string> = {
  Duration: "duration",
  PrometheusDuration: "Prometheus duration",
  Quantity: "quantity",
  ObjectName: "name",
  ImageReference: "image",
  AbsolutePath: "path",
  AwsRegion: "region",
  BucketName: "bucket name",
  IamArn: "IAM ARN",
  KeyPrefix: "prefix",
  KmsKeyArn: "key ARN",
  OidcProviderArn: "provider ARN",
  DnsName: "DNS name",
  MailAddress: "mail address",
  Origin: "origin",
  Port: "port",
};

const typeWords: Record<string, string> = {
  integer: "whole number",
  number: "number",
  boolean: "`true`, `false`",
  string: "text",
  object: "map",
};

class Reference {
  private readonly sharedNames = new Set<string>();

  constructor(
    private readonly definitions: Record<string, SchemaNode>,
    private readonly choices: Record<string, Record<string, string>>,
  ) {
    // What an instance has, a stack has.
    const { CertctlArgs: _instance, ...others } = definitions;
    const uses = Object.values(others).flatMap(references);
    for (const name of uses) if (uses.indexOf(name) !== uses.lastIndexOf(name)) this.share(name);
  }

  /** What is used in several places is described once, and so is what it consists of. */
  private share(name: string): void {
    const node = this.definitions[name];
    if (!node?.properties || this.sharedNames.has(name)) return;
    this.sharedNames.add(name);
    references(node).forEach((part) => this.share(part));
  }

  /** Every object of arguments, the instance first, each with its parts below it. */
  public arguments(): string {
    const root = this.definitions.StackArgs ?? {};
    const open = Object.fromEntries(Object.entries(root.properties ?? {}).filter(([, node]) => !node.secret));
    const parts = Object.entries(open).flatMap(([key, node]) => this.section(key, node));
    return ["## Instance", this.propertyTable({ ...root, properties: open }, ""), ...parts].join("\n\n");
  }

  public secretRows(): string[][] {
    const properties = Object.entries(this.definitions.StackArgs?.properties ?? {}).filter(
      ([, node]) => node.secret,
    );
    return properties.flatMap(([key, node]) => {
      const parts = Object.entries(this.target(node)?.properties ?? {});
      const without = typeof node.default === "string" ? ` Without it: ${node.default}.` : "";
      const row = [`\`${key}\``, this.meaning(node, key) + without, this.variables(node, key)];
      return [
        row,
        ...parts.map(([part, inner]) => [
          `\`${key}.${part}\``,
          this.meaning(inner, ""),
          this.variables(inner, `${key}.${part}`),
        ]),
      ];
    });
  }

  /** Objects and types that several arguments use. */
  public shared(): string {
    const objects = Object.keys(this.definitions).filter((name) => this.isShared(name));
    const types = Object.entries(anchors).map(
      ([name, label]) => `- **${label}**: ${firstToLower(this.definitions[name]?.description ?? "")}`,
    );
    return [
      "## Shared types",
      types.join("\n"),
      ...objects.map((name) => {
        const node = this.definitions[name] ?? {};
        return [`### ${title(name)}`, prose(node.description ?? ""), this.propertyTable(node, "")].join(
          "\n\n",
        );
      }),
    ].join("\n\n");
  }

  private section(path: string, property: SchemaNode): string[] {
    const entry = entryOf(property);
    const name = nameOf(property) ?? nameOf(entry ?? {});
    const node = this.target(property) ?? this.target(entry ?? {});
    if (!node?.properties || (name !== undefined && this.isShared(name))) return [];
    const each = entry ? " Each entry:" : "";
    const parts = Object.entries(node.properties).flatMap(([key, inner]) =>
      this.section(`${path}.${key}`, inner),
    );
    const text = prose(node.description ?? "") + each;
    return [[`## ${path}`, text, this.propertyTable(node, path)].join("\n\n"), ...parts];
  }

  private propertyTable(node: SchemaNode, path: string): string {
    const rows = Object.entries(node.properties ?? {}).map(([key, property]) => {
      const full = path ? `${path}.${key}` : key;
      const required = node.required?.includes(key) ? "**required**" : this.defaultOf(property);
      return [
        `\`${key}\``,
        this.typeOf(property, full),
        required,
        this.meaning(property, full),
        this.variables(property, full),
      ];
    });
    const withVariables = rows.some((row) => row[4] !== "");
    const head = ["Key", "Value", "Default", "Meaning", ...(withVariables ? ["Variable"] : [])];
    return table(head, withVariables ? rows : rows.map((row) => row.slice(0, 4)));
  }

  private typeOf(property: SchemaNode, path: string): string {
    const name = nameOf(property);
    if (name !== undefined && anchors[name]) return `[${anchors[name]}](#shared-types)`;
    const node = this.target(property) ?? property;
    if (node.enum) return node.enum.map((value) => `\`${String(value)}\``).join(", ");
    if (node.const !== undefined) return `\`${node.const as string}\``;
    if (node.items) return `list of ${this.typeOf(node.items, path)}`;
    if (node.properties) return name !== undefined && this.isShared(name) ? link(title(name)) : link(path);
    if (typeof node.additionalProperties === "object" && Object.keys(node.additionalProperties).length > 0) {
      return `map to ${this.typeOf(node.additionalProperties, path)}`;
    }
    return `${typeWords[String(node.type)] ?? ""}${range(node)}`;
  }

  private defaultOf({ default: value }: SchemaNode): string {
    if (value === undefined) return "";
    if (typeof value === "string") return /\s/.test(value) ? value : `\`${value}\``;
    return `\`${JSON.stringify(value)}\``;
  }

  /** The variable has a column of its own. */
  private meaning(property: SchemaNode, path: string): string {
    const node = this.target(property);
    const values = node?.enum ? (this.choices[nameOf(property) ?? ""] ?? {}) : {};
    const choices = Object.entries(values).map(([value, text]) => `\`${value}\`: ${firstToLower(text)}`);
    const text = (property.description ?? node?.description ?? "").replace(
      / \(`(CERTCTL|PG)[A-Z0-9_]+`\)/g,
      "",
    );
    return (
      [text, ...choices].join(" ") +
      (path === "apiKeys" ? " Each at least 32 characters, without `:`, `,` and spaces." : "")
    );
  }

  private variables({ description }: SchemaNode, path: string): string {
    const named = /\(`((?:CERTCTL|PG)[A-Z0-9_]+)`\)/.exec(description ?? "")?.[1];
    const all = [...new Set([...(named ? [named] : []), ...variablesOf(path)])];
    return all.map((name) => `\`${name}\``).join(", ");
  }

  private target(property: SchemaNode): SchemaNode | undefined {
    return this.definitions[nameOf(property) ?? ""];
  }

  private isShared(name: string): boolean {
    return this.sharedNames.has(name);
  }
}

function nameOf({ $ref }: SchemaNode): string | undefined {
  return $ref?.slice("#/definitions/".length);
}

/** What a list or a map holds. */
function entryOf({ items, additionalProperties }: SchemaNode): SchemaNode | undefined {
  return items ?? (typeof additionalProperties === "object" ? additionalProperties : undefined);
}

function references(node: SchemaNode): string[] {
  const own = nameOf(node);
  const below = [
    ...Object.values(node.properties ?? {}),
    ...(node.items ? [node.items] : []),
    ...(node.anyOf ?? []),
  ];
  const others = typeof node.additionalProperties === "object" ? [node.additionalProperties] : [];
  return [...(own === undefined ? [] : [own]), ...[...below, ...others].flatMap(references)];
}

function range({ minimum, maximum, exclusiveMinimum }: SchemaNode): string {
  if (minimum !== undefined && maximum !== undefined) return `, ${String(minimum)} to ${String(maximum)}`;
  if (minimum !== undefined) return `, at least ${String(minimum)}`;
  return exclusiveMinimum === undefined ? "" : `, above ${String(exclusiveMinimum)}`;
}

/** `StorageSettings` is a heading as "Storage". */
function title(name: string): string {
  const words = name.replace(/Settings$/, "").replace(/([a-z])([A-Z])/g, "$1 $2");
  return words.charAt(0) + words.slice(1).toLowerCase();
}

function link(heading: string): string {
  return `[${heading}](#${heading
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-")})`;
}

function firstToLower(text: string): string {
  return /^(A |[A-Z][a-z])/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
