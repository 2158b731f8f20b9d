import type * as k8s from "@pulumi/kubernetes";
import type { Affinity, Scheduling } from "./types";

type PodSpec = k8s.types.input.core.v1.PodSpec;

// facts: the-images
/** The published images are linux/amd64 only. */
const publishedPlatform = { "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64" };

/** The scheduling fields of a pod. The user's affinity is merged with the component's own terms. */
export function schedulingFields(scheduling: Scheduling = {}, own: Affinity = {}): Partial<PodSpec> {
  const affinity = mergeAffinity(own, scheduling.affinity ?? {});
  return {
    nodeSelector: scheduling.nodeSelector ?? publishedPlatform,
    ...(scheduling.tolerations?.length && { tolerations: scheduling.tolerations }),
    ...(Object.keys(affinity).length && { affinity: affinity }),
    ...(scheduling.priorityClassName && { priorityClassName: scheduling.priorityClassName }),
  };
}

/**
 * For the Jobs of a part: the nodes of its pods, without the terms that keep those near or far, which could
 * leave a Job no node at all.
 */
export function sameNodes(scheduling: Scheduling = {}): Scheduling {
  const { affinity: { nodeAffinity } = {}, ...nodes } = scheduling;
  return { ...nodes, ...(nodeAffinity && { affinity: { nodeAffinity } }) };
}

/**
 * Prefers nodes that run no pod with the same labels; it never forbids one, so a rollout cannot get stuck.
 */
export function preferOtherNodes(matchLabels: Record<string, string>): Affinity {
  const term = { labelSelector: { matchLabels }, topologyKey: "kubernetes.io/hostname" };
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }],
    },
  };
}

/**
 * Spreads the pods of a Deployment over zones, then nodes, where there are some to spread over. It never
 * holds a pod back, so a rollout cannot get stuck; and it counts the pods of one revision only, so that those
 * which are about to go do not push the new ones together.
 */
export function spreadOverZonesAndNodes(matchLabels: Record<string, string>): Partial<PodSpec> {
  const spread = {
    maxSkew: 1,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels },
    matchLabelKeys: ["pod-template-hash"],
  };
  const topologies = ["topology.kubernetes.io/zone", "kubernetes.io/hostname"];
  return { topologySpreadConstraints: topologies.map((topologyKey) => ({ ...spread, topologyKey })) };
}

/** Joins two sets of affinity terms: lists are appended, and no kind of term replaces another. */
export function mergeAffinity(own: Affinity, given: Affinity): Affinity {
  return mergeFragments(own as Record<string, unknown>, given as Record<string, unknown>);
}

function mergeFragments(
  left: Record<string, unknown>,
  right: Record<string, unknown>,
): Record<string, unknown> {
  const merged = { ...left };
  for (const [key, value] of Object.entries(right)) {
    const present = merged[key];
    if (Array.isArray(present) && Array.isArray(value))
      merged[key] = [...(present as unknown[]), ...(value as unknown[])];
    else if (isFragment(present) && isFragment(value)) merged[key] = mergeFragments(present, value);
    else if (value !== undefined) merged[key] = value;
  }
  return merged;
}

function isFragment(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
