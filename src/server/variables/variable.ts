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

/** Variables that belong together, with a title for the documentation. */
export interface VariableGroup {
  title: string;
  variables: Variable[];
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

/** A variable with an argument. */
export function governed(name: string, argument: string, options: { fromSecret?: boolean } = {}): Variable {
  return { name, status: "governed", kind: text, secret: false, note: argument, ...options };
}

/** A variable whose value the deployment fixes. */
export function fixed(name: string, reason: string): Variable {
  return { name, status: "fixed", kind: text, secret: false, note: reason };
}

/** A variable without effect in this version of certctl. */
export function dead(name: string, reason: string): Variable {
  return { name, status: "dead", kind: text, secret: false, note: reason };
}
