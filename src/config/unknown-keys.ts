import { closest, distance } from "fastest-levenshtein";
import type { Location } from "./issues";
import { formatPath } from "./issues";

/** Keys of the chart, and keys that people expect, with what there is instead. Where nothing is, the text says so. */
const expectedElsewhere: Record<string, string> = {
  postgresql: "the bundled PostgreSQL is configured by database.bundled",
};

export function unknownKeyMessage(parent: Location, key: string, allowed: string[]): string {
  const hint = expectedElsewhere[formatPath([...parent, key])];
  if (hint !== undefined) return `unknown key; ${hint}`;
  const suggestion = closestName(key, allowed);
  if (suggestion !== undefined) return `unknown key; did you mean ${formatPath([...parent, suggestion])}?`;
  return allowed.length > 0 ? `unknown key; allowed here: ${allowed.join(", ")}` : "unknown key; no keys are allowed here";
}

/** The name that was probably meant. */
export function closestName(name: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const folded = new Map(names.map((one) => [one.toLowerCase(), one]));
  const candidate = closest(name.toLowerCase(), [...folded.keys()]);
  const near = distance(name.toLowerCase(), candidate) <= Math.max(1, Math.floor(candidate.length / 4));
  return near ? folded.get(candidate) : undefined;
}

/** What to add to a refused value of a closed set. */
export function hintForValue(_schemaPath: string, _value: unknown): string {
  return "";
}
