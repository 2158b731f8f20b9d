import { placeholder } from "../../src/config/placeholders";
import { monitoringCases } from "./monitoring-arguments";

/** One argument set to something else than its default, in a configuration where it applies. */
export interface ArgumentCase {
  value: unknown;
  /** Other arguments that make this one apply, in both of the compared configurations. */
  given?: Record<string, unknown>;
  /** Other arguments that can only be set together with it. */
  together?: Record<string, unknown>;
  /** Arguments whose place it takes. */
  insteadOf?: string[];
}

const smtp = { "server.smtp.host": "mail.example.com", "server.smtp.fromAddress": "certctl@example.com" };
const digest = { ...smtp, "server.digest.recipients": ["ops@example.com"] };
const acme = { "server.issuer.acme.directoryUrl": "https://acme.example.com/directory", "server.issuer.acme.email": "ops@example.com" };
const external = { "database.mode": "external", "database.external.host": "db.example.com" };
const onNodes = { "agents.kind": "DaemonSet", tlsCaCertificate: placeholder("tlsCaCertificate") };
const certManager = { "tls.mode": "certManager", "tls.certManager.issuerRef.name": "private-ca" };
const trustConfigMap = { "tls.trust.mode": "configMap", "tls.trust.configMap.name": "company-cas" };
const backups = { "backup.enabled": true };
const toleration = [{ key: "dedicated", operator: "Exists", effect: "NoSchedule" }];
const autoscaling = { "server.autoscaling.maxReplicas": 4 };
const ingress = { "exposure.mode": "ingress", "exposure.ingress.hosts": ["certctl.example.com"] };
const ingressIssuer = { ...ingress, "exposure.ingress.certManager.issuerRef.name": "private-ca" };
const alb = { ...ingress, "exposure.ingress.controller": "alb", "exposure.ingress.callers": [{ cidr: "10.20.0.0/16" }] };
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
const behindGateway = { "server.auth.type": "none", "server.auth.gateway.image": "registry.example.com/gateway:1" };
const nodeTerm = {
  requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: "disk", operator: "Exists" }] }] },
};
const podTerm = { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { app: "x" } }, topologyKey: "zone" }] };

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
  "images.pullPolicy": { value: "Always" },
  "images.pullSecrets": { value: ["registry-login"] },

  "server.replicas": { value: 2 },
  "server.autoscaling.minReplicas": { value: 3, given: autoscaling },
  "server.autoscaling.maxReplicas": { value: 5, given: autoscaling },
  "server.autoscaling.targetCpuPercent": { value: 50, given: autoscaling },
  "server.podDisruptionBudget.enabled": { value: false, given: { "server.replicas": 3 } },
  "server.podDisruptionBudget.maxUnavailable": { value: 2, given: { "server.replicas": 3 } },
  "server.port": { value: 9443 },
  ...resourceCases("server.resources"),
  "server.maxConnections": { value: 60 },
  "server.auth.type": { value: "oidc" },
  "server.auth.gateway.image": { value: "registry.example.com/gateway:2", given: behindGateway },
  "server.auth.gateway.args": { value: ["--config", "/etc/gateway/config"], given: behindGateway },
  "server.auth.gateway.env": { value: { LOG_LEVEL: "debug" }, given: behindGateway },
  "server.auth.gateway.envFromSecrets": { value: { COOKIE_SECRET: { name: "gateway", key: "cookie" } }, given: behindGateway },
  "server.auth.gateway.mounts": { value: [{ mountPath: "/etc/gateway", configMap: "gateway" }], given: behindGateway },
  "server.auth.gateway.upstreamPort": { value: 9444, given: behindGateway },
  ...withGiven(resourceCases("server.auth.gateway.resources"), behindGateway),
  "server.service.type": { value: "NodePort" },
  "server.service.annotations": { value: { "example.com/pool": "internal" } },
  "server.service.sourceRanges": { value: ["192.0.2.0/24"], given: { "server.service.type": "LoadBalancer" } },
  "server.service.externalTrafficPolicy": { value: "Local", given: { "server.service.type": "LoadBalancer" } },
  "server.service.sessionAffinity": { value: "ClientIP" },
  "server.service.sessionAffinityTimeoutSeconds": { value: 600, given: { "server.service.sessionAffinity": "ClientIP" } },
  "server.logging.level": { value: "debug" },
  "server.cors.origins": { value: ["https://portal.example.com"] },
  "server.rateLimiting.enabled": { value: false },
  "server.rateLimiting.rps": { value: 80 },
  "server.rateLimiting.burst": { value: 333 },
  "server.rateLimiting.backend": { value: "postgres" },
  "server.rateLimiting.janitorInterval": { value: "7m" },
  "server.rateLimiting.bucketTtl": { value: "2h" },
  "server.scheduler.renewalCheckInterval": { value: "30m" },
  "server.scheduler.jobProcessorInterval": { value: "1h" },
  "server.scheduler.jobClaimLimit": { value: 50 },
  "server.scheduler.renewalConcurrency": { value: 10 },
  "server.scheduler.agentHealthCheckInterval": { value: "3m" },
  "server.scheduler.notificationProcessInterval": { value: "3m" },
  "server.scheduler.notificationRetryInterval": { value: "3m" },
  "server.scheduler.retryInterval": { value: "3m" },
  "server.scheduler.jobTimeoutInterval": { value: "3m" },
  "server.scheduler.crlGenerationInterval": { value: "3h" },
  "server.smtp.host": { value: "other.example.com", given: smtp },
  "server.smtp.port": { value: 2465, given: smtp },
  "server.smtp.username": { value: "certctl", given: { ...smtp, smtpPassword: placeholder("smtpPassword") } },
  "server.smtp.fromAddress": { value: "pki@example.com", given: smtp },
  "server.smtp.useTls": { value: false, given: smtp },
  "server.digest.enabled": { value: false, given: digest },
  "server.digest.interval": { value: "12h", given: digest },
  "server.digest.recipients": { value: ["pki@example.com"], given: digest },
  "server.issuer.acme.directoryUrl": { value: "https://other.example.com/directory", given: acme },
  "server.issuer.acme.email": { value: "pki@example.com", given: acme },
  "server.networkScan.enabled": { value: true },
  "server.networkScan.interval": { value: "12h" },
  "server.blockPrivateNetworks": { value: true },
  "server.maxBodySize": { value: 2097152 },
  "server.lifecycle.startupTimeoutSeconds": { value: 300 },
  "server.lifecycle.preStopSeconds": { value: 20 },
  "server.lifecycle.shutdownTimeoutSeconds": { value: 60 },
  "server.mounts": { value: [{ mountPath: "/etc/certctl/scep", secret: "scep-ra", ownerOnly: true }] },
  "server.env": { value: { CERTCTL_SESSION_IDLE_TIMEOUT: "2h" } },
  "server.envFromSecrets": { value: { CERTCTL_SLACK_WEBHOOK_URL: { name: "slack", key: "url" } } },
  ...schedulingCases("server.scheduling"),

  "exposure.mode": { value: "ingress", together: { "exposure.ingress.hosts": ["certctl.example.com"] } },
  "exposure.ingress.controller": { value: "traefik", given: ingress },
  "exposure.ingress.className": { value: "public", given: ingress },
  "exposure.ingress.hosts": { value: ["pki.example.com"], given: ingress },
  "exposure.ingress.tlsSecret": { value: "public-tls", given: ingress },
  "exposure.ingress.certManager.issuerRef.name": { value: "letsencrypt", given: ingress },
  "exposure.ingress.certManager.issuerRef.kind": { value: "Issuer", given: ingressIssuer },
  "exposure.ingress.certManager.issuerRef.group": { value: "example.com", given: ingressIssuer },
  "exposure.ingress.alb.scheme": { value: "internet-facing", given: alb },
  "exposure.ingress.alb.certificateArn": { value: "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c", given: alb },
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
  "backup.enabled": { value: true },
  "backup.schedule": { value: "@hourly", given: backups },
  "backup.timeZone": { value: "Europe/Berlin", given: backups },
  "backup.suspend": { value: true, given: backups },
  "backup.sink.pvc.storage.size": { value: "30Gi", given: backups },
  "backup.sink.pvc.storage.storageClass": { value: "slow", given: backups },
  "backup.sink.pvc.existingClaim": { value: "nfs", given: backups },
  "backup.sink.pvc.retention.days": { value: 90, given: backups },
  "backup.sink.pvc.retention.count": { value: 10, given: backups },
  "backup.compression": { value: 1, given: backups },
  "backup.startingDeadlineSeconds": { value: 60, given: backups },
  "backup.activeDeadlineSeconds": { value: 600, given: backups },
  "backup.backoffLimit": { value: 3, given: backups },
  "backup.successfulJobsHistoryLimit": { value: 1, given: backups },
  "backup.failedJobsHistoryLimit": { value: 1, given: backups },
  ...withGiven(resourceCases("backup.resources"), backups),
  ...withGiven(schedulingCases("backup.scheduling"), backups),
  "backup.drill.enabled": { value: false, given: backups },
  "backup.drill.schedule": { value: "@weekly", given: backups },
  "backup.drill.suspend": { value: true, given: backups },
  "backup.drill.activeDeadlineSeconds": { value: 600, given: backups },
  "backup.drill.storageSize": { value: "7Gi", given: backups },
  ...withGiven(resourceCases("backup.drill.resources"), backups),
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
  "network.serverCallers": { value: [{ namespaceLabels: { "kubernetes.io/metadata.name": "ingress-nginx" } }] },
  "network.serverDestinations": { value: [{ cidr: "10.20.0.0/16", except: ["10.20.4.0/24"], ports: [8200] }] },
  "network.agentDestinations": { value: [{ podLabels: { app: "haproxy" }, ports: [5555] }] },
  "network.databaseDestinations": { value: [{ cidr: "10.40.0.0/24" }], given: external },
  "network.dns": { value: [{ cidr: "169.254.20.10/32" }] },

  "tls.mode": { value: "existingSecret", together: { "tls.existingSecret.name": "server-tls" } },
  "tls.existingSecret.name": { value: "other-tls", given: { "tls.mode": "existingSecret", "tls.existingSecret.name": "server-tls" } },
  "tls.certManager.issuerRef.name": { value: "other-ca", given: certManager },
  "tls.certManager.issuerRef.kind": { value: "Issuer", given: certManager },
  "tls.certManager.issuerRef.group": { value: "example.com", given: certManager },
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

