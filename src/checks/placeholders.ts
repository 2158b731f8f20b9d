/** Stands in rendered manifests for a secret value, set or not: `<secret certctl:databasePassword>`. */
export function placeholder(path: string): string {
  return `<secret certctl:${path}>`;
}

/**
 * Stands in rendered manifests for a value that only a deployment tells: `<output
 * certctl:backupBucket.bucket>`.
 */
export function outputPlaceholder(path: string): string {
  return `<output certctl:${path}>`;
}

let accepted = false;

/**
 * Runs a program whose secrets and outputs are placeholders. Everywhere else a placeholder is checked like
 * any other value, and refused.
 */
export function withPlaceholders<T>(program: () => T): T {
  accepted = true;
  try {
    return program();
  } finally {
    accepted = false;
  }
}

/** Whether a value is a placeholder where placeholders are accepted. */
export function isAcceptedPlaceholder(value: unknown): boolean {
  return accepted && typeof value === "string" && /^<(secret|output) certctl:[^>]+>$/.test(value);
}
