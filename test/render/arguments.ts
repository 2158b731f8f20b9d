import { placeholder } from "../../src/checks/placeholders";
import type { ArgumentCase } from "./argument-cases";
import { probeCases, resourceCases, schedulingCases } from "./argument-cases";
import { backupCases, backups, bucketSink } from "./backup-arguments";
import { monitoringCases } from "./monitoring-arguments";
import { serverCases, smtp } from "./server-arguments";

const external = { "database.mode": "external", "database.external.host": "db.example.com" };
const onNodes = { "agents.kind": "DaemonSet", tlsCaCertificate: placeholder("tlsCaCertificate") };
const certManager = { "tls.mode": "certManager", "tls.certManager.issuerRef.name": "private-ca" };
const trustConfigMap = { "tls.trust.mode": "configMap", "tls.trust.configMap.name": "company-cas" };
const restoring = { ...backups, "restore.backup": "certctl-20260131T023000Z-0a1b2c3d" };
const restoringLatest = { ...backups, "restore.backup": "latest", "restore.before": "2026-01-31T02:30:00Z" };
const ingress = { "exposure.mode": "ingress", "exposure.ingress.hosts": ["certctl.example.com"] };
const ingressIssuer = { ...ingress, "exposure.ingress.certManager.issuerRef.name": "private-ca" };
const alb = {
  ...ingress,
  "exposure.ingress.controller": "alb",
  "exposure.ingress.callers": [{ cidr: "10.20.0.0/16" }],
};
const gateway = {
  "exposure.mode": "gateway",
  "exposure.gateway.listener.gateway": "public",
  "exposure.gateway.hosts": ["certctl.example.com"],
};
const passthrough = {
  ...gateway,
  "exposure.gateway.passthrough.listener.gateway": "public",
  "exposure.gateway.passthrough.hosts": ["enroll.example.com"],
  "tls.extraDnsNames": ["enroll.example.com", "scep.example.com"],
};
/** Every argument of an instance. A test fails when one is missing here, or changes nothing. */
export const argumentCases: Record<string, ArgumentCase> = {
  ...secretCases(),
  namespace: { value: "pki" },
  createNamespace: { value: false },
  fleetSize: { value: "large" },
  deletionProtection: { value: false },
  readyTimeoutSeconds: { value: 120 },
  checkCustomResources: { value: false },
  commonLabels: { value: { team: "pki" } },
  "images.server": { value: "registry.example.com/certctl-server:v9" },
  "images.agent": { value: "registry.example.com/certctl-agent:v9" },
  "images.postgres": { value: "registry.example.com/postgres:16-alpine" },
  "images.awsCli": { value: "registry.example.com/aws-cli:2.30.0", given: bucketSink },
  "images.sqlExporter": {
    value: "registry.example.com/query-exporter:5",
    given: { "monitoring.enabled": true, "monitoring.sqlExporter.enabled": true },
  },
  "images.pullPolicy": { value: "Always" },
  "images.pullSecrets": { value: ["registry-login"] },

  ...serverCases,

  "exposure.mode": { value: "ingress", together: { "exposure.ingress.hosts": ["certctl.example.com"] } },
  "exposure.ingress.controller": { value: "traefik", given: ingress },
  "exposure.ingress.className": { value: "public", given: ingress },
  "exposure.ingress.hosts": { value: ["pki.example.com"], given: ingress },
  "exposure.ingress.tlsSecret": { value: "public-tls", given: ingress },
  "exposure.ingress.certManager.issuerRef.name": { value: "letsencrypt", given: ingress },
  "exposure.ingress.certManager.issuerRef.kind": { value: "Issuer", given: ingressIssuer },
  "exposure.ingress.certManager.issuerRef.group": { value: "example.com", given: ingressIssuer },
  "exposure.ingress.alb.scheme": { value: "internet-facing", given: alb },
  "exposure.ingress.alb.certificateArn": {
    value: "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c",
    given: alb,
  },
  "exposure.ingress.alb.sslPolicy": { value: "ELBSecurityPolicy-TLS13-1-3-2021-06", given: alb },
  "exposure.ingress.callers": { value: [{ podLabels: { app: "edge" } }], given: ingress },
  "exposure.ingress.annotations": { value: { "example.com/owner": "pki" }, given: ingress },
  "exposure.gateway.listener.gateway": { value: "internal", given: gateway },
  "exposure.gateway.listener.namespace": { value: "gateways", given: gateway },
  "exposure.gateway.listener.name": { value: "https", given: gateway },
  "exposure.gateway.hosts": { value: ["pki.example.com"], given: gateway },
  "exposure.gateway.callers": { value: [{ podLabels: { app: "edge" } }], given: gateway },
  "exposure.gateway.passthrough.listener.gateway": { value: "internal", given: passthrough },
  "exposure.gateway.passthrough.listener.namespace": { value: "gateways", given: passthrough },
  "exposure.gateway.passthrough.listener.name": { value: "tls", given: passthrough },
  "exposure.gateway.passthrough.hosts": { value: ["scep.example.com"], given: passthrough },

  "database.mode": { value: "external", together: { "database.external.host": "db.example.com" } },
  "database.bundled.database": { value: "pki" },
  "database.bundled.user": { value: "pki" },
  "database.bundled.port": { value: 5433 },
  "database.bundled.storage.size": { value: "20Gi" },
  "database.bundled.storage.storageClass": { value: "fast" },
  ...resourceCases("database.bundled.resources"),
  "database.bundled.maxConnections": { value: 300 },
  "database.bundled.sharedBuffers": { value: "192Mi" },
  "database.bundled.parameters": { value: { log_min_duration_statement: "500" } },
  "database.bundled.tls.secretName": { value: "postgres-tls" },
  "database.bundled.terminationGracePeriodSeconds": { value: 60 },
  ...probeCases("database.bundled"),
  ...schedulingCases("database.bundled.scheduling"),
  "database.external.host": { value: "other.example.com", given: external },
  "database.external.port": { value: 5433, given: external },
  "database.external.database": { value: "pki", given: external },
  "database.external.user": { value: "pki", given: external },
  "database.external.sslMode": { value: "require", given: external },
  "database.external.caCertificate": { value: placeholder("databaseCa"), given: external },
  "database.external.connectTimeout": { value: "3s", given: external },

  "database.external.maxConnections": { value: 500, given: external },

  "migrations.mode": { value: "server" },
  "migrations.backoffLimit": { value: 1 },
  "migrations.activeDeadlineSeconds": { value: 900 },
  ...resourceCases("migrations.resources"),
  "migrations.backupFirst": { value: true, given: backups },
  ...backupCases,
  "restore.backup": { value: "certctl-20260201T023000Z-4d5e6f70", given: restoring },
  "restore.before": { value: "2026-01-30T02:30:00Z", given: restoringLatest },
  "restore.overwriteDatabase": { value: "certctl", given: restoring },
  "restore.jobs": { value: 3, given: restoring },
  "restore.activeDeadlineSeconds": { value: 600, given: restoring },
  "provisioning.backoffLimit": { value: 1 },
  "provisioning.activeDeadlineSeconds": { value: 900 },
  ...resourceCases("provisioning.resources"),

  "agents.enabled": { value: false },
  "agents.kind": { value: "DaemonSet", given: { tlsCaCertificate: placeholder("tlsCaCertificate") } },
  "agents.replicas": { value: 3 },
  "agents.storage.size": { value: "128Mi" },
  "agents.storage.storageClass": { value: "fast" },
  "agents.node.namespace": { value: "node-agents", given: onNodes },
  "agents.node.stateDirectory": { value: "/srv/certctl-agent", given: onNodes },
  "agents.node.discoveryDirectories": { value: ["/etc/ssl/certs"], given: onNodes },
  "agents.discoveryDirectories": { value: ["/srv/certificates"] },
  "agents.logLevel": { value: "debug" },
  ...resourceCases("agents.resources"),
  "agents.env": { value: { HTTPS_PROXY: "http://proxy.example.com:3128" } },
  ...schedulingCases("agents.scheduling"),

  "network.enabled": { value: false },
  "network.serverCallers": {
    value: [{ namespaceLabels: { "kubernetes.io/metadata.name": "ingress-nginx" } }],
  },
  "network.serverDestinations": {
    value: [{ cidr: "10.20.0.0/16", except: ["10.20.4.0/24"], ports: [8200] }],
  },
  "network.agentDestinations": { value: [{ podLabels: { app: "haproxy" }, ports: [5555] }] },
  "network.databaseDestinations": { value: [{ cidr: "10.40.0.0/24" }], given: external },
  "network.bucketDestinations": { value: [{ cidr: "10.50.0.0/24" }], given: bucketSink },
  "network.dns": { value: [{ cidr: "169.254.20.10/32" }] },

  "tls.mode": { value: "existingSecret", together: { "tls.existingSecret.name": "server-tls" } },
  "tls.existingSecret.name": {
    value: "other-tls",
    given: { "tls.mode": "existingSecret", "tls.existingSecret.name": "server-tls" },
  },
  "tls.certManager.issuerRef.name": { value: "other-ca", given: certManager },
  "tls.certManager.issuerRef.kind": { value: "Issuer", given: certManager },
  "tls.certManager.issuerRef.group": { value: "example.com", given: certManager },
  "tls.certManager.commonName": { value: "certctl.example.com", given: certManager },
  "tls.certManager.duration": { value: "1440h", given: certManager },
  "tls.certManager.renewBefore": { value: "240h", given: certManager },
  "tls.extraDnsNames": { value: ["certctl.example.com"], given: certManager },
  "tls.trust.mode": { value: "systemRoots" },
  "tls.trust.configMap.name": { value: "other-cas", given: trustConfigMap },
  "tls.trust.configMap.key": { value: "bundle.pem", given: trustConfigMap },

  ...monitoringCases,

  "existingSecrets.databasePassword": { value: "vault-database", insteadOf: ["databasePassword"] },
  "existingSecrets.encryptionKey": { value: "vault-encryption-key", insteadOf: ["encryptionKey"] },
  "existingSecrets.apiKeys": { value: "vault-api-keys", insteadOf: ["apiKeys"] },
  "existingSecrets.issuingCa": { value: "vault-ca", insteadOf: ["caCertificate", "caPrivateKey"] },
};

function secretCases(): Record<string, ArgumentCase> {
  const changed = [
    "databasePassword",
    "encryptionKey",
    "apiKeys.admin",
    "apiKeys.enroll",
    "apiKeys.fleet",
    "apiKeys.metrics",
    "caCertificate",
    "caPrivateKey",
    "tlsCertificate",
    "tlsPrivateKey",
    "tlsCaCertificate",
    "previousApiKeys.admin",
    "previousApiKeys.fleet",
    "previousApiKeys.metrics",
    "smtpPassword",
  ];
  return {
    ...Object.fromEntries(
      changed.map((path) => [
        path,
        { value: placeholder(`another.${path}`), ...(path === "smtpPassword" && { given: smtp }) },
      ]),
    ),
    secretEnv: { value: { CERTCTL_TEAMS_WEBHOOK_URL: "https://hooks.example.com/teams" } },
  };
}
