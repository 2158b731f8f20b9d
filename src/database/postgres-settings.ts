import { fleetProfile } from "../fleet-size/fleet-size";
import type { FleetSize } from "../fleet-size/fleet-size-args";
import type { ContainerResources } from "../kubernetes/resources";
import { mergeResources } from "../kubernetes/resources";
import type { StorageSettings } from "../kubernetes/types";
import type { PostgresSettings } from "./database-args";

/** Settings of a bundled PostgreSQL with every default filled in. */
export interface ResolvedPostgres extends PostgresSettings {
  database: string;
  user: string;
  port: number;
  storage: StorageSettings & { size: string };
  resources: ContainerResources;
  maxConnections: number;
  sharedBuffers: string;
  parameters: Record<string, string>;
  terminationGracePeriodSeconds: number;
}

/** Fills in the defaults. `connections` is what the instance's servers may open together, plus a reserve. */
export function resolvePostgres(
  given: PostgresSettings,
  fleetSize: FleetSize | undefined,
  connections = 0,
): ResolvedPostgres {
  const profile = fleetProfile(fleetSize).database;
  return {
    ...given,
    database: given.database ?? "certctl",
    user: given.user ?? "certctl",
    port: given.port ?? 5432,
    storage: { ...given.storage, size: given.storage?.size ?? "10Gi" },
    resources: mergeResources(profile.resources, given.resources),
    maxConnections: given.maxConnections ?? Math.max(profile.maxConnections, connections),
    sharedBuffers: given.sharedBuffers ?? profile.sharedBuffers,
    parameters: given.parameters ?? {},
    terminationGracePeriodSeconds: given.terminationGracePeriodSeconds ?? 120,
  };
}

// facts: sizes
/**
 * Connections that PostgreSQL must accept: every pool at its fullest, and a reserve for people and Jobs.
 */
export function requiredConnections(poolSize: number, replicas: number, reserve = 20): number {
  return poolSize * replicas + reserve;
}
