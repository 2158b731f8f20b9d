/** Seconds for which the Pulumi provider waits for a workload's pods, unless an annotation says otherwise. */
const defaultReadyTimeoutSeconds = 600;

/** The annotation that tells the Pulumi provider how long to wait for a workload's pods. */
export function readyTimeout(seconds = defaultReadyTimeoutSeconds): { annotations?: Record<string, string> } {
  return seconds === defaultReadyTimeoutSeconds
    ? {}
    : { annotations: { "pulumi.com/timeoutSeconds": String(seconds) } };
}
