import type * as pulumi from "@pulumi/pulumi";
import type { FleetSize } from "../fleet-size/fleet-size-args";
import { DatabaseMode, SslMode } from "./database-args";
import type { DatabaseSettings, ExternalDatabaseSettings } from "./database-args";
import { databaseDefaults } from "./postgres-settings";
import type { ResolvedPostgres } from "./postgres-settings";
import { resolvePostgres } from "./postgres-settings";

/** The database of an instance, decided. */
export type ResolvedDatabase =
  | { mode: typeof DatabaseMode.Bundled; bundled: ResolvedPostgres; external?: undefined }
  | { mode: typeof DatabaseMode.External; external: ResolvedExternalDatabase; bundled?: undefined };

/** An existing PostgreSQL with every default filled in. */
export interface ResolvedExternalDatabase extends ExternalDatabaseSettings {
  port: number;
  database: pulumi.Input<string>;
  user: pulumi.Input<string>;
  sslMode: SslMode;
  connectTimeout: string;
}

/** Fills in the defaults. `connections` is what the instance's servers may open together, plus a reserve. */
export function resolveDatabase(
  { mode, bundled, external }: DatabaseSettings,
  fleetSize: FleetSize | undefined,
  connections = 0,
): ResolvedDatabase {
  return mode === DatabaseMode.External && external
    ? { mode, external: resolveExternalDatabase(external) }
    : { mode: DatabaseMode.Bundled, bundled: resolvePostgres(bundled ?? {}, fleetSize, connections) };
}

/** Fills in the defaults of an existing PostgreSQL. */
export function resolveExternalDatabase(given: ExternalDatabaseSettings): ResolvedExternalDatabase {
  return {
    ...given,
    port: given.port ?? databaseDefaults.port,
    database: given.database ?? databaseDefaults.database,
    user: given.user ?? databaseDefaults.user,
    sslMode: given.sslMode ?? SslMode.VerifyFull,
    connectTimeout: given.connectTimeout ?? "10s",
  };
}
