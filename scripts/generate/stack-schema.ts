import type { SchemaNode } from "./arguments-schema";
import { mapValues } from "./runtime-schema";
import { prose } from "./words";

const encrypted: SchemaNode = {
  type: "object",
  description: "Encrypted: set with `pulumi config set --secret`.",
  properties: { secure: { type: "string" } },
  required: ["secure"],
  additionalProperties: false,
};

/** The schema of a whole `Pulumi.<stack>.yaml`, for editors. */
export function stackSchema(definitions: Record<string, SchemaNode>): object {
  const { StackArgs: root, CertctlArgs: _instance, ...parts } = mapValues(definitions, forEditors);
  const keys = Object.entries(root?.properties ?? {}).map(
    ([key, node]) => [`certctl:${key}`, stackValue(node, parts)] as const,
  );
  const secretParts = Object.keys(parts).filter((name) =>
    keys.some(([, node]) => JSON.stringify(node).includes(`"#/definitions/${name}Encrypted"`)),
  );
  const encryptedParts = secretParts.map(
    (name) => [`${name}Encrypted`, encryptedLeaves(parts[name] ?? {})] as const,
  );
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "A stack of certctl",
    type: "object",
    properties: {
      secretsprovider: { type: "string", description: "What encrypts the stack's secrets." },
      encryptedkey: { type: "string" },
      encryptionsalt: { type: "string" },
      config: {
        type: "object",
        description: "Configuration. Keys of this package start with `certctl:`.",
        properties: Object.fromEntries(keys),
        patternProperties: { "^(?!certctl:)[^:]+:.+$": {} },
        additionalProperties: false,
      },
    },
    definitions: { Encrypted: encrypted, ...parts, ...Object.fromEntries(encryptedParts) },
  };
}

/** Descriptions without references that only this repository has, and defaults only where they are values. */
function forEditors(node: SchemaNode): SchemaNode {
  const { description, default: byDefault, secret, ...kept } = node;
  const fits = byDefault !== undefined && isValue(node, byDefault);
  const text =
    byDefault === undefined || fits
      ? description
      : `${description ?? ""} Default: ${typeof byDefault === "string" ? byDefault : JSON.stringify(byDefault)}.`;
  return {
    ...kept,
    ...(text && { description: prose(text) }),
    ...(fits && { default: byDefault }),
    ...(secret && { secret }),
    ...(node.properties && { properties: mapValues(node.properties, forEditors) }),
    ...(node.items && { items: forEditors(node.items) }),
    ...(typeof node.additionalProperties === "object" && {
      additionalProperties: forEditors(node.additionalProperties),
    }),
  };
}

function isValue(node: SchemaNode, value: unknown): boolean {
  if (node.type === "integer" || node.type === "number") return typeof value === "number";
  if (node.type === "boolean") return typeof value === "boolean";
  if (node.type === "array") return Array.isArray(value);
  if (node.type === "object") return typeof value === "object";
  return typeof value !== "string" || !value.includes(" ");
}

/** A value of the `config` map: secrets are encrypted, and the CLI writes plain values as text. */
function stackValue(node: SchemaNode, parts: Record<string, SchemaNode>): SchemaNode {
  const { secret, ...value } = node;
  if (!secret)
    return node.type === "boolean"
      ? { ...value, type: undefined, anyOf: [{ type: "boolean" }, { enum: ["true", "false"] }] }
      : value;
  const name = node.$ref?.slice("#/definitions/".length);
  const whole: SchemaNode = { $ref: "#/definitions/Encrypted" };
  const about = { description: value.description };
  if (name !== undefined && parts[name])
    return { ...about, anyOf: [whole, { $ref: `#/definitions/${name}Encrypted` }] };
  if (node.type === "object")
    return { ...about, anyOf: [whole, { type: "object", additionalProperties: whole }] };
  return { ...about, ...whole };
}

function encryptedLeaves({ required: _required, properties, ...node }: SchemaNode): SchemaNode {
  const leaf = ({ description }: SchemaNode): SchemaNode => ({
    description,
    $ref: "#/definitions/Encrypted",
  });
  return { ...node, properties: mapValues(properties ?? {}, leaf) };
}
