import * as pulumi from "@pulumi/pulumi";

/**
 * Stands for a value that is there but cannot be looked at: one that is not known yet, a placeholder for a
 * secret, or one that the schema has refused already. It is no string, no number and no list, so checks that
 * ask for those pass it by.
 */
class Unseen {
  toJSON(): string {
    return "(not known yet)";
  }
}
export const unseen: object = new Unseen();

/** The value as text to look at; undefined when there is none, or none to look at. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Whether a value is one that arrives later. */
export function isPending(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/**
 * Whether checks look into a value: a list or a plain object, not a resource or another object with a class.
 */
export function isContainer(value: unknown): value is Record<string, unknown> | unknown[] {
  if (Array.isArray(value)) return true;
  if (typeof value !== "object" || value === null || isPending(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * A copy of plain objects and lists, at every depth, with `change` applied to everything else. Undefined
 * entries of objects are left out.
 */
export function mapLeaves(
  value: unknown,
  change: (leaf: unknown, location: readonly (string | number)[]) => unknown,
): unknown {
  const visit = (node: unknown, location: readonly (string | number)[]): unknown => {
    if (!isContainer(node)) return change(node, location);
    if (Array.isArray(node)) return node.map((item, index) => visit(item, [...location, index]));
    const entries = Object.entries(node).filter(([, item]) => item !== undefined);
    return Object.fromEntries(entries.map(([key, item]) => [key, visit(item, [...location, key])]));
  };
  return visit(value, []);
}
