import type * as pulumi from "@pulumi/pulumi";
import { derive } from "./inputs";

/**
 * Annotations that tell the Pulumi provider how to treat a Job: one that failed is run again by the next
 * `pulumi up`, and waiting for it ends a minute after its own deadline. There is no TTL: a Job that vanished
 * would be created again by a refresh.
 */
export function jobAnnotations(
  activeDeadlineSeconds: pulumi.Input<number>,
): Record<string, pulumi.Input<string>> {
  return {
    "pulumi.com/replaceUnready": "true",
    "pulumi.com/timeoutSeconds": derive([activeDeadlineSeconds], (seconds) => String(seconds + 60)),
  };
}
