import { isContainer, mapLeaves } from "../checks/unseen";
import type { SchemaNode } from "../checks/schema-check";
import { definitionSchema, resolve, stepInto } from "../checks/schema-check";

/** Configuration as Pulumi hands it to a program: text by key, structured values as JSON. */
export interface StackValues {
  values: Record<string, string>;
  /** Keys whose values are encrypted in the stack file. */
  secretKeys: Set<string>;
}

export const configNamespace = "certctl";

/**
 * The configuration in the `config` map of a stack file. Encrypted values stay encrypted: `{"secure": …}`.
 */
export function stackFileValues(config: Record<string, unknown>): StackValues {
  const entries = Object.entries(config);
  return {
    values: Object.fromEntries(
      entries.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    ),
    secretKeys: new Set(entries.filter(([, value]) => isEncrypted(value)).map(([key]) => key)),
  };
}

/** Whether a value of a stack file is encrypted, all of it. */
function isEncrypted(value: unknown): boolean {
  if (!isContainer(value)) return false;
  if (!Array.isArray(value) && typeof value.secure === "string") return true;
  const entries = Object.values(value);
  return entries.length > 0 && entries.every(isEncrypted);
}

/**
 * The values of this package's keys as arguments: parsed, and with the types that the schema asks for where
 * that loses nothing.
 */
export function parseValues(values: Record<string, string>): Record<string, unknown> {
  const args: Record<string, unknown> = {};
  for (const [fullKey, value] of Object.entries(values)) {
    const key = ownKey(fullKey);
    if (key === undefined) continue;
    const node = resolve(stepInto(definitionSchema("StackArgs"), key));
    args[key] = coerce(node, isStructured(node) ? parsed(value) : value);
  }
  return args;
}

/** The structure in a text; the text itself, for the schema to refuse, where there is none. */
function parsed(value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** The key without this package's namespace; undefined for keys of others. */
export function ownKey(fullKey: string): string | undefined {
  return fullKey.startsWith(`${configNamespace}:`) ? fullKey.slice(configNamespace.length + 1) : undefined;
}

function isStructured(node: SchemaNode | undefined): boolean {
  return node?.type === "object" || node?.type === "array";
}

/**
 * `pulumi config set` stores `3` as text, and `pulumi config set --path` stores it as a number, whatever the
 * key wants. Text that is no number, and numbers that would change when written as text, are left for the
 * schema to refuse.
 */
function coerce(node: SchemaNode | undefined, value: unknown): unknown {
  const schema = resolve(node);
  if (Array.isArray(value)) return value.map((item) => coerce(stepInto(schema, 0), item));
  if (isContainer(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, coerce(stepInto(schema, key), item)]),
    );
  switch (schema?.type) {
    case "integer":
    case "number":
      return typeof value === "string" && /^-?[0-9]+(\.[0-9]+)?$/.test(value) ? Number(value) : value;
    case "boolean":
      return value === "true" || value === "false" ? value === "true" : value;
    case "string":
      return typeof value === "boolean" || Number.isSafeInteger(value) ? String(value) : value;
    default:
      return value;
  }
}

/** A copy in which encrypted leaves of a stack file, and all other leaves, are replaced. */
export function mapSecretLeaves(
  value: unknown,
  change: (location: readonly (string | number)[]) => unknown,
): unknown {
  const sealed = mapEncrypted(value);
  return mapLeaves(sealed, (_leaf, location) => change(location));
}

/** An encrypted value is one leaf, not an object with the key `secure`. */
function mapEncrypted(value: unknown): unknown {
  if (!isContainer(value) || Array.isArray(value)) return value;
  if (typeof value.secure === "string") return "";
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapEncrypted(item)]));
}
