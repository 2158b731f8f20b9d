import type { ResourceAmounts, Resources } from "./types";

/** Resources with every amount given. */
export interface RequiredResources {
  requests: Required<ResourceAmounts>;
  limits: Required<ResourceAmounts>;
}

/** The resources of a container, as Kubernetes takes them. */
export interface ContainerResources {
  requests: Record<string, string>;
  limits: Record<string, string>;
}

/** Of a container that runs a small script: it waits, copies files, or asks the server. */
export const scriptResources = amounts("10m", "16Mi", "250m", "64Mi");

/** Given amounts over the defaults, one by one. */
export function mergeResources(defaults: Resources, given: Resources = {}): ContainerResources {
  return {
    requests: { ...defaults.requests, ...given.requests },
    limits: { ...defaults.limits, ...given.limits },
  };
}

export function amounts(
  requestCpu: string,
  requestMemory: string,
  limitCpu: string,
  limitMemory: string,
): RequiredResources {
  return {
    requests: { cpu: requestCpu, memory: requestMemory },
    limits: { cpu: limitCpu, memory: limitMemory },
  };
}
