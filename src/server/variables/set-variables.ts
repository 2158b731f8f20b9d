import { joinPath } from "../../checks/issues";
import { text } from "../../checks/unseen";
import type { CertctlSecrets } from "../../secrets/secrets-args";
import type { ServerSettings } from "../server-args";

/** Where a variable is set, and with what. */
export interface SetVariable {
  name: string;
  source: "env" | "secretEnv" | "envFromSecrets";
  /** Path of the setting. */
  path: string;
  /** The value, where it can be looked at. */
  value?: string;
}

/** The variables that the server settings set, with paths below those settings. */
export function settingVariables({ env, envFromSecrets }: ServerSettings): SetVariable[] {
  return [
    ...Object.entries(env ?? {}).map(([name, value]) => ({
      name,
      source: "env" as const,
      path: joinPath("env", name),
      value: text(value),
    })),
    ...Object.keys(envFromSecrets ?? {}).map((name) => ({
      name,
      source: "envFromSecrets" as const,
      path: joinPath("envFromSecrets", name),
    })),
  ];
}

/** The variables of the secret configuration. */
export function secretVariables({ secretEnv }: CertctlSecrets): SetVariable[] {
  return Object.entries(secretEnv ?? {}).map(([name, value]) => ({
    name,
    source: "secretEnv" as const,
    path: joinPath("secretEnv", name),
    value: text(value),
  }));
}

/**
 * What certctl makes of the words for a boolean; undefined for words that it reads as false without saying
 * so.
 */
export function booleanValue(value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  if (["true", "1", "yes"].includes(value)) return true;
  return ["false", "0", "no"].includes(value) ? false : undefined;
}
