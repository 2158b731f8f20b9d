/**
 * The names of an instance's parts and of their objects, each derived from the instance's own. They are API, as
 * URNs are: people look for them, and a changed name is another object.
 */
export function instanceNames(instance: string) {
  return {
    network: `${instance}-network`,
    secrets: `${instance}-secrets`,
    tls: `${instance}-tls`,
    /** The bundled PostgreSQL: StatefulSet, Service, claim and Secret. */
    postgres: `${instance}-postgres`,
    externalDatabase: `${instance}-database`,
    backup: `${instance}-backup`,
    drill: `${instance}-drill`,
    restore: `${instance}-restore`,
    /** Begin of the names of migration Jobs. */
    migration: `${instance}-migrate`,
    /** The server: Deployment, Service and ServiceAccount. */
    server: `${instance}-server`,
    /** Begin of the names of provisioning Jobs. */
    provisioning: `${instance}-provision`,
    exposure: `${instance}-exposure`,
    agents: `${instance}-agents`,
    sqlExporter: `${instance}-sql-exporter`,
    monitoring: `${instance}-monitoring`,
    apiKeys: `${instance}-api-keys`,
    encryptionKey: `${instance}-encryption-key`,
    issuingCa: `${instance}-issuing-ca`,
    serverVariables: `${instance}-server-variables`,
  } as const;
}
export type InstanceNames = ReturnType<typeof instanceNames>;

/** Name of the network policy of one kind of pod. */
export function policyName(instance: string, pod: string): string {
  return `${instance}-${pod}`;
}

/** The instance of a stack: its component's name, and the begin of all of its names. */
export const stackInstance = "certctl";

/** Namespace of an instance that names none. */
export const defaultNamespace = "certctl";
