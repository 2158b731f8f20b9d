import { fleetProfile } from "../fleet-size/fleet-size";
import type { FleetSize } from "../fleet-size/fleet-size-args";
import type { ContainerResources } from "../kubernetes/resources";
import { mergeResources } from "../kubernetes/resources";
import type { StorageSettings } from "../kubernetes/types";
import type { PostgresSettings } from "./database-args";

/** What a database is called and where it answers, unless the settings say so. */
export const databaseDefaults = { database: "certctl", user: "certctl", port: 5432 } as const;

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
    database: given.database ?? databaseDefaults.database,
    user: given.user ?? databaseDefaults.user,
    port: given.port ?? databaseDefaults.port,
    storage: { ...given.storage, size: given.storage?.size ?? "10Gi" },
    resources: mergeResources(profile.resources, given.resources),
    maxConnections: given.maxConnections ?? Math.max(profile.maxConnections, connections),
    sharedBuffers: given.sharedBuffers ?? profile.sharedBuffers,
    parameters: given.parameters ?? {},
    terminationGracePeriodSeconds: given.terminationGracePeriodSeconds ?? 120,
  };
}

// facts: sizes
/** Connections that an instance's servers may open, and what is kept for people and Jobs. */
export interface ServerConnections {
  /** Of each server. */
  pool: number;
  /** Servers at most. */
  replicas: number;
  /** Of people, Jobs and PostgreSQL itself. */
  reserve: number;
}

// facts: sizes
/** Connections for people and Jobs beside the servers'. */
export const connectionReserve = 20;

/** Connections that PostgreSQL must accept: every pool at its fullest, and the reserve. */
export function requiredConnections({ pool, replicas, reserve }: ServerConnections): number {
  return pool * replicas + reserve;
}
