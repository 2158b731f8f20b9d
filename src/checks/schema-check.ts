import Ajv from "ajv";
import type { ErrorObject } from "ajv";
import type { Issue, Location } from "./issues";
import { formatPath, show } from "./issues";
import { missingSecretMessage } from "./missing-secret";
import { unseen } from "./unseen";
import schema from "./schema.json";
import { hintForValue } from "./hints";
import { unknownKeyMessage } from "./unknown-keys";

/** The parts of the schema that messages need. */
export interface SchemaNode {
  $ref?: string;
  type?: string;
  enum?: unknown[];
  patternErrorMessage?: string;
  secret?: boolean;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, SchemaNode>;
  required?: string[];
  additionalProperties?: boolean | SchemaNode;
  items?: SchemaNode;
}

/** Name of an arguments interface. */
export type Definition = keyof typeof schema.definitions;

const definitions: Record<string, SchemaNode> = schema.definitions;
const names = new Map(Object.entries(definitions).map(([name, node]) => [node, name]));

/** A problem that the schema finds, and where. */
export interface SchemaIssue extends Issue {
  location: Location;
  /** What the schema wants there. */
  wanted?: string;
  /** Nothing is wrong yet: the value cannot be looked at. */
  unseen?: boolean;
}

let compiled: Ajv | undefined;

function compiler(): Ajv {
  // The schema itself is checked by a test; that and the optimiser would double the time of each start.
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    verbose: true,
    inlineRefs: false,
    validateSchema: false,
    code: { optimize: false },
  });
  ajv.addKeyword("secret");
  ajv.addKeyword("patternErrorMessage");
  ajv.addSchema(schema, "arguments");
  return ajv;
}

/** Every place where a value does not fit its arguments interface. */
export function schemaIssues(definition: Definition, value: unknown, prefix: Location = []): SchemaIssue[] {
  compiled ??= compiler();
  const validate = compiled.getSchema(`arguments#/definitions/${definition}`);
  if (!validate) throw new Error(`no schema for ${definition}`);
  if (validate(value)) return [];
  const errors = validate.errors ?? [];
  // Of a value that is neither of the right type nor in the closed set, the set says more.
  const closed = new Set(
    errors
      .filter(({ keyword }) => keyword === "enum" || keyword === "const")
      .map(({ instancePath }) => instancePath),
  );
  const telling = errors.filter(
    ({ keyword, instancePath }) => keyword !== "type" || !closed.has(instancePath),
  );
  return telling.map((error) => schemaIssue(definition, error, prefix));
}

function schemaIssue(definition: Definition, error: ErrorObject, prefix: Location): SchemaIssue {
  const parent = locationOf(error, definition);
  const location = [...prefix, ...parent, ...extraStep(error)];
  const wanted = wantedType(definition, [...parent, ...extraStep(error)]);
  const message = messageFor(definition, error, parent, prefix);
  return {
    path: formatPath(location),
    location,
    wanted,
    message,
    ...(error.data === unseen && { unseen: true }),
  };
}

/** The errors of an object about a key name the object. */
function extraStep(error: ErrorObject): Location {
  const params = error.params as { missingProperty?: string; additionalProperty?: string };
  const key = params.missingProperty ?? params.additionalProperty;
  return key === undefined ? [] : [key];
}

function messageFor(definition: Definition, error: ErrorObject, parent: Location, prefix: Location): string {
  const node = error.parentSchema as SchemaNode;
  const params = error.params as Record<string, unknown>;
  const hint = hintForValue(names.get(node), error.data);
  const shown = isSecretLocation(definition, parent) ? "the value" : show(error.data);
  switch (error.keyword) {
    case "required":
      return isSecretLocation(definition, parent)
        ? missingSecretMessage(formatPath([...parent, ...extraStep(error)]))
        : "is missing";
    case "additionalProperties":
      return unknownKeyMessage(
        [...prefix, ...parent],
        String(params.additionalProperty),
        Object.keys(node.properties ?? {}),
      );
    case "type":
      return `${shown} ${typeWords[node.type ?? ""] ?? ""}`;
    case "enum":
    case "const":
      return `${shown} is not one of ${allowedValues(node, params).join(", ")}${hint}`;
    case "pattern":
      return `${shown} ${node.patternErrorMessage ?? ""}${hint}`;
    default:
      return `${shown} ${rangeWords(node, error)}`;
  }
}

const typeWords: Record<string, string> = {
  string: "is not text; write it in quotes",
  number: "is not a number",
  integer: "is not a whole number",
  boolean: "is not true or false",
  array: "is not a list",
  object: "is not a map of keys to values",
};

function allowedValues(node: SchemaNode, params: Record<string, unknown>): string[] {
  return (node.enum ?? [params.allowedValue]).map(String);
}

function rangeWords({ minimum, maximum }: SchemaNode, error: ErrorObject): string {
  if (minimum !== undefined && maximum !== undefined)
    return `is not between ${String(minimum)} and ${String(maximum)}`;
  const limit = String((error.params as { limit?: number }).limit);
  return `is too small; ${error.keyword === "minimum" ? "the least is" : "it must be more than"} ${limit}`;
}

function wantedType(definition: Definition, location: Location): string | undefined {
  const find = (node: SchemaNode | undefined, step: string | number): SchemaNode | undefined =>
    resolve(stepInto(node, step));
  return location.reduce(find, resolve(definitions[definition]))?.type;
}

/** Whether a value at this place must not be printed. */
function isSecretLocation(definition: Definition, location: Location): boolean {
  let node: SchemaNode | undefined = definitions[definition];
  for (const step of location) {
    node = stepInto(resolve(node), step);
    if (node?.secret) return true;
    if (!node) return false;
  }
  return false;
}

/** The schema of an entry of an object or list. */
export function stepInto(node: SchemaNode | undefined, step: string | number): SchemaNode | undefined {
  if (typeof step === "number") return node?.items;
  const other = node?.additionalProperties;
  return node?.properties?.[step] ?? (typeof other === "object" ? other : undefined);
}

/** The schema that a reference points to. */
export function resolve(node: SchemaNode | undefined): SchemaNode | undefined {
  const name = node?.$ref?.slice("#/definitions/".length);
  return name === undefined ? node : definitions[name];
}

/** The schema of an arguments interface. */
export function definitionSchema(definition: Definition): SchemaNode {
  return definitions[definition] ?? {};
}

/** An ajv pointer as steps; digits are positions where the schema has a list. */
function locationOf(error: ErrorObject, definition: Definition): Location {
  let node = resolve(definitions[definition]);
  return error.instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => {
      const step = node?.type === "array" ? Number(part) : part;
      node = resolve(stepInto(node, step));
      return step;
    });
}

/** Keys that must be encrypted in a stack file. */
export const secretConfigKeys: readonly string[] = Object.entries(
  definitionSchema("CertctlArgs").properties ?? {},
)
  .filter(([, node]) => node.secret)
  .map(([key]) => key);
