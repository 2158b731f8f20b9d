import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { secretConfigKeys } from "../../src/checks/schema-check";
import { stackArgs, stackFileValues } from "../../src/stack/stack-config";
import { formatIssues } from "../../src/checks/issues";

/** A stack file of the corpus. */
export interface CorpusCase {
  name: string;
  /** What it must print, line by line: the comments `# expect: …`. */
  expected: string[];
  /**
   * Secret keys that the file holds in clear text: the comment `# in clear text: …`. All others count as
   * encrypted.
   */
  clearText: string[];
  /** Keys that are not secret, and encrypted all the same: the comment `# encrypted: …`. */
  encrypted: string[];
  config: Record<string, unknown>;
}

/** The stack files of a folder, in order. */
export function corpus(folder: string): CorpusCase[] {
  const directory = join(__dirname, folder);
  return readdirSync(directory)
    .sort()
    .map((file) => {
      const text = readFileSync(join(directory, file), "utf8");
      const { config } = parse(text) as { config: Record<string, unknown> };
      const comments = (name: string): string[] =>
        [...text.matchAll(new RegExp(`^# ${name}: (.*)$`, "gm"))].map(([, found]) => found ?? "");
      return {
        name: file.replace(/\.yaml$/, ""),
        expected: comments("expect"),
        clearText: comments("in clear text"),
        encrypted: comments("encrypted"),
        config,
      };
    });
}

/**
 * The configuration with valid secrets where the case gives none, and with certificates and keys in the place
 * of names such as `<expired.certificate>`. A null takes a secret away.
 */
export function completed(
  config: Record<string, unknown>,
  secrets: object,
  material: Record<string, string>,
): Record<string, unknown> {
  const base = Object.fromEntries(
    Object.entries(secrets).map(([key, value]) => [`certctl:${key}`, value as unknown]),
  );
  const merged = Object.entries({ ...base, ...config }).filter(([, value]) => value !== null);
  return JSON.parse(JSON.stringify(Object.fromEntries(merged)), (_key, value: unknown) =>
    typeof value === "string" && /^<.+\..+>$/.test(value)
      ? (material[value.slice(1, -1)] ?? `no material called ${value}`)
      : value,
  ) as Record<string, unknown>;
}

/** What a stack with this configuration prints. */
export function printed({ clearText, encrypted }: CorpusCase, config: Record<string, unknown>): string[] {
  const secretKeys = [...secretConfigKeys.filter((key) => !clearText.includes(key)), ...encrypted].map(
    (key) => `certctl:${key}`,
  );
  const present = new Set(secretKeys.filter((key) => key in config));
  const { issues } = stackArgs(stackFileValues(config).values, present);
  return issues.length > 0 ? formatIssues(issues).split("\n") : [];
}

/**
 * The configuration as the engine hands it over: the valid cases hold clear text where a stack file holds
 * ciphertext.
 */
export function decrypted(config: Record<string, unknown>): Record<string, unknown> {
  const open = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    if ("secure" in value) return value.secure;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, open(inner)]));
  };
  return open(config) as Record<string, unknown>;
}
