import type { Issue } from "./issues";
import type { Definition } from "./schema-check";
import { unseen } from "./unseen";

/** What a component takes, and what is wrong with it. */
export interface Contract<Args extends object, Settings extends object = object> {
  /** The schema of the settings among the arguments. */
  settings?: Definition;
  /** Settings that the component does not take. */
  except?: readonly string[];
  /** Every other argument. */
  others: Record<Exclude<keyof Args, keyof Settings>, Argument>;
  /** What is wrong with arguments of the right form. */
  issues?: (args: Args) => Issue[];
}

/**
 * The form of an argument: a kind of value, an object by the keys that it must have, one that a schema
 * describes, or what the instance's setting of the same name is.
 */
export type Form = Kind | Definition | "setting" | readonly string[];

/** An argument of a component besides its settings. */
export interface Argument {
  form: Form;
  /** What to give; none for an argument that may be left out. */
  give?: string;
  /** Whether a value that arrives later is checked then. */
  awaited: boolean;
}

/** Kinds of values, and what to say of another one. */
export const kinds = {
  text: { is: isText, words: "not text" },
  texts: { is: (value: unknown) => isList(value) && value.every(isSeenText), words: "not a list of texts" },
  number: { is: (value: unknown) => typeof value === "number", words: "not a number" },
  boolean: { is: (value: unknown) => typeof value === "boolean", words: "not true or false" },
  list: { is: isList, words: "not a list" },
  object: {
    is: (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value),
    words: "not an object",
  },
};
type Kind = keyof typeof kinds;

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value);
}

function isSeenText(value: unknown): boolean {
  return value === unseen || isText(value);
}

/** Whether a form is a kind of value. */
export function isKind(form: Form): form is Kind {
  return typeof form === "string" && form in kinds;
}

function hasSchema(form: Form): boolean {
  return typeof form === "string" && !isKind(form);
}

/** An argument without which there is no component. */
export function needs(form: Form, give: string): Argument {
  return { form, give, awaited: hasSchema(form) };
}

/** An argument that may be left out. */
export function takes(form: Form): Argument {
  return { form, awaited: hasSchema(form) };
}

/** An argument whose value the component's own issues look at, also when it arrives later. */
export function looksAt(form: Form): Argument {
  return { form, awaited: true };
}

/** What every part of an instance takes. */
export const partArguments = {
  namespace: needs("setting", "the name of the namespace"),
  instance: takes("ObjectName"),
  commonLabels: takes("setting"),
};
