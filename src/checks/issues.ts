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
    const head = `The configuration has ${issues.length === 1 ? "a problem" : `${issues.length} problems`}:`;
    super(head);
    this.name = "ConfigurationError";
    // Of each property that waits for a check, the SDK puts `error serializing property …: ` in front of the
    // same error's message.
    const message = `${head}\n${formatIssues(issues)}`;
    Object.defineProperty(this, "message", { get: () => message, set: () => undefined });
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
  return (
    ancestor === "" || path === ancestor || path.startsWith(`${ancestor}.`) || path.startsWith(`${ancestor}[`)
  );
}

/** A value as it is shown in a message. */
export function show(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** An issue when the condition holds. */
export function issueIf(condition: boolean, path: string, message: string): Issue[] {
  return condition ? [{ path, message }] : [];
}

/** Issues of a part, with the part's path before their own. */
export function under(path: string, issues: readonly Issue[]): Issue[] {
  if (!path) return [...issues];
  return issues.map((issue) => ({
    ...issue,
    path: /^(\[|$)/.test(issue.path) ? path + issue.path : `${path}.${issue.path}`,
  }));
}

/** `a`, `a and b`, `a, b and c`. */
export function sentenceList(items: readonly string[]): string {
  return listFormat.format(items);
}

const listFormat = new Intl.ListFormat("en-GB");

/** Issues in the order of their paths, each once. */
export function inOrder(issues: readonly Issue[]): Issue[] {
  const unique = new Map(issues.map(({ path, message }) => [`${path} ${message}`, { path, message }]));
  return [...unique.values()].sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
}
