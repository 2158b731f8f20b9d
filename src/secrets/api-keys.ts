import * as pulumi from "@pulumi/pulumi";
import { secretVariable } from "../kubernetes/environment";
import type { EnvVar } from "../kubernetes/environment";
import type { ApiKeys, PreviousApiKeys } from "./secrets-args";

// facts: roles-come-back
/** The duties of named keys. Only `admin` administers. */
export const duties = ["admin", "enroll", "fleet", "metrics"] as const;
type Duty = (typeof duties)[number];

/**
 * What the Secret of API keys holds: one entry per duty, and `previous-<duty>` for keys that are being
 * replaced.
 */
export function serverKeys(secrets: {
  apiKeys?: pulumi.Input<ApiKeys>;
  previousApiKeys?: PreviousApiKeys;
}): Record<string, pulumi.Input<string>> {
  const previous = Object.entries(secrets.previousApiKeys ?? {}) as [string, pulumi.Input<string>][];
  const keys =
    secrets.apiKeys === undefined ? [] : duties.map((duty) => [duty, keyOf(secrets.apiKeys, duty)] as const);
  return Object.fromEntries([...keys, ...previous.map(([duty, key]) => [`previous-${duty}`, key] as const)]);
}

/** What agents are given: never the admin key. */
export function fleetKeys(apiKeys: pulumi.Input<ApiKeys>): {
  enroll: pulumi.Input<string>;
  fleet: pulumi.Input<string>;
} {
  return { enroll: keyOf(apiKeys, "enroll"), fleet: keyOf(apiKeys, "fleet") };
}

/** The key of one duty; undefined when there are no keys. */
export function keyOf(apiKeys: pulumi.Input<ApiKeys> | undefined, duty: Duty): pulumi.Output<string> {
  return pulumi.output(apiKeys).apply((keys) => keys?.[duty]) as pulumi.Output<string>;
}

/**
 * certctl's named keys. Kubernetes puts the values in for `$(…)`, so one Secret with an entry per duty serves
 * everybody who needs one.
 */
export function namedKeyVariables(
  secretName: pulumi.Input<string>,
  previousDuties: readonly string[],
): EnvVar[] {
  const variables = keyVariables(secretName, previousDuties);
  const named = keyEntries(previousDuties).map(
    ({ duty, entry }) => `${duty}:$(${keyVariable(entry)})${duty === "admin" ? ":admin" : ""}`,
  );
  return [...variables, { name: "CERTCTL_API_KEYS_NAMED", value: named.join(",") }];
}

/**
 * Every key in a variable of its own: `API_KEY_<DUTY>`, and `API_KEY_PREVIOUS_<DUTY>` for one that is being
 * replaced.
 */
export function keyVariables(secretName: pulumi.Input<string>, previousDuties: readonly string[]): EnvVar[] {
  return keyEntries(previousDuties).map(({ entry }) =>
    secretVariable(keyVariable(entry), { name: secretName, key: entry }),
  );
}

// facts: refusals-to-start
/**
 * What the configuration check of every start asks for, that of `--migrate-only` too.
 * certctl ignores the value of `CERTCTL_AUTH_SECRET` when there are named keys, but refuses an empty one: the
 * key with the least rights stands in.
 */
export function requiredKeyVariables(secretName: pulumi.Input<string>): EnvVar[] {
  return [
    secretVariable("CERTCTL_AUTH_SECRET", { name: secretName, key: "metrics" }),
    secretVariable("CERTCTL_AGENT_BOOTSTRAP_TOKEN", { name: secretName, key: "enroll" }),
    { name: "CERTCTL_AGENT_BOOTSTRAP_TOKEN_DENY_EMPTY", value: "true" },
  ];
}

/** Entries of the Secret, with their duties. */
function keyEntries(previousDuties: readonly string[]): { duty: string; entry: string }[] {
  return [
    ...duties.map((duty) => ({ duty, entry: duty })),
    ...previousDuties.map((duty) => ({ duty, entry: `previous-${duty}` })),
  ];
}

function keyVariable(entry: string): string {
  return `API_KEY_${entry.toUpperCase().replaceAll("-", "_")}`;
}
