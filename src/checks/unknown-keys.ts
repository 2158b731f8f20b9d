import { distance } from "fastest-levenshtein";
import type { Location } from "./issues";
import { formatPath } from "./issues";
import { chartKeys } from "./hints";

/** What to say of a key that does not exist: where it is now, what was probably meant, or what there is. */
export function unknownKeyMessage(parent: Location, key: string, allowed: readonly string[]): string {
  const hint = chartKeys[formatPath([...parent, key])];
  if (hint !== undefined) return `unknown key; ${hint}`;
  const suggestion = closestName(key, allowed);
  if (suggestion !== undefined) return `unknown key; did you mean ${formatPath([...parent, suggestion])}?`;
  return `unknown key; allowed here: ${allowed.join(", ")}`;
}

/**
 * The name that was probably meant; among those that differ in capitals only, the one in the same capitals.
 */
export function closestName(name: string, names: readonly string[]): string | undefined {
  const scored = names.map((one) => ({
    one,
    far: distance(name.toLowerCase(), one.toLowerCase()),
    exact: distance(name, one),
  }));
  const [best] = scored.sort((a, b) => a.far - b.far || a.exact - b.exact);
  if (!best) return undefined;
  const tolerated = Math.max(1, Math.min(4, Math.floor(best.one.length / 4)));
  return best.far <= tolerated ? best.one : undefined;
}
