import type { RequiredResources } from "../kubernetes/resources";
import { amounts } from "../kubernetes/resources";
import { FleetSize } from "./fleet-size-args";

// facts: sizes
/**
 * The sizes that go with a number of certificates and agents. Only `small` was measured
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

/** The sizes of the server. */
export interface ServerProfile {
  resources: RequiredResources;
  replicas: number;
  /** Connections of each pod. */
  maxConnections: number;
  /** Renewals at the same time: half of the pool at most, so that requests find a connection. */
  renewalConcurrency: number;
}

const profiles: Record<FleetSize, FleetProfile> = {
  small: {
    server: {
      replicas: 1,
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
      replicas: 3,
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
      replicas: 3,
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
