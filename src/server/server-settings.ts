import { fleetProfile } from "../fleet-size/fleet-size";
import type { FleetSize } from "../fleet-size/fleet-size-args";
import { mergeResources } from "../kubernetes/resources";
import type { ContainerResources } from "../kubernetes/resources";
import { RateLimitBackend } from "./limits-args";
import type { RateLimitingSettings } from "./limits-args";
import { AuthType } from "./auth-args";
import { ServiceType, SessionAffinity } from "./server-args";
import type { LifecycleSettings, ServerSettings, ServiceSettings } from "./server-args";

/** What a server is, unless the settings say so. */
export const serverDefaults = {
  port: 8443,
  serviceType: ServiceType.ClusterIP,
  authType: AuthType.ApiKey,
  renewalCheckInterval: "1h",
} as const;

/** Settings of a server with the defaults filled in that several places need. */
export interface ResolvedServer extends ServerSettings {
  /** Pods at first, and at least. */
  replicas: number;
  /** Pods at most. */
  maxReplicas: number;
  port: number;
  maxConnections: number;
  resources: ContainerResources;
  renewalConcurrency: number;
  rateLimiting: Required<Pick<RateLimitingSettings, "backend">> & RateLimitingSettings;
  service: Required<Pick<ServiceSettings, "type" | "sessionAffinity" | "annotations">> & ServiceSettings;
  lifecycle: Required<LifecycleSettings>;
}

/** Fills in the defaults. */
export function resolveServer(given: ServerSettings, fleetSize?: FleetSize): ResolvedServer {
  const profile = fleetProfile(fleetSize).server;
  // A server that runs in several pods counts requests, and keeps its clients, across them.
  const several = profile.replicas > 1;
  const replicas = given.autoscaling
    ? (given.autoscaling.minReplicas ?? 2)
    : (given.replicas ?? profile.replicas);
  return {
    ...given,
    replicas,
    maxReplicas: given.autoscaling?.maxReplicas ?? replicas,
    rateLimiting: {
      backend: several ? RateLimitBackend.Postgres : RateLimitBackend.Memory,
      ...given.rateLimiting,
    },
    port: given.port ?? serverDefaults.port,
    maxConnections: given.maxConnections ?? profile.maxConnections,
    resources: mergeResources(profile.resources, given.resources),
    renewalConcurrency: given.scheduler?.renewalConcurrency ?? profile.renewalConcurrency,
    service: {
      type: serverDefaults.serviceType,
      sessionAffinity: several ? SessionAffinity.ClientIP : SessionAffinity.None,
      annotations: {},
      ...given.service,
    },
    lifecycle: {
      startupTimeoutSeconds: 180,
      preStopSeconds: 10,
      shutdownTimeoutSeconds: 30,
      ...given.lifecycle,
    },
  };
}

// facts: shutdown-and-signals
/**
 * Seconds a stopping pod is given: it serves on, then ends its scheduler (up to 30 s), then drains.
 */
export function gracePeriodSeconds(lifecycle: Required<LifecycleSettings>): number {
  return lifecycle.preStopSeconds + 30 + lifecycle.shutdownTimeoutSeconds + 5;
}
