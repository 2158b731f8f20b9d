import { placeholder } from "../../src/checks/placeholders";
import type { ArgumentCase } from "./argument-cases";
import { fileAt, fileCases, probeCases, resourceCases, schedulingCases, withGiven } from "./argument-cases";

/** A mail server. */
export const smtp = {
  "server.smtp.host": "mail.example.com",
  "server.smtp.fromAddress": "certctl@example.com",
};
const digest = { ...smtp, "server.digest.recipients": ["ops@example.com"] };
const acme = {
  "server.issuer.acme.directoryUrl": "https://acme.example.com/directory",
  "server.issuer.acme.email": "ops@example.com",
};
const autoscaling = { "server.autoscaling.maxReplicas": 4 };
const notifiers = {
  secretEnv: {
    CERTCTL_SLACK_WEBHOOK_URL: "https://hooks.example.com/slack",
    CERTCTL_PAGERDUTY_ROUTING_KEY: "routing-key",
    CERTCTL_OPSGENIE_API_KEY: "api-key",
  },
};
const stepCaServer = {
  secretEnv: { CERTCTL_STEPCA_PASSWORD: "provisioner-password" },
  "server.issuer.stepCa.url": "https://step-ca.example.com",
  "server.issuer.stepCa.provisioner": "certctl",
};
const stepCa = { ...stepCaServer, ...fileAt("server.issuer.stepCa.provisionerKey") };
const openssl = fileAt("server.issuer.openssl.signScript");
const scep = { issuerId: "iss-local", raSecret: "scep-ra" };
const scepPassword = { secretEnv: { CERTCTL_SCEP_PROFILE_CORP_CHALLENGE_PASSWORD: "let-me-in" } };
const defaultScep = {
  secretEnv: { CERTCTL_SCEP_CHALLENGE_PASSWORD: "let-me-in" },
  "server.scep.default.issuerId": "iss-local",
  "server.scep.default.raSecret": "scep-ra",
};

const behindGateway = {
  "server.auth.type": "none",
  "server.auth.gateway.image": "registry.example.com/gateway:1",
};

/** Every argument of the server. */
export const serverCases: Record<string, ArgumentCase> = {
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
  "server.auth.gateway.envFromSecrets": {
    value: { COOKIE_SECRET: { name: "gateway", key: "cookie" } },
    given: behindGateway,
  },
  "server.auth.gateway.mounts": {
    value: [{ mountPath: "/etc/gateway", configMap: "gateway" }],
    given: behindGateway,
  },
  "server.auth.gateway.upstreamPort": { value: 9444, given: behindGateway },
  ...withGiven(resourceCases("server.auth.gateway.resources"), behindGateway),
  "server.service.type": { value: "NodePort" },
  "server.service.annotations": { value: { "example.com/pool": "internal" } },
  "server.service.sourceRanges": {
    value: ["192.0.2.0/24"],
    given: { "server.service.type": "LoadBalancer" },
  },
  "server.service.externalTrafficPolicy": {
    value: "Local",
    given: { "server.service.type": "LoadBalancer" },
  },
  "server.service.sessionAffinity": { value: "ClientIP" },
  "server.service.sessionAffinityTimeoutSeconds": {
    value: 600,
    given: { "server.service.sessionAffinity": "ClientIP" },
  },
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
  "server.issuer.stepCa.url": { value: "https://other.example.com", given: stepCa },
  "server.issuer.stepCa.provisioner": { value: "pki", given: stepCa },
  ...fileCases("server.issuer.stepCa.provisionerKey", stepCaServer),
  ...fileCases("server.issuer.stepCa.rootCertificate", stepCa),
  ...fileCases("server.issuer.openssl.signScript", {}),
  ...fileCases("server.issuer.openssl.revokeScript", openssl),
  ...fileCases("server.issuer.openssl.crlScript", openssl),
  "server.notifiers.slack.channel": { value: "#pki", given: notifiers },
  "server.notifiers.slack.username": { value: "pki", given: notifiers },
  "server.notifiers.pagerduty.severity": { value: "critical", given: notifiers },
  "server.notifiers.opsgenie.priority": { value: "P1", given: notifiers },
  "server.notifiers.webhook.url": { value: "https://hooks.example.com/certctl" },
  "server.est.profiles": {
    value: {
      corp: { issuerId: "iss-local", authModes: ["mtls"], clientCas: { configMap: "cas", key: "ca.crt" } },
    },
  },
  "server.est.open.issuerId": { value: "iss-stepca" },
  "server.est.open.profileId": { value: "prof-lab" },
  "server.scep.profiles": { value: { corp: { ...scep, profileId: "prof-lab" } }, together: scepPassword },
  "server.scep.default.issuerId": { value: "iss-stepca", given: defaultScep },
  "server.scep.default.profileId": { value: "prof-lab", given: defaultScep },
  "server.scep.default.raSecret": { value: "other-ra", given: defaultScep },
  "server.networkScan.enabled": { value: true },
  "server.networkScan.interval": { value: "12h" },
  "server.blockPrivateNetworks": { value: true },
  "server.maxBodySize": { value: 2097152 },
  "server.lifecycle.startupTimeoutSeconds": { value: 300 },
  "server.lifecycle.preStopSeconds": { value: 20 },
  "server.lifecycle.shutdownTimeoutSeconds": { value: 60 },
  ...probeCases("server"),
  "server.serviceAccount.annotations": {
    value: { "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/certctl" },
  },
  "server.mounts": { value: [{ mountPath: "/etc/certctl/scep", secret: "scep-ra", ownerOnly: true }] },
  "server.env": { value: { CERTCTL_SESSION_IDLE_TIMEOUT: "2h" } },
  "server.envFromSecrets": { value: { CERTCTL_SLACK_WEBHOOK_URL: { name: "slack", key: "url" } } },
  ...schedulingCases("server.scheduling"),
};
