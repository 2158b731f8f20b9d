import { serverCertificateDays } from "../../scripts/secrets/certificates";
import type { BadCase } from "./bad-cases";

const server = "Deployment certctl-server";
const postgres = "StatefulSet certctl-postgres";
const container = "spec template spec containers server";
const env = `${container} env`;

const secretCases: BadCase[] = [
  {
    rule: "certctl-literal-secrets",
    title: "secrets in variables, arguments and ConfigMaps",
    set: [
      [server, `${env} CERTCTL_SLACK_WEBHOOK_URL value`, "https://hooks.example.com/T0/B0/x"],
      [server, `${env} CERTCTL_API_KEYS_NAMED value`, "admin:hunter2:admin,fleet:$(API_KEY_FLEET)"],
      [server, `${container} args`, ["--database", "postgres://certctl:hunter2@db.example.com/certctl"]],
    ],
    add: [
      {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "files", namespace: "certctl", labels: { "app.kubernetes.io/name": "certctl" } },
        data: { "ca.key": "-----BEGIN PRIVATE KEY-----\nMIG" },
      },
    ],
    reports: [
      "Deployment certctl-server: container server, variable CERTCTL_API_KEYS_NAMED is secret, and its value is open to read; read it from a Secret",
      "Deployment certctl-server: container server, variable CERTCTL_SLACK_WEBHOOK_URL is secret, and its value is open to read; read it from a Secret",
      "Deployment certctl-server: container server, arguments holds a URL with a password; read it from a Secret",
      "ConfigMap files: key ca.key holds a private key; read it from a Secret",
    ],
  },
  {
    rule: "certctl-leaked-secrets",
    title: "the value of a Secret in a variable with a harmless name",
    set: [
      [
        server,
        `${env} HTTP_PROXY value`,
        "http://proxy.example.com/?key=metrics-0123456789abcdef0123456789abcdef",
      ],
    ],
    reports: [
      "Deployment certctl-server: container server, variable HTTP_PROXY holds the value of metrics in Secret certctl-api-keys; read it from there",
    ],
  },
  {
    rule: "certctl-protected-data",
    title: "data and keys that pulumi destroy would delete",
    unprotect: [
      "PersistentVolumeClaim certctl-postgres",
      "Secret certctl-api-keys",
      "Namespace certctl",
      "Secret certctl-tls",
    ],
    reports: ["Namespace certctl", "Secret certctl-api-keys", "PersistentVolumeClaim certctl-postgres"].map(
      (object) => `${object}: protect is false, so pulumi destroy deletes it; set it to true`,
    ),
  },
];

