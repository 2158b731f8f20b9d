import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import { UserError } from "../lib/user-error.cjs";

/** Project of Pulumi.yaml: the prefix of its configuration. */
export const project = "certctl";

/** A stack file as it is written: nothing decrypted. */
export interface StackFile {
  path: string;
  /** Nothing when there is no such file yet. */
  text: string | undefined;
  /**
   * Configuration of the project by key, without the prefix `certctl:`. An encrypted value is a map with the
   * one key `secure`.
   */
  config: Record<string, unknown>;
  /** Configuration of providers and other projects, by full key. */
  others: Record<string, unknown>;
  /** Whether configuration comes from Pulumi ESC, too. */
  importsEnvironments: boolean;
}

/** Where the CLI looks for a stack's configuration, in the project's directory. */
export function stackFilePath(
  directory: string,
  stack: string,
  configFile = process.env.PULUMI_OPTION_CONFIG_FILE,
): string {
  if (configFile !== undefined && configFile !== "") return resolve(configFile);
  // Only the last part of `organization/project/stack` is in the file's name.
  return join(directory, `Pulumi.${basename(stack)}.yaml`);
}

/** Names of the stacks that have a file in the project's directory. */
export function stackNames(files: readonly string[]): string[] {
  return files.flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []).sort();
}

/** Reads a stack file; one that is not there is an empty one. */
export function readStackFile(path: string): StackFile {
  const text = existsSync(path) ? readFileSync(path, "utf8") : undefined;
  const content = parseYaml(path, text ?? "");
  return {
    path,
    text,
    ...splitConfig(path, content.config ?? {}),
    importsEnvironments: content.environment !== undefined,
  };
}

function parseYaml(path: string, text: string): Record<string, unknown> {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw new UserError(`${path}, line ${line}, column ${col}: this is not YAML: ${error.message}.`);
  }
  const content: unknown = document.toJS() ?? {};
  if (!isMap(content))
    throw new UserError(`${path} is not a stack file: a map with the key "config" is expected.`);
  return content;
}

/**
 * Takes the project's keys apart from others, in each spelling that the CLI accepts: `certctl:tls`,
 * `certctl:config:tls` and `tls`.
 */
function splitConfig(path: string, content: unknown): Pick<StackFile, "config" | "others"> {
  if (!isMap(content)) throw new UserError(`${path} is not a stack file: "config" must be a map.`);
  const config: Record<string, unknown> = {};
  const others: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(content)) {
    const parts = key.split(":");
    const name = parts.at(-1) ?? "";
    const namespace = parts.length === 1 ? project : (parts[0] ?? "");
    if (parts.length > 2 && parts[1] !== "config") continue;
    if (namespace === project) config[name] = value;
    else others[`${namespace}:${name}`] = value;
  }
  return { config, others };
}

/** The project's configuration by full key, as the CLI hands it to the program. */
export function qualifiedConfig({ config }: StackFile): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [`${project}:${key}`, value]));
}

/** A key with the project's prefix, unless it has that of another project. */
export function qualified(key: string): string {
  return key.includes(":") ? key : `${project}:${key}`;
}

/** Whether a value of a stack file is encrypted. */
export function isEncrypted(value: unknown): value is { secure: string } {
  return isMap(value) && Object.keys(value).length === 1 && typeof value.secure === "string";
}

/** A map of a stack file: written as one, or as the JSON text that `pulumi config set` stores. */
export function asMap(value: unknown): Record<string, unknown> | undefined {
  if (isMap(value)) return value;
  if (typeof value !== "string" || !value.trimStart().startsWith("{")) return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return isMap(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
