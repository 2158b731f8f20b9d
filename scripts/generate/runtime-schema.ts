import type { SchemaNode } from "./arguments-schema";

/** What the program checks arguments with: no descriptions and no defaults, which are for people. */
export function runtimeSchema(definitions: Record<string, SchemaNode>): SchemaNode {
  return { definitions: mapValues(definitions, constraintsOnly) };
}

function constraintsOnly(node: SchemaNode): SchemaNode {
  const { description: _description, default: _default, ...kept } = node;
  return {
    ...kept,
    ...(node.properties && { properties: mapValues(node.properties, constraintsOnly) }),
    ...(node.items && { items: constraintsOnly(node.items) }),
    ...(typeof node.additionalProperties === "object" && {
      additionalProperties: constraintsOnly(node.additionalProperties),
    }),
  };
}

export function mapValues<T, R>(
  values: Record<string, T>,
  change: (value: T, key: string) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value, key)]));
}