const serverCases: BadCase[] = [
  {
    rule: "certctl-no-demonstration",
    title: "the mode for demonstrations, and its short cuts",
    set: [
      [server, `${env} CERTCTL_DEMO_MODE_ACK value`, "true"],
      [server, `${env} CERTCTL_KEYGEN_MODE value`, "server"],
    ],
    reports: [
      "Deployment certctl-server: container server: CERTCTL_KEYGEN_MODE is set, and agents make the private keys; the server may only in a demonstration; remove it",
      "Deployment certctl-server: container server: CERTCTL_DEMO_MODE_ACK is set, and an instance for demonstrations is open to everybody, and ends after a day; remove it",
    ],
  },
  {
    rule: "certctl-encryption-key",
    title: "a server without the encryption key, and a migration that has it in clear text",
    set: [
      [server, `${env} CERTCTL_CONFIG_ENCRYPTION_KEY`, undefined],
      [
        "Job certctl-migrate",
        "spec template spec containers migrate env CERTCTL_CONFIG_ENCRYPTION_KEY",
        undefined,
      ],
    ],
    reports: [
      "Job certctl-migrate: CERTCTL_CONFIG_ENCRYPTION_KEY is not read from a Secret; set certctl:encryptionKey",
      "Deployment certctl-server: CERTCTL_CONFIG_ENCRYPTION_KEY is not read from a Secret; set certctl:encryptionKey",
    ],
  },
  {
    rule: "certctl-issuing-ca",
    title: "a server that makes a CA of its own at each start",
    set: [
      [server, `${env} CERTCTL_CA_CERT_PATH`, undefined],
      [server, `${env} CERTCTL_CA_KEY_PATH`, undefined],
    ],
    reports: ["CERTCTL_CA_CERT_PATH", "CERTCTL_CA_KEY_PATH"].map(
      (name) =>
        `Deployment certctl-server: ${name} is not set, so iss-local makes a new CA at each restart and in each pod; set certctl:caCertificate and certctl:caPrivateKey`,
    ),
  },
  {
    rule: "certctl-server-variables",
    title: "variables that certctl does not read, or whose value it does not take",
    set: [
      [server, `${env} CERTCTL_SESSION_BIND_PI value`, "true"],
      [server, `${env} CERTCTL_LOG_FORMAT value`, "json"],
      [server, `${env} CERTCTL_SESSION_IDLE_TIMEOUT value`, "60"],
      [server, `${env} DD_AGENT_HOST value`, "10.0.0.1"],
    ],
    reports: [
      "Deployment certctl-server: CERTCTL_SESSION_BIND_PI: certctl does not read this variable; did you mean CERTCTL_SESSION_BIND_IP?",
      "Deployment certctl-server: CERTCTL_LOG_FORMAT: has no effect: certctl always writes JSON",
      'Deployment certctl-server: CERTCTL_SESSION_IDLE_TIMEOUT: "60" is not a duration, such as 30s, 5m or 1h30m; certctl would silently use its default, 1h',
    ],
  },
  {
    rule: "certctl-server-certificates",
    title: "a certificate without the name by which agents connect",
    set: [
      [
        "DaemonSet certctl-agents",
        "spec template spec containers agent env CERTCTL_SERVER_URL value",
        "https://pki.example.com:8443",
      ],
    ],
    reports: [
      "Secret certctl-tls: tls.crt does not hold for pki.example.com, by which pods connect; renew it with this name",
    ],
  },
  {
    rule: "certctl-server-certificates",
    title: "a certificate that ends earlier than configured",
    settings: { leastDays: 1000 },
    reports: [
      `Secret certctl-tls: tls.crt expires in ${serverCertificateDays - 1} days; the least is 1000; renew it`,
    ],
  },
  {
    rule: "certctl-server-certificates",
    title: "a text that is no certificate",
    set: [["Secret certctl-tls", "stringData tls.crt", "nothing that anybody signed"]],
    reports: [
      "Secret certctl-tls: tls.crt is not a PEM certificate; it starts with -----BEGIN CERTIFICATE----- and keeps its line breaks",
    ],
  },
  {
    rule: "certctl-server-certificates",
    title: "a request to cert-manager that leaves out the Service's name",
    remove: ["Secret certctl-tls"],
    add: [
      {
        apiVersion: "cert-manager.io/v1",
        kind: "Certificate",
        metadata: { name: "certctl", namespace: "certctl" },
        spec: { secretName: "certctl-tls", dnsNames: ["pki.example.com"] },
      },
    ],
    reports: [
      "Certificate certctl: dnsNames does not hold certctl-server.certctl.svc, by which pods connect; add it",
    ],
  },
];

