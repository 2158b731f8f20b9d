import { checkedArgs } from "./checked-inputs";
import { allIssues } from "./all-issues";
import type { Issue } from "./issues";
import type { Definition } from "./schema-check";
import { definitionSchema } from "./schema-check";

/**
 * The arguments of a component that is used on its own, with its settings checked. What the component takes
 * besides its settings, such as resources, is the compiler's to check.
 */
export function checkedSettings<T extends object>(
  definition: Definition,
  issues: (settings: T) => Issue[],
  given: T,
  name: string,
): T {
  const settings = new Set(Object.keys(definitionSchema(definition).properties ?? {}));
  const isSetting = ([key]: [string, unknown]): boolean => settings.has(key);
  const check = (plain: object) =>
    allIssues(definition, Object.fromEntries(Object.entries(plain).filter(isSetting)), name, issues);
  const checked = checkedArgs(Object.fromEntries(Object.entries(given).filter(isSetting)), check);
  return { ...given, ...checked };
}
