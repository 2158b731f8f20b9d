import type { CertctlArgs } from "../../src/certctl-args";

/** Configurations, by name, besides those of the two stacks: each must boot. */
export const configurations: Record<string, CertctlArgs> = {
  "another port": { server: { port: 9443 } },
  "an Ingress and an autoscaler": {
    server: { autoscaling: { minReplicas: 2, maxReplicas: 4 } },
    exposure: {
      mode: "ingress",
      ingress: { hosts: ["certctl.example.com"], certManager: { issuerRef: { name: "letsencrypt" } } },
    },
  },
  "the largest fleet": {
    fleetSize: "large",
    server: { replicas: 5, rateLimiting: { backend: "postgres" }, service: { sessionAffinity: "ClientIP" } },
  },
  "migration by the server": { migrations: { mode: "server" } },
  "every scheduler interval": {
    server: {
      scheduler: {
        renewalCheckInterval: "1m",
        jobProcessorInterval: "1s",
        agentHealthCheckInterval: "1s",
        notificationProcessInterval: "1s",
        notificationRetryInterval: "1s",
        retryInterval: "1s",
        jobTimeoutInterval: "1s",
        crlGenerationInterval: "5m",
        renewalConcurrency: 1,
        jobClaimLimit: 1,
      },
    },
  },
  "rate limits by the second": {
    server: { rateLimiting: { rps: 0.5, burst: 1, janitorInterval: "1m", bucketTtl: "1m" } },
  },
  "no rate limits": { server: { rateLimiting: { enabled: false } } },
  "mail with a digest": {
    server: {
      smtp: { host: "mail.example.com", username: "certctl", fromAddress: "certctl@example.com" },
      digest: { recipients: ["a@example.com", "b@example.com"] },
    },
    smtpPassword: "p,a:s s",
  },
  "an ACME issuer": {
    server: {
      issuer: { acme: { directoryUrl: "https://acme.example.com/directory", email: "ops@example.com" } },
    },
  },
  "an EST that asks for a password, and notifiers": {
    server: {
      est: { profiles: { "corp-1": { issuerId: "iss-local", authModes: ["basic"], enrollmentsPerDay: 5 } } },
      notifiers: { slack: { channel: "#pki" }, webhook: { url: "https://hooks.example.com/certctl" } },
    },
    secretEnv: {
      "CERTCTL_EST_PROFILE_CORP-1_ENROLLMENT_PASSWORD": "let-me-in",
      CERTCTL_SLACK_WEBHOOK_URL: "https://hooks.example.com/x",
    },
  },
  "an EST that asks for nothing": { server: { est: { open: { issuerId: "iss-local" } } } },
  "no authentication behind a gateway": {
    server: { auth: { type: "none", gateway: { image: "registry.example.com/gateway:1" } } },
  },
  "OpenID Connect": { server: { auth: { type: "oidc" } } },
  "keys that are being rotated": {
    previousApiKeys: { admin: "a".repeat(40), fleet: "f".repeat(40), metrics: "m".repeat(40) },
  },
  "no issuing CA": { caCertificate: undefined, caPrivateKey: undefined },
  "further variables": {
    server: {
      env: {
        CERTCTL_SESSION_IDLE_TIMEOUT: "30m",
        CERTCTL_OCSP_RATE_LIMIT_PER_IP_MIN: "0",
        CERTCTL_TRUSTED_PROXIES: "10.0.0.0/8",
      },
    },
    secretEnv: { CERTCTL_SLACK_WEBHOOK_URL: "https://hooks.example.com/x" },
  },
  "an external database with a CA": {
    database: {
      mode: "external",
      external: { host: "db.example.com", port: 6432, user: "pki", database: "pki", sslMode: "verify-full" },
    },
  },
  "network scans and CORS": {
    server: {
      networkScan: { enabled: true, interval: "1h" },
      cors: { origins: ["https://a.example", "https://b.example"] },
    },
  },
  "backups in a bucket on AWS": {
    backup: {
      enabled: true,
      sink: {
        mode: "s3",
        s3: {
          bucket: "backups",
          region: "eu-central-1",
          identity: { irsa: { roleArn: "arn:aws:iam::123456789012:role/backup" } },
        },
      },
    },
  },
  "backups in a store outside AWS": {
    backup: {
      enabled: true,
      sink: {
        mode: "s3",
        s3: {
          bucket: "backups",
          region: "us-east-1",
          endpoint: "https://minio.storage.svc:9000",
          identity: { mode: "accessKeys", accessKeys: { secretName: "minio-backups" } },
        },
      },
    },
  },
  "node agents with discovery": {
    agents: { kind: "DaemonSet", node: { discoveryDirectories: ["/etc/ssl/certs", "/etc/pki"] } },
  },
  "agents that log everything": { agents: { logLevel: "debug", discoveryDirectories: ["/srv/a", "/srv/b"] } },
};