const databaseCases: BadCase[] = [
  {
    rule: "certctl-database-connections",
    title: "fewer connections than the pools of as many servers as the autoscaler makes",
    add: [
      {
        apiVersion: "autoscaling/v2",
        kind: "HorizontalPodAutoscaler",
        metadata: { name: "certctl-server", namespace: "certctl" },
        spec: {
          scaleTargetRef: { kind: "Deployment", name: "certctl-server" },
          minReplicas: 3,
          maxReplicas: 5,
        },
      },
    ],
    reports: [
      "StatefulSet certctl-postgres: max_connections is 320; 520 are needed: 100 for each of 5 replicas and 20 for people and Jobs",
    ],
  },
  {
    rule: "certctl-database-connections",
    title: "a reserve that does not fit",
    settings: { reserve: 30 },
    reports: [
      "StatefulSet certctl-postgres: max_connections is 320; 330 are needed: 100 for each of 3 replicas and 30 for people and Jobs",
    ],
  },
  {
    rule: "certctl-database-connections",
    title: "PostgreSQL's default for certctl's",
    set: [
      [server, `${env} CERTCTL_DATABASE_MAX_CONNS`, undefined],
      [postgres, "spec template spec containers postgres args", []],
    ],
    reports: [
      "StatefulSet certctl-postgres: max_connections is 100; 170 are needed: 50 for each of 3 replicas and 20 for people and Jobs",
    ],
  },
  {
    rule: "certctl-database-connections",
    title: "too few connections in another spelling",
    set: [[postgres, "spec template spec containers postgres args", ["--max-connections=319"]]],
    reports: [
      "StatefulSet certctl-postgres: max_connections is 319; 320 are needed: 100 for each of 3 replicas and 20 for people and Jobs",
    ],
  },
  {
    rule: "certctl-migration-order",
    title: "a server that neither migrates nor waits for the migration",
    detach: [server],
    reports: [
      "Deployment certctl-server: CERTCTL_MIGRATIONS_VIA_HOOK is true, and it does not wait for Job certctl-migrate; set dependsOn",
    ],
  },
  {
    rule: "certctl-migration-order",
    title: "a server whose database nothing migrates",
    remove: ["Job certctl-migrate"],
    reports: [
      "Deployment certctl-server: CERTCTL_MIGRATIONS_VIA_HOOK is true, and no Job runs --migrate-only: nothing migrates the database; add a DatabaseMigration",
    ],
  },
  {
    rule: "certctl-migration-order",
    title: "a migration of another image",
    set: [
      [
        "Job certctl-migrate",
        "spec template spec containers migrate image",
        `registry.example.com/certctl-server@sha256:${"d".repeat(64)}`,
      ],
    ],
    reports: [
      "Deployment certctl-server: CERTCTL_MIGRATIONS_VIA_HOOK is true, and Job certctl-migrate migrates for another image; use one for both",
    ],
  },
  {
    rule: "certctl-backups",
    title: "a database that nothing backs up",
    remove: ["CronJob certctl-backup"],
    reports: ["StatefulSet certctl-postgres: nothing backs it up; set certctl:backup.enabled: true"],
  },
  {
    rule: "certctl-backups",
    title: "a schedule that is suspended",
    set: [["CronJob certctl-drill", "spec suspend", true]],
    reports: ["CronJob certctl-drill: suspend is true, so it never runs; remove it"],
  },
];

const availabilityCases: BadCase[] = [
  {
    rule: "certctl-shared-rate-limits",
    title: "several servers that count requests each for itself",
    set: [[server, `${env} CERTCTL_RATE_LIMIT_BACKEND value`, "memory"]],
    reports: [
      "Deployment certctl-server: CERTCTL_RATE_LIMIT_BACKEND is memory with 3 replicas; use postgres",
    ],
  },
  {
    rule: "certctl-session-affinity",
    title: "several servers between which clients change",
    set: [["Service certctl-server", "spec sessionAffinity", "None"]],
    reports: ["Service certctl-server: sessionAffinity is None with 3 replicas; use ClientIP"],
  },
  {
    rule: "certctl-disruption-budgets",
    title: "a budget that lets no pod go",
    set: [["PodDisruptionBudget certctl-server", "spec maxUnavailable", "0%"]],
    reports: ['PodDisruptionBudget certctl-server: maxUnavailable is "0%", so no node can be drained; use 1'],
  },
  {
    rule: "certctl-disruption-budgets",
    title: "a budget that asks for every server",
    set: [
      ["PodDisruptionBudget certctl-server", "spec maxUnavailable", undefined],
      ["PodDisruptionBudget certctl-server", "spec minAvailable", 3],
    ],
    reports: [
      "PodDisruptionBudget certctl-server: minAvailable is 3 of 3, so no node can be drained; use maxUnavailable: 1",
    ],
  },
  {
    rule: "certctl-disruption-budgets",
    title: "a budget for the only pod of the database",
    add: [
      {
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name: "database", namespace: "certctl" },
        spec: { minAvailable: 1, selector: { matchLabels: { "app.kubernetes.io/component": "database" } } },
      },
    ],
    reports: ["PodDisruptionBudget database: minAvailable is 1 of 1, so no node can be drained; remove it"],
  },
];

/** Every stack that is refused for what its parts need of each other. */
export const stateCases: readonly BadCase[] = [
  ...secretCases,
  ...serverCases,
  ...databaseCases,
  ...availabilityCases,
];
