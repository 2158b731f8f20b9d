import { fileVariables } from "./files/setting-files";
import type { ResolvedServer } from "./server-settings";
import { variableRows } from "./variables/catalogue";
import type { VariableValue } from "./variables/variable";

// facts: versions
/**
 * certctl's variables from the arguments, as their rows in the catalogue say, and those of `env`. Defaults
 * that matter are written out, so that releases that differ in them behave the same.
 */
export function serverVariables(settings: ResolvedServer): Record<string, string> {
  const values = variableRows(settings).flatMap(({ name, value }) =>
    value ? [[name, value(settings)] as const] : [],
  );
  return textValues({ ...Object.fromEntries(values), ...fileVariables(settings), ...settings.env });
}

/**
 * What is undefined is left to certctl's default; lists become comma lists; an empty list is left out,
 * because empty means unset.
 */
function textValues(values: Record<string, VariableValue>): Record<string, string> {
  const text = Object.entries(values).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(",") : value] as const,
  );
  return Object.fromEntries(
    text
      .filter(([, value]) => value !== undefined && value !== "")
      .map(([name, value]) => [name, String(value)]),
  );
}