function withGiven(cases: Record<string, ArgumentCase>, given: Record<string, unknown>): Record<string, ArgumentCase> {
  return Object.fromEntries(Object.entries(cases).map(([path, one]) => [path, { ...one, given }]));
}

function resourceCases(path: string): Record<string, ArgumentCase> {
  return {
    [`${path}.requests.cpu`]: { value: "33m" },
    [`${path}.requests.memory`]: { value: "33Mi" },
    [`${path}.limits.cpu`]: { value: "5" },
    [`${path}.limits.memory`]: { value: "5Gi" },
  };
}

function schedulingCases(path: string): Record<string, ArgumentCase> {
  return {
    [`${path}.nodeSelector`]: { value: { pool: "pki" } },
    [`${path}.tolerations`]: { value: toleration },
    [`${path}.affinity.nodeAffinity`]: { value: nodeTerm },
    [`${path}.affinity.podAffinity`]: { value: podTerm },
    [`${path}.affinity.podAntiAffinity`]: { value: podTerm },
    [`${path}.priorityClassName`]: { value: "important" },
  };
}

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
      changed.map((path) => [path, { value: placeholder(`another.${path}`), ...(path === "smtpPassword" && { given: smtp }) }]),
    ),
    secretEnv: { value: { CERTCTL_TEAMS_WEBHOOK_URL: "https://hooks.example.com/teams" } },
  };
}
