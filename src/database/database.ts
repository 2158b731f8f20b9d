import type * as pulumi from "@pulumi/pulumi";
import { derive } from "../kubernetes/inputs";
import type { EnvVar, SecretKey, Volume, VolumeMount } from "../kubernetes/environment";
import { configMapVolume, literalVariables, secretVariable, secretVolume } from "../kubernetes/environment";
import { SslMode } from "./database-args";

/** Any PostgreSQL that the server, the migration and the backup can use. */
export interface Database {
  /** How to connect. */
  readonly connection: DatabaseConnection;
  /** What must be there before anybody connects. */
  readonly ready: pulumi.Resource[];
  /** Pods of the database, for network policies; none when it is outside the cluster. */
  readonly podLabels?: Record<string, string>;
}

/** How to connect to a PostgreSQL database. */
export interface DatabaseConnection {
  /** DNS name or address. */
  host: pulumi.Input<string>;
  /** TCP port. */
  port: number;
  /** Name of the database. */
  database: pulumi.Input<string>;
  /** Role that logs in. */
  user: pulumi.Input<string>;
  /** Secret that holds the password. */
  password: SecretKey;
  /** Protection of the connection. */
  sslMode: SslMode;
  /** CA certificates for the `verify-` modes; the image's roots when left out. */
  ca?: DatabaseCa;
  /** Seconds to wait for a connection. */
  connectTimeoutSeconds: number;
  /** Changes when the password does; undefined for a Secret that this program does not manage. */
  passwordChecksum?: pulumi.Input<string>;
}

/** Where the key `ca.crt` with CA certificates is: in a ConfigMap, or in a Secret. */
export interface DatabaseCa {
  /** Name of the ConfigMap; this or `secret`. */
  configMap?: pulumi.Input<string>;
  /** Name of the Secret; this or `configMap`. */
  secret?: pulumi.Input<string>;
}

/** What a container needs to be a client of a database. */
export interface DatabaseClient {
  /** Where the database is, for pg_isready: `PGHOST`, `PGPORT`, `PGUSER`, `PGDATABASE`. */
  address: EnvVar[];
  /** Where the CA certificates are (`PGSSLROOTCERT`), if there are any besides the image's. */
  rootCertificate: EnvVar[];
  /** The password, as the only variable that holds it. */
  password: EnvVar;
  volumes: Volume[];
  mounts: VolumeMount[];
}

const caDirectory = "/etc/certctl/database-ca";

// facts: the-password-in-the-url
/**
 * certctl's `CERTCTL_DATABASE_URL`, without a password: that goes by `PGPASSWORD`, because certctl prints the
 * URL when it cannot connect, and does not encode what it puts into it.
 */
export function databaseUrl(connection: DatabaseConnection): pulumi.Input<string> {
  return derive([connection.host, connection.user, connection.database] as const, (host, user, database) => {
    const address = host.includes(":") ? `[${host}]` : host;
    const options = `sslmode=${connection.sslMode}&connect_timeout=${connection.connectTimeoutSeconds}`;
    return `postgres://${encodeURIComponent(user)}@${address}:${connection.port}/${encodeURIComponent(database)}?${options}`;
  });
}

/** Environment and files of a container that connects to the database. */
export function databaseClient(connection: DatabaseConnection): DatabaseClient {
  const { ca } = connection;
  return {
    address: literalVariables({
      PGHOST: connection.host,
      PGPORT: String(connection.port),
      PGUSER: connection.user,
      PGDATABASE: connection.database,
    }),
    rootCertificate: literalVariables(ca ? { PGSSLROOTCERT: `${caDirectory}/ca.crt` } : {}),
    password: secretVariable("PGPASSWORD", connection.password),
    volumes: ca ? [caVolume(ca)] : [],
    mounts: ca ? [{ name: "database-ca", mountPath: caDirectory, readOnly: true }] : [],
  };
}

/** What libpq's own programs need to connect: address, protection, password. */
export function databaseClientVariables(connection: DatabaseConnection): EnvVar[] {
  const client = databaseClient(connection);
  // certctl's driver takes the system's roots by itself. libpq looks for a file in a home directory, unless
  // it is told.
  const systemRoots =
    !connection.ca && connection.sslMode === SslMode.VerifyFull
      ? literalVariables({ PGSSLROOTCERT: "system" })
      : [];
  return [
    ...client.address,
    ...literalVariables({
      PGSSLMODE: connection.sslMode,
      PGCONNECT_TIMEOUT: String(connection.connectTimeoutSeconds),
    }),
    ...client.rootCertificate,
    ...systemRoots,
    client.password,
  ];
}

function caVolume({ secret, configMap = "" }: DatabaseCa): Volume {
  const files = { "ca.crt": "ca.crt" };
  return secret === undefined
    ? configMapVolume("database-ca", configMap, files)
    : secretVolume("database-ca", secret, files);
}
