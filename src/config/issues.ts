import * as pulumi from "@pulumi/pulumi";

/** Something in the configuration that cannot work. */
export interface Issue {
  /** Where: keys joined by dots, such as `server.rateLimiting.backend`. */
  path: string;
  /** What is wrong, with the value, what is allowed, and the fix. Never the value of a secret. */
  message: string;
}

/** One line for each issue. */
export function formatIssues(issues: readonly Issue[]): string {
  return issues.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join("\n");
}

/** Everything that is wrong with a configuration, at once. As a RunError it is printed without a stack. */
export class ConfigurationError extends pulumi.RunError {
  constructor(public readonly issues: readonly Issue[]) {
    super(`The configuration has ${issues.length === 1 ? "a problem" : `${String(issues.length)} problems`}:\n${formatIssues(issues)}`);
    this.name = "ConfigurationError";
  }
}

/** A place in the configuration: keys, and positions in lists. */
export type Location = readonly (string | number)[];

/** How people write a location: `agents.node.discoveryDirectories[0]`. */
export function formatPath(location: Location): string {
  return location.reduce<string>((path, step) => joinPath(path, step), "");
}

/** One step below a path. */
export function joinPath(path: string, step: string | number): string {
  if (typeof step === "number") return `${path}[${String(step)}]`;
  if (!/^[A-Za-z_][\w-]*$/.test(step)) return `${path}[${JSON.stringify(step)}]`;
  return path ? `${path}.${step}` : step;
}

/** Whether a path is at or under another one. */
export function isUnder(path: string, ancestor: string): boolean {
  return ancestor === "" || path === ancestor || path.startsWith(`${ancestor}.`) || path.startsWith(`${ancestor}[`);
}

/** A value as it is shown in a message. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
