import { quantityInBytes } from "../kubernetes/units";
import type { ResolvedPostgres } from "./postgres-settings";

/** Names of postgresql.conf that arguments or the deployment govern, each with what to use instead. */
export const governedParameters: Record<string, string> = {
  port: "use database.bundled.port",
  max_connections: "use database.bundled.maxConnections",
  shared_buffers: "use database.bundled.sharedBuffers",
  ssl: "use database.bundled.tls",
  ssl_cert_file: "use database.bundled.tls",
  ssl_key_file: "use database.bundled.tls",
  ssl_min_protocol_version: "TLS 1.2 is the least that is accepted",
  listen_addresses: "the server listens on every address of its pod",
  unix_socket_directories: "the socket's directory is a volume of the pod",
  password_encryption: "passwords are always stored as scram-sha-256",
  data_directory: "the data directory is on the claim",
  hba_file: "the image writes pg_hba.conf at initdb",
  ident_file: "the image writes pg_ident.conf at initdb",
  config_file: "parameters are given on the command line",
  external_pid_file: "only the data volume and /tmp can be written",
};

/** The parameters of the server process, from the settings. */
export function serverParameters(settings: ResolvedPostgres, tlsDirectory: string): Record<string, string> {
  return {
    ...settings.parameters,
    listen_addresses: "*",
    port: String(settings.port),
    max_connections: String(settings.maxConnections),
    shared_buffers: postgresMemory(settings.sharedBuffers),
    password_encryption: "scram-sha-256",
    ...(settings.tls && {
      ssl: "on",
      ssl_cert_file: `${tlsDirectory}/tls.crt`,
      ssl_key_file: `${tlsDirectory}/tls.key`,
      ssl_min_protocol_version: "TLSv1.2",
    }),
  };
}

/** A Kubernetes quantity in PostgreSQL's words: `128Mi` is `131072kB`. */
export function postgresMemory(quantity: string): string {
  return `${Math.floor(quantityInBytes(quantity) / 1024)}kB`;
}
