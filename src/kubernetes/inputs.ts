import * as pulumi from "@pulumi/pulumi";

/**
 * Computes a value from inputs: at once when all of them are plain, so that manifests stay plain and previews
 * readable, and otherwise when they are known.
 */
export function derive<T extends readonly unknown[], R>(
  inputs: { readonly [K in keyof T]: pulumi.Input<T[K]> },
  compute: (...values: T) => R,
): pulumi.Input<R> {
  const values: unknown[] = [...inputs];
  if (values.every(isPlain)) return compute(...(values as unknown as T));
  return pulumi.all(values).apply((resolved) => compute(...(resolved as unknown as T)));
}

/** Whether a value holds no Output and no Promise, at any depth. */
function isPlain(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return false;
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value === "object" && value !== null) return Object.values(value).every(isPlain);
  return true;
}
