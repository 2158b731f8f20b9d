import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { derive } from "./inputs";

/** Eight hexadecimal digits that change with the content. The order of keys does not matter. */
export function contentHash(content: unknown): string {
  return createHash("sha256").update(canonical(content)).digest("hex").slice(0, 8);
}

/** A name that changes with the content, which may hold Outputs. */
export function hashedName(prefix: string, content: unknown): pulumi.Input<string> {
  return derive([content], (value) => `${prefix}-${contentHash(value)}`);
}

/**
 * A checksum of secret values that may be shown: 32 bits tell that something changed, and nothing about a
 * value. Pods carry it in an annotation, so that they roll exactly when a Secret that they read changes.
 */
export function secretChecksum(values: Record<string, pulumi.Input<unknown>>): pulumi.Output<string> {
  return pulumi.unsecret(pulumi.output(values).apply(contentHash));
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
