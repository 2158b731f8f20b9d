import { checkedArgs } from "./checked-args";
import type { Definition } from "./schema-check";
import { definitionSchema } from "./schema-check";
import { checkSettings } from "./validate";

/**
 * The arguments of a component that is used on its own, with its settings checked. What the component takes
 * besides its settings, such as resources, is the compiler's to check.
 */
export function checkedSettings<T extends object>(definition: Definition, given: T, name: string): T {
  const settings = new Set(Object.keys(definitionSchema(definition).properties ?? {}));
  const isSetting = ([key]: [string, unknown]): boolean => settings.has(key);
  const check = (plain: object) =>
    checkSettings(definition, Object.fromEntries(Object.entries(plain).filter(isSetting)), name);
  const checked = checkedArgs(Object.fromEntries(Object.entries(given).filter(isSetting)), check);
  return { ...given, ...checked };
}
