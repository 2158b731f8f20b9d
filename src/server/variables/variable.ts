import type { FileSource, MountSettings } from "../../kubernetes/types";
import type { ResolvedServer } from "../server-settings";

/** How certctl reads a value. */
export type VariableKind =
  | { type: "text" | "list" | "boolean" | "url" | "path" }
  | { type: "integer"; minimum: number }
  | { type: "duration"; minimum?: string }
  | { type: "choice"; values: readonly string[] };

/** Who decides a variable's value. */
export type VariableStatus =
  /** The user: it may go in `server.env`, `secretEnv` or `server.envFromSecrets`. */
  | "open"
  /** An argument. */
  | "governed"
  /** The deployment: another value cannot work, or must not be. */
  | "fixed"
  /** Nobody: certctl reads it and nothing follows. */
  | "dead";

/** An environment variable of the certctl server. */
export interface Variable {
  name: string;
  status: VariableStatus;
  kind: VariableKind;
  /** Whether the value must not be in a ConfigMap or a pod's manifest. */
  secret: boolean;
  /** What certctl does without it. */
  default?: string;
  /** Open: what it does. Governed: the argument. Fixed and dead: why. */
  note: string;
  /** Governed, but a value from an existing Secret is welcome, because the argument offers none. */
  fromSecret?: boolean;
}

/** A value of an argument, before it becomes the text of a variable. */
export type VariableValue = string | number | boolean | readonly string[] | undefined;

/** A file that an argument names. */
export type ArgumentFile = FileSource & Pick<MountSettings, "ownerOnly" | "executable">;

/**
 * A variable, and what the deployment sets it to. That is the only place which says so: the environment of
 * the pods, the refusal of the variable anywhere else, and its column in the documentation follow from it.
 */
export interface VariableRow<Settings = ResolvedServer> extends Variable {
  /** The value; undefined leaves it to certctl. */
  value?: (settings: Settings) => VariableValue;
  /** The file whose path is the value. */
  file?: (settings: Settings) => ArgumentFile | undefined;
}

/** Variables of each profile: `<prefix><NAME>_<name>`, the name of the profile in capitals. */
export interface ProfileFamily {
  /** Argument with the profiles. */
  argument: string;
  prefix: string;
  variables: Variable[];
  /** The rows of the profiles that there are. */
  rowsOf: (settings: ResolvedServer) => VariableRow[];
}

/** Variables that belong together, with a title for the documentation. */
export interface VariableGroup {
  title: string;
  variables: VariableRow[];
  /** Those of its profiles. */
  profiles?: ProfileFamily;
}

export const text: VariableKind = { type: "text" };
export const list: VariableKind = { type: "list" };
export const boolean: VariableKind = { type: "boolean" };
export const url: VariableKind = { type: "url" };
export const path: VariableKind = { type: "path" };
export const integer = (minimum = 0): VariableKind => ({ type: "integer", minimum });
export const duration = (minimum?: string): VariableKind => ({ type: "duration", minimum });
export const choice = (...values: string[]): VariableKind => ({ type: "choice", values });

/** A variable that users may set. */
export function open(name: string, kind: VariableKind, byDefault: string, note: string): Variable {
  return { name, status: "open", kind, secret: false, note, ...(byDefault && { default: byDefault }) };
}

/** A variable that users may set, but only from a Secret. */
export function secret(name: string, note: string, kind: VariableKind = text): Variable {
  return { name, status: "open", kind, secret: true, note };
}

/** A variable with an argument of the server. */
export function governed<Settings = ResolvedServer>(
  name: string,
  argument: string,
  value: (settings: Settings) => VariableValue,
): VariableRow<Settings> {
  return { ...governedElsewhere(name, argument), value };
}

/** A variable with the path of a file that an argument of the server names. */
export function governedFile<Settings = ResolvedServer>(
  name: string,
  argument: string,
  source: (settings: Settings) => FileSource | undefined,
  options: Pick<MountSettings, "ownerOnly" | "executable"> = {},
): VariableRow<Settings> {
  const file = (settings: Settings): ArgumentFile | undefined => {
    const found = source(settings);
    return found && { ...found, ...options };
  };
  return { ...governedElsewhere(name, argument), file };
}

/**
 * A variable with an argument of another part, which sets it: of the database its connection, of the secrets
 * the keys and the CA pair.
 */
export function governedElsewhere(
  name: string,
  argument: string,
  options: Pick<Variable, "fromSecret"> = {},
): Variable {
  return { name, status: "governed", kind: text, secret: false, note: argument, ...options };
}

/** A variable whose value the deployment fixes. */
export function fixed(name: string, reason: string, value?: VariableRow["value"]): VariableRow {
  return { name, status: "fixed", kind: text, secret: false, note: reason, ...(value && { value }) };
}

/** A variable without effect in this version of certctl. */
export function dead(name: string, reason: string): Variable {
  return { name, status: "dead", kind: text, secret: false, note: reason };
}
