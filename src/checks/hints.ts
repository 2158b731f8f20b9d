const notRead = "certctl has no such setting";
const httpOnly = "http-01 is the only one that works; dns-01 needs an issuer created over the API";
const secretKey = (name: string): string => `it is a secret of its own: pulumi config set --secret ${name}`;
const variable = (name: string): string =>
  `it is secret: set the variable ${name} in secretEnv or server.envFromSecrets`;

function probeKeys(path: string, startup: string): Record<string, string> {
  const fixed = "what is asked is fixed";
  const keys = { httpGet: fixed, exec: fixed, tcpSocket: fixed, initialDelaySeconds: startup };
  const probes = ["livenessProbe", "readinessProbe"];
  return Object.fromEntries(
    probes.flatMap((probe) => Object.entries(keys).map(([key, hint]) => [`${path}.${probe}.${key}`, hint])),
  );
}

/** Keys of the Helm chart that have another name or place here, by path. */
export const chartKeys: Readonly<Record<string, string>> = {
  postgresql: "the bundled PostgreSQL is database.bundled",
  externalDatabase: "an existing PostgreSQL is database.mode: external, with database.external",
  agent: "it is agents here",
  certctl: "write its keys at the top, with the prefix certctl:",
  global: "there are no global values; see namespace, commonLabels and images",
  image: "images are images.server, images.agent and images.postgres",
  imagePullSecrets: "it is images.pullSecrets",
  customLabels: "it is commonLabels",
  customAnnotations: "annotations are offered for the Service: server.service.annotations",
  nameOverride: "names are derived from the component's name",
  fullnameOverride: "names are derived from the component's name",
  serviceAccount:
    "every part has a service account of its own, without a token; annotations are server.serviceAccount.annotations",
  "server.serviceAccount.create": "it is always created",
  "server.serviceAccount.name": "the name is derived from the component's",
  rbac: "no part uses the Kubernetes API, so none needs rights",
  kubernetesSecrets: "the target is a stub in certctl 2.1",
  nodeAffinity: "it is server.scheduling.affinity.nodeAffinity",
  podAffinity: "it is server.scheduling.affinity.podAffinity",
  podAntiAffinity: "it is server.scheduling.affinity.podAntiAffinity",
  ingress: "it is exposure.mode: ingress, with exposure.ingress",
  podDisruptionBudget: "it is server.podDisruptionBudget",
  networkPolicy: "it is network, and on by default",
  "monitoring.prometheusRules": "it is monitoring.rules",
  "monitoring.serviceMonitor.bearerTokenSecret":
    "the ServiceMonitor reads the metrics key where the server does",
  "monitoring.serviceMonitor.tlsConfig": "CA and server name follow tls.trust and the Service",
  "monitoring.rules.thresholds": "each alert has its own: monitoring.rules.alerts.<name>.threshold and .for",
  "server.image": "it is images.server",
  "server.tls": "it is tls, at the top",
  "server.auth.apiKey": secretKey("--path certctl:apiKeys.admin, and the other duties"),
  "server.auth.secret": secretKey("--path certctl:apiKeys.admin, and the other duties"),
  "server.smtp.password": secretKey("certctl:smtpPassword"),
  "server.smtp.enabled": "mail is on when server.smtp is there",
  "server.smtp.useTLS": "did you mean server.smtp.useTls?",
  "server.smtp.from": "did you mean server.smtp.fromAddress?",
  "server.issuer.local": "give caCertificate and caPrivateKey: iss-local signs with them",
  "server.issuer.openssl.enabled": "scripts are on when server.issuer.openssl is there",
  "server.issuer.openssl.timeoutSeconds": notRead,
  "server.issuer.stepca": "it is server.issuer.stepCa",
  "server.issuer.stepCa.enabled": "step-ca is on when server.issuer.stepCa is there",
  "server.issuer.stepCa.intermediateCAPath": notRead,
  "server.issuer.stepCa.provisionerPassword": variable("CERTCTL_STEPCA_PASSWORD"),
  "server.issuer.stepCa.rootCAPath": "it is server.issuer.stepCa.rootCertificate",
  "server.issuer.stepCa.provisionerName": "it is server.issuer.stepCa.provisioner",
  "server.issuer.acme.challengeType": httpOnly,
  "server.issuer.acme.dnsPresentScript": httpOnly,
  "server.issuer.acme.dnsCleanupScript": httpOnly,
  "server.issuer.acme.dnsPropagationWait": httpOnly,
  "server.issuer.acme.dnsPersistIssuerDomain": httpOnly,
  "server.issuer.acme.eabKid": notRead,
  "server.issuer.acme.eabHmac": notRead,
  "server.issuer.acme.enabled": "ACME is on when server.issuer.acme is there",
  "server.notifiers.slack.enabled": "Slack is on when server.notifiers.slack is there",
  "server.notifiers.slack.webhookUrl": variable("CERTCTL_SLACK_WEBHOOK_URL"),
  "server.notifiers.slack.iconEmoji": notRead,
  "server.notifiers.teams": variable("CERTCTL_TEAMS_WEBHOOK_URL"),
  "server.notifiers.pagerduty.enabled": "PagerDuty is on when server.notifiers.pagerduty is there",
  "server.notifiers.pagerduty.routingKey": variable("CERTCTL_PAGERDUTY_ROUTING_KEY"),
  "server.notifiers.opsgenie.enabled": "Opsgenie is on when server.notifiers.opsgenie is there",
  "server.notifiers.opsgenie.apiKey": variable("CERTCTL_OPSGENIE_API_KEY"),
  "server.est.enabled": "EST is on when server.est is there",
  "server.est.issuerID":
    "it is server.est.open.issuerId, or the issuerId of a profile in server.est.profiles",
  "server.est.profileID":
    "it is server.est.open.profileId, or the profileId of a profile in server.est.profiles",
  "server.scep.enabled": "SCEP is on when server.scep is there",
  "server.keygen": "agents always make the private keys",
  "server.securityContext": "every pod is restricted; that is no choice",
  ...probeKeys("server", "server.lifecycle.startupTimeoutSeconds is how long a start may take"),
  ...probeKeys("database.bundled", "a start may take five minutes"),
  "server.logging.format": "certctl always writes JSON",
  "server.service.port": "it is server.port",
  "server.volumes": "it is server.mounts",
  "server.volumeMounts": "it is server.mounts",
  "server.extraVolumes": "it is server.mounts",
  "server.extraEnv": "it is server.env",
  "server.nodeSelector": "it is server.scheduling.nodeSelector",
  "server.tolerations": "it is server.scheduling.tolerations",
  "server.affinity": "it is server.scheduling.affinity",
  "database.url":
    "give host, port, database and user in database.external, and the password as the secret databasePassword",
  "database.password": secretKey("certctl:databasePassword"),
  "database.external.url": "give host, port, database and user; the password is the secret databasePassword",
  "database.external.password": secretKey("certctl:databasePassword"),
  "database.external.username": "did you mean database.external.user?",
  "database.bundled.password": secretKey("certctl:databasePassword"),
  "database.bundled.username": "did you mean database.bundled.user?",
  "database.bundled.auth": "it is database.bundled.database and .user, and the secret databasePassword",
  "database.bundled.enabled": "it is database.mode",
  "database.bundled.image": "it is images.postgres",
  "database.bundled.postgresqlConfig": "it is database.bundled.parameters",
  "agents.image": "it is images.agent",
  "agents.name": "an agent's name is that of its pod, or of its node",
  "agents.keyDir": "the agent keeps its keys on a volume of its own",
  "agents.discoveryDirs": "did you mean agents.discoveryDirectories?",
  "agents.nodeSelector": "it is agents.scheduling.nodeSelector",
  "agents.tolerations": "it is agents.scheduling.tolerations",
  "agents.affinity": "it is agents.scheduling.affinity",
  "backup.image": "it is images.postgres",
  "backup.imagePullPolicy": "it is images.pullPolicy",
  "backup.s3": "it is backup.sink.s3, with backup.sink.mode: s3",
  "backup.pvc": "it is backup.sink.pvc, and the claim's name is existingClaim",
  "backup.tolerations": "it is backup.scheduling.tolerations",
  "migrations.viaHook": "a Job is the default; see migrations.mode",
  "network.extraIngress": "who connects to the server is network.serverCallers",
  "network.extraEgress": "what the server connects to is network.serverDestinations",
  "tls.mountPath": "certctl finds the files; there is no need to choose a path",
  "tls.certManager.secretName": "the Secret's name is derived from the component's",
  "tls.certManager.enabled": "it is tls.mode: certManager",
  "tls.certManager.dnsNames": "names of the Service are always there; others are tls.extraDnsNames",
};

/** What to add when a value is refused, by definition and value; `any` stands for every value. */
const valueHints: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  AuthType: {
    jwt: "certctl has removed it; use oidc, or a gateway that logs in and calls with an API key",
  },
  RateLimitBackend: { any: "use postgres when server.replicas is above 1" },
  SslMode: { prefer: "it falls back to an open connection", allow: "it falls back to an open connection" },
  AgentsKind: { Deployment: "its pods would lose their identity and keys at each restart" },
  MigrationMode: { hook: "job is what the chart's hook was meant to be" },
  TlsMode: { any: "npm run secrets makes a certificate for mode provided" },
  Origin: { "*": "certctl refuses a wildcard" },
};

/** What to add to a message about a refused value. */
export function hintForValue(definition: string | undefined, value: unknown): string {
  const hints = definition === undefined ? undefined : valueHints[definition];
  const hint = hints?.[String(value)] ?? hints?.any;
  return hint === undefined ? "" : `; ${hint}`;
}
