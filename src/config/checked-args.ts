import * as pulumi from "@pulumi/pulumi";
import type { Issue } from "./issues";
import { ConfigurationError } from "./issues";
import { isPending, mapLeaves, unseen } from "./plain";

/**
 * The arguments, checked. What is plain is checked now, and all problems are thrown at once. Outputs and Promises are checked together
 * with the rest when they are known: until then nothing that depends on one of them goes on.
 */
export function checkedArgs<T extends object>(args: T, check: (plain: T) => Issue[]): T {
  const pending: unknown[] = [];
  const firstLook = mapLeaves(args, (leaf) => {
    if (!isPending(leaf)) return leaf;
    pending.push(leaf);
    return unseen;
  });
  refuseIssues(check(firstLook as T));
  if (pending.length === 0) return args;

  const verdict = whenKnown(pending).then((values) => {
    const known = values.values();
    refuseIssues(check(mapLeaves(args, (leaf) => (isPending(leaf) ? known.next().value : leaf)) as T));
    return true;
  });
  // The verdict is a Promise, not an Output: it makes no value secret, unknown, or dependent on another value's resources.
  const gated = (leaf: unknown): unknown => pulumi.all([leaf, verdict]).apply(([value]) => value);
  return mapLeaves(args, (leaf) => (isPending(leaf) ? gated(leaf) : leaf)) as T;
}

function refuseIssues(issues: Issue[]): void {
  if (issues.length > 0) throw new ConfigurationError(issues);
}

/** What the SDK keeps of an Output, besides its public members; `pulumi.isSecret` reads it in the same way. */
interface OutputState {
  isKnown: Promise<boolean>;
  promise(): Promise<unknown>;
}

function whenKnown(values: unknown[]): Promise<unknown[]> {
  return Promise.all(
    values.map(async (value) => {
      const output = pulumi.output(value) as unknown as OutputState;
      return (await output.isKnown) ? output.promise() : unseen;
    }),
  );
}
