import * as pulumi from "@pulumi/pulumi";
import type { Issue } from "./issues";
import { ConfigurationError } from "./issues";
import { isAcceptedPlaceholder } from "./placeholders";
import { isPending, mapLeaves, unseen } from "./unseen";

/**
 * The arguments, checked. What is plain is checked now, and all problems are thrown at once. Outputs and
 * Promises are checked together with the rest when they are known: until then nothing that depends on one of
 * them goes on.
 */
export function checkedArgs<T extends object>(given: T, check: (plain: T) => Issue[]): T {
  // A program in JavaScript may give nothing at all: then everything is missing.
  const args = (given as T | null | undefined) ?? ({} as T);
  const firstLook = mapLeaves(args, (leaf) =>
    isPending(leaf) || isAcceptedPlaceholder(leaf) ? unseen : leaf,
  );
  refuseIssues(check(firstLook as T));
  // A copy, and without what is undefined: a key that is there but undefined would hide its default.
  if (pendingLeaves(args).length === 0) return mapLeaves(args, (leaf) => leaf) as T;

  const verdict = settledArgs(args).then((settled) => {
    refuseIssues(check(settled));
    return true;
  });
  // The verdict is a Promise, not an Output: it makes no value secret, unknown, or dependent on another
  // value's resources.
  const gated = (leaf: unknown): unknown => pulumi.all([leaf, verdict]).apply(([value]) => value);
  return mapLeaves(args, (leaf) => (isPending(leaf) ? gated(leaf) : leaf)) as T;
}

function refuseIssues(issues: Issue[]): void {
  if (issues.length > 0) throw new ConfigurationError(issues);
}

/**
 * What the SDK keeps of an Output, besides its public members; `pulumi.isSecret` reads it in the same way.
 */
interface OutputState {
  isKnown: Promise<boolean>;
  promise(): Promise<unknown>;
}

/**
 * The arguments with plain values for Outputs and Promises; what stays unknown, as in a preview, is left
 * unseen.
 */
export async function settledArgs<T extends object>(args: T): Promise<T> {
  const known = (await Promise.all(pendingLeaves(args).map(settledValue))).values();
  return mapLeaves(args, (leaf) => (isPending(leaf) ? known.next().value : leaf)) as T;
}

function pendingLeaves(args: object): unknown[] {
  const pending: unknown[] = [];
  mapLeaves(args, (leaf) => (isPending(leaf) ? pending.push(leaf) : 0));
  return pending;
}

async function settledValue(value: unknown): Promise<unknown> {
  const output = pulumi.output(value) as unknown as OutputState;
  return (await output.isKnown) ? output.promise() : unseen;
}
