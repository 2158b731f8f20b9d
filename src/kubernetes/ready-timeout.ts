/**
 * The annotation that tells the Pulumi provider how long to wait for a workload's pods; without it, ten
 * minutes.
 */
export function readyTimeout(seconds: number | undefined): { annotations?: Record<string, string> } {
  return seconds === undefined ? {} : { annotations: { "pulumi.com/timeoutSeconds": String(seconds) } };
}
