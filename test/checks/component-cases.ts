import * as pulumi from "@pulumi/pulumi";
import * as certctl from "../../src";
import * as aws from "../../src/aws";

/** A component, what is said when it is told nothing, and wrong arguments with what is said of them. */
export interface ComponentCase {
  component: unknown;
  nothing: string[];
  wrong: [args: object, refused: string][];
}

const database = { connection: { host: "db" }, ready: [] };
const encryptionKey = { name: "certctl-encryption", key: "key" };
const trust = { systemRoots: true };
const fleet = { namespace: "certctl", serverUrl: "https://a", existingKeys: "keys" };
const policies = { namespace: "certctl", instance: "pki", parts: ["server"] };
const migration = {
  namespace: "certctl",
  database,
  tlsSecret: "certctl-tls",
  apiKeys: "certctl-api-keys",
  encryptionKey,
};

/** Every component that a program can make besides the whole instance. */
export const components: Record<string, ComponentCase> = {
  PostgresDatabase: {
    component: certctl.PostgresDatabase,
    nothing: [
      "pki.namespace: is missing; give the name of the namespace",
      "pki.password: is missing; give it, or existingPasswordSecret, the name of a Secret with the key password",
    ],
    wrong: [
      [{ namespace: "certctl", password: "x", port: 0 }, "pki.port: 0 is not between 1 and 65535"],
      [
        { namespace: "certctl", password: "x", existingPasswordSecret: "db" },
        "pki.existingPasswordSecret: takes the place of password, which is set too; remove one of the two",
      ],
    ],
  },
  ExternalDatabase: {
    component: certctl.ExternalDatabase,
    nothing: [
      "pki.host: is missing",
      "pki.namespace: is missing; give the name of the namespace",
      "pki.password: is missing; give it, or existingPasswordSecret, the name of a Secret with the key password",
    ],
    wrong: [
      [
        { namespace: "certctl", host: "db", password: "line\nbreak" },
        "pki.password: holds a line break or a NUL character; a line break at the end comes from reading a file",
      ],
    ],
  },
  DatabaseMigration: {
    component: certctl.DatabaseMigration,
    nothing: [
      "pki.apiKeys: is missing; give the name of a Secret with the keys enroll and metrics",
      "pki.database: is missing; give a Database, such as new PostgresDatabase(…)",
      'pki.encryptionKey: is missing; give a Secret\'s name and key, such as { name: "certctl", key: "key" }',
      "pki.namespace: is missing; give the name of the namespace",
      "pki.tlsSecret: is missing; give the name of a Secret with tls.crt and tls.key",
    ],
    wrong: [[{ ...migration, backoffLimit: -1 }, "pki.backoffLimit: -1 is not between 0 and 20"]],
  },
  InstanceSecrets: {
    component: certctl.InstanceSecrets,
    nothing: [
      "pki.apiKeys: is missing; give one key each for admin, enroll, fleet and metrics, or existingSecrets.apiKeys",
      "pki.encryptionKey: is missing; give it, or existingSecrets.encryptionKey",
      "pki.instance: is missing; give the name of the instance",
      "pki.namespace: is missing; give the name of the namespace",
    ],
    wrong: [
      [
        {
          namespace: "certctl",
          instance: "pki",
          encryptionKey: "short",
          existingSecrets: { apiKeys: "certctl-api-keys" },
        },
        "pki.encryptionKey: is too short (5 bytes); at least 32 are needed, and npm run secrets makes one",
      ],
    ],
  },
  ServerTls: {
    component: certctl.ServerTls,
    nothing: [
      "pki.dnsNames: is missing; give the DNS names of the server's Service",
      "pki.instance: is missing; give the name of the instance",
      "pki.namespace: is missing; give the name of the namespace",
      "pki.tlsCaCertificate: is missing; tls.mode provided needs it",
      "pki.tlsCertificate: is missing; tls.mode provided needs it",
      "pki.tlsPrivateKey: is missing; tls.mode provided needs it",
    ],
    wrong: [
      [
        { namespace: "certctl", instance: "pki", dnsNames: ["pki-server"], tls: { mode: "certManager" } },
        "pki.tls.certManager: is missing; mode certManager needs its issuerRef",
      ],
    ],
  },
  CertctlServer: {
    component: certctl.CertctlServer,
    nothing: [
      "pki.apiKeys: is missing; give the name of a Secret with the keys admin, enroll, fleet and metrics",
      "pki.database: is missing; give a Database, such as new PostgresDatabase(…)",
      'pki.encryptionKey: is missing; give a Secret\'s name and key, such as { name: "certctl", key: "key" }',
      "pki.namespace: is missing; give the name of the namespace",
      "pki.tlsSecret: is missing; give the name of a Secret with tls.crt and tls.key",
    ],
    wrong: [[{ ...migration, replicas: 0 }, "pki.replicas: 0 is not between 1 and 50"]],
  },
  ServerProvisioning: {
    component: certctl.ServerProvisioning,
    nothing: [
      "pki.apiKeys: is missing; give the name of a Secret with the key admin",
      "pki.namespace: is missing; give the name of the namespace",
      "pki.revision: is missing; give the revision of a server, such as the one of new CertctlServer(…)",
      "pki.serverUrl: is missing; give the URL of a server, such as the url of new CertctlServer(…)",
      "pki.trust: is missing; give what clients trust, such as the trust of new ServerTls(…)",
    ],
    wrong: [
      [
        { namespace: "certctl", serverUrl: "https://a", apiKeys: "keys", revision: "1", trust: {} },
        "pki.trust: names no source; give configMap, secret or systemRoots: true",
      ],
    ],
  },
  ServerExposure: {
    component: certctl.ServerExposure,
    nothing: [
      "pki.instance: is missing; give the name of the instance",
      "pki.mode: is none, which makes no way in; choose ingress or gateway, or leave the component out",
      "pki.namespace: is missing; give the name of the namespace",
      "pki.port: is missing; give the port of the server's Service",
      "pki.service: is missing; give the name of the server's Service",
      "pki.trust: is missing; give what clients trust, such as the trust of new ServerTls(…)",
    ],
    wrong: [
      [
        {
          namespace: "certctl",
          instance: "pki",
          service: "pki-server",
          port: 8443,
          trust,
          mode: "gateway",
        },
        "pki.gateway: is missing; mode gateway needs its listener and hosts",
      ],
    ],
  },
  CertctlAgents: {
    component: certctl.CertctlAgents,
    nothing: [
      "pki.keys: is missing; give it, or existingKeys, the name of a Secret with the keys enroll and fleet",
      "pki.namespace: is missing; give the name of the namespace",
      "pki.serverUrl: is missing; give the URL of a server, such as the url of new CertctlServer(…)",
    ],
    wrong: [
      [
        { namespace: "certctl", serverUrl: "https://a", existingKeys: "keys", fleetSize: "huge" },
        'pki.fleetSize: "huge" is not one of small, medium, large',
      ],
      [
        { ...fleet, keys: { enroll: "a", fleet: "b" } },
        "pki.existingKeys: takes the place of keys, which is set too; remove one of the two",
      ],
      [
        { ...fleet, trust, caCertificate: pulumi.output("x") },
        "pki.trust: is there besides caCertificate; remove one of the two",
      ],
      [
        { ...fleet, trust: { configMap: "a", secret: "b" } },
        "pki.trust: names configMap and secret; keep one of them",
      ],
    ],
  },
  DatabaseBackup: {
    component: certctl.DatabaseBackup,
    nothing: [
      "pki.database: is missing; give a Database, such as new PostgresDatabase(…)",
      "pki.namespace: is missing; give the name of the namespace",
    ],
    wrong: [
      [
        { namespace: "certctl", database, timeZone: "Mars/Olympus" },
        'pki.timeZone: "Mars/Olympus" is not in the tz database; write a name such as Europe/Berlin or Etc/UTC',
      ],
    ],
  },
  DatabaseRestore: {
    component: certctl.DatabaseRestore,
    nothing: [
      "pki.migration: is missing; give the arguments of the DatabaseMigration that follows",
      "pki.namespace: is missing; give the name of the namespace",
      'pki.restore: is missing; give what is restored, such as { backup: "latest", before: "2026-01-31T02:30:00Z" }',
      "pki.source: is missing; give the backups, such as new DatabaseBackup(…)",
    ],
    wrong: [
      [
        {
          namespace: "certctl",
          source: { restoreInput: {} },
          restore: { backup: "certctl-20260131T023000Z-0a1b2c3d" },
          migration: { ...migration, database: undefined },
        },
        "pki.migration.database: is missing; give a Database, such as new PostgresDatabase(…)",
      ],
    ],
  },
  CertctlMonitoring: {
    component: certctl.CertctlMonitoring,
    nothing: [
      "pki.apiKeys: is missing; give the name of a Secret with the key metrics",
      "pki.instance: is missing; give the name of the instance",
      "pki.migrationJob: is missing; give the begin of the names of migration Jobs",
      "pki.namespace: is missing; give the name of the namespace",
      "pki.provisioningJob: is missing; give the begin of the names of provisioning Jobs",
      "pki.server: is missing; give the name of the server's Service and Deployment",
      "pki.trust: is missing; give what clients trust, such as the trust of new ServerTls(…)",
    ],
    wrong: [
      [
        {
          namespace: "certctl",
          instance: "pki",
          server: "pki-server",
          migrationJob: "pki-migrate",
          provisioningJob: "pki-provision",
          apiKeys: "keys",
          trust,
          serviceMonitor: { interval: "0s" },
        },
        'pki.serviceMonitor.interval: "0s" is too short; the least is 1s',
      ],
    ],
  },
  SqlExporter: {
    component: certctl.SqlExporter,
    nothing: [
      "pki.database: is missing; give a Database, such as new PostgresDatabase(…)",
      "pki.namespace: is missing; give the name of the namespace",
    ],
    wrong: [
      [
        { namespace: "certctl", database, interval: "1s" },
        'pki.interval: "1s" is too short; the least is 10s',
      ],
    ],
  },
  NetworkPolicies: {
    component: certctl.NetworkPolicies,
    nothing: [
      "pki.edges: is missing; give who connects to whom",
      "pki.instance: is missing; give the name of the instance",
      "pki.namespace: is missing; give the name of the namespace",
      "pki.parts: is missing; give the kinds of pods that there are",
    ],
    wrong: [
      [
        { namespace: "certctl", instance: "pki", parts: ["sever"], edges: [] },
        'pki.parts[0]: "sever" is not one of server, database, migration, provisioning, agents, backup, restore, drill, sql-exporter',
      ],
      [{ ...policies, edges: ["server"] }, "pki.edges[0]: is no connection; give from, to and ports"],
      [
        { ...policies, edges: [{ from: "server", to: "database" }] },
        "pki.edges[0].ports: is missing; name the ports",
      ],
      [
        { ...policies, edges: [{ from: "server", ports: [{ protocol: "TCP", port: 1 }] }] },
        "pki.edges[0].to: is missing; give a part, anywhere, or toPeer, the peer of a policy",
      ],
      [
        {
          ...policies,
          edges: [{ from: "server", fromPeer: {}, to: "database", ports: [{ protocol: "TCP", port: 1 }] }],
        },
        "pki.edges[0].fromPeer: takes the place of from, which is set too; remove one of the two",
      ],
    ],
  },
  BackupBucket: {
    component: aws.BackupBucket,
    // A bucket with every default.
    nothing: [],
    wrong: [[{ mode: "existing" }, "pki.existing: is missing; mode existing needs at least existing.bucket"]],
  },
};
