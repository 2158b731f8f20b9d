import { FleetSize } from "./certctl-args";
import type { ResourceAmounts, Resources } from "./kubernetes/types";
import { RateLimitBackend } from "./server/limits-args";
import { SessionAffinity } from "./server/server-args";

/**
 * The sizes that go with a number of certificates and agents (certctl facts 6). Only `small` was measured
 * upstream.
 */
export interface FleetProfile {
  server: ServerProfile;
  database: { resources: RequiredResources; maxConnections: number; sharedBuffers: string };
  agents: { resources: RequiredResources };
  /** `jobs`: tables that are restored at a time. */
  backup: {
    resources: RequiredResources;
    compression: number;
    jobs: number;
    scratchSize: string;
    volumeSize: string;
  };
}

/** A server that runs in several pods counts requests, and keeps its clients, across them. */
export interface ServerProfile {
  resources: RequiredResources;
  replicas: number;
  rateLimitBackend: RateLimitBackend;
  sessionAffinity: SessionAffinity;
  /** Connections of each pod. */
  maxConnections: number;
  /** Renewals at the same time: half of the pool at most, so that requests find a connection. */
  renewalConcurrency: number;
}

const single = {
  replicas: 1,
  rateLimitBackend: RateLimitBackend.Memory,
  sessionAffinity: SessionAffinity.None,
};
const several = {
  replicas: 3,
  rateLimitBackend: RateLimitBackend.Postgres,
  sessionAffinity: SessionAffinity.ClientIP,
};

/** Resources with every amount given. */
export interface RequiredResources {
  requests: Required<ResourceAmounts>;
  limits: Required<ResourceAmounts>;
}

const profiles: Record<FleetSize, FleetProfile> = {
  small: {
    server: {
      ...single,
      resources: amounts("100m", "128Mi", "500m", "512Mi"),
      maxConnections: 50,
      renewalConcurrency: 25,
    },
    database: {
      resources: amounts("100m", "256Mi", "500m", "512Mi"),
      maxConnections: 100,
      sharedBuffers: "128Mi",
    },
    agents: { resources: amounts("50m", "64Mi", "200m", "256Mi") },
    backup: {
      resources: amounts("100m", "128Mi", "1", "256Mi"),
      compression: 6,
      jobs: 1,
      scratchSize: "10Gi",
      volumeSize: "20Gi",
    },
  },
  medium: {
    server: {
      ...several,
      resources: amounts("500m", "512Mi", "2", "2Gi"),
      maxConnections: 100,
      renewalConcurrency: 50,
    },
    database: {
      resources: amounts("500m", "512Mi", "2", "2Gi"),
      maxConnections: 200,
      sharedBuffers: "256Mi",
    },
    agents: { resources: amounts("50m", "64Mi", "200m", "256Mi") },
    backup: {
      resources: amounts("250m", "128Mi", "2", "256Mi"),
      compression: 6,
      jobs: 2,
      scratchSize: "20Gi",
      volumeSize: "50Gi",
    },
  },
  large: {
    server: {
      ...several,
      resources: amounts("2", "2Gi", "4", "4Gi"),
      maxConnections: 200,
      renewalConcurrency: 100,
    },
    database: { resources: amounts("4", "4Gi", "4", "4Gi"), maxConnections: 400, sharedBuffers: "1Gi" },
    agents: { resources: amounts("50m", "64Mi", "500m", "512Mi") },
    backup: {
      resources: amounts("500m", "256Mi", "4", "512Mi"),
      compression: 4,
      jobs: 4,
      scratchSize: "100Gi",
      volumeSize: "200Gi",
    },
  },
};

/** The profile of a fleet size. */
export function fleetProfile(size: FleetSize = FleetSize.Small): FleetProfile {
  return profiles[size];
}

/**
 * Connections that PostgreSQL must accept: every pool at its fullest, and a reserve for people and Jobs
 * (certctl facts 6).
 */
export function requiredConnections(poolSize: number, replicas: number, reserve = 20): number {
  return poolSize * replicas + reserve;
}

/** The resources of a container, as Kubernetes takes them. */
export interface ContainerResources {
  requests: Record<string, string>;
  limits: Record<string, string>;
}

/** Of a container that runs a small script: it waits, copies files, or asks the server. */
export const scriptResources = amounts("10m", "16Mi", "250m", "64Mi");

/** Of the migration, by default. */
export const migrationResources = amounts("50m", "64Mi", "1", "256Mi");

/** Of the SQL exporter, by default: its numbers do not grow with the fleet. */
export const sqlExporterResources = amounts("10m", "96Mi", "250m", "256Mi");

/** Given amounts over the defaults, one by one. */
export function mergeResources(defaults: Resources, given: Resources = {}): ContainerResources {
  return {
    requests: { ...defaults.requests, ...given.requests },
    limits: { ...defaults.limits, ...given.limits },
  };
}

function amounts(
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
