import { boolean, duration, integer, open, path, secret, text, url } from "./variable";
import type { Variable, VariableGroup } from "./variable";

export const discoveryGroup: VariableGroup = {
  title: "Discovery and health checks",
  variables: [
    open(
      "CERTCTL_CLOUD_DISCOVERY_ENABLED",
      boolean,
      "false",
      "Look for certificates in cloud secret stores.",
    ),
    open("CERTCTL_CLOUD_DISCOVERY_INTERVAL", duration("1s"), "6h", "Time between looks."),
    open("CERTCTL_AWS_SM_DISCOVERY_ENABLED", boolean, "false", "Look in AWS Secrets Manager."),
    open("CERTCTL_AWS_SM_REGION", text, "", "Region of AWS Secrets Manager."),
    open("CERTCTL_AWS_SM_TAG_FILTER", text, "type=certificate", "Tag of the secrets to look at."),
    open("CERTCTL_AWS_SM_NAME_PREFIX", text, "", "Prefix of the names of the secrets to look at."),
    open("CERTCTL_AZURE_KV_DISCOVERY_ENABLED", boolean, "false", "Look in Azure Key Vault."),
    open("CERTCTL_AZURE_KV_VAULT_URL", url, "", "The vault."),
    open("CERTCTL_AZURE_KV_TENANT_ID", text, "", "Tenant of the application that reads it."),
    open("CERTCTL_AZURE_KV_CLIENT_ID", text, "", "The application."),
    secret("CERTCTL_AZURE_KV_CLIENT_SECRET", "Secret of the application."),
    open("CERTCTL_GCP_SM_DISCOVERY_ENABLED", boolean, "false", "Look in Google Secret Manager."),
    open("CERTCTL_GCP_SM_PROJECT", text, "", "Project of Google Secret Manager."),
    open("CERTCTL_GCP_SM_CREDENTIALS", path, "", "Service account key (JSON file)."),
    open(
      "CERTCTL_HEALTH_CHECK_ENABLED",
      boolean,
      "false",
      "Connect to known endpoints and check their certificates.",
    ),
    open("CERTCTL_HEALTH_CHECK_INTERVAL", duration("1s"), "60s", "Time between rounds."),
    open("CERTCTL_HEALTH_CHECK_DEFAULT_TIMEOUT", integer(1), "5000", "Time for one check, in milliseconds."),
    open("CERTCTL_HEALTH_CHECK_MAX_CONCURRENT", integer(1), "20", "Checks at the same time."),
    open(
      "CERTCTL_HEALTH_CHECK_HISTORY_RETENTION",
      duration("1s"),
      "720h",
      "Time for which results are kept.",
    ),
    open("CERTCTL_HEALTH_CHECK_AUTO_CREATE", boolean, "true", "Check what agents have deployed."),
  ],
};

/** Of the Go runtime: the server and the agent read them alike. */
export const runtimeVariables: Variable[] = [
  ...["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy"].map((name) =>
    open(name, text, "", "Proxy of outgoing connections, or the names that need none."),
  ),
  open("TZ", text, "UTC", "Time zone of times without one."),
  open("GOMEMLIMIT", text, "", "Soft memory limit of the Go runtime, such as `400MiB`."),
  open("GOMAXPROCS", integer(1), "CPU cores", "Threads that run Go code at the same time."),
  open("GOGC", text, "100", "Growth of the heap, in percent, until it is collected."),
  open("GODEBUG", text, "", "Debug settings of the Go runtime."),
];

export const foreignGroup: VariableGroup = {
  title: "Variables of libraries",
  variables: [
    ...runtimeVariables,
    open("SSL_CERT_FILE", path, "", "CA certificates (PEM) instead of the image's roots."),
    open("SSL_CERT_DIR", path, "", "Directory of CA certificates instead of the image's."),
    open("PGAPPNAME", text, "", "Name that PostgreSQL lists the connections under."),
    open(
      "PGOPTIONS",
      text,
      "",
      "Settings of PostgreSQL for each connection, such as `-c statement_timeout=30s`.",
    ),
    open("PGTZ", text, "", "Time zone of the connections."),
    open("PGSSLCERT", path, "", "Client certificate for PostgreSQL (PEM)."),
    open("PGSSLKEY", path, "", "Its private key (PEM), in a mount with `ownerOnly`."),
    secret(
      "AWS_SECRET_ACCESS_KEY",
      "Static credentials of AWS; better none: an identity of the pod needs no key.",
    ),
    secret("AWS_SESSION_TOKEN", "Token of temporary credentials of AWS."),
  ],
};

/** Families whose names their libraries define. */
export const foreignFamilies = [
  {
    prefix: "OTEL_",
    kind: text,
    note: "OpenTelemetry's standard variables; they need `CERTCTL_OTEL_ENABLED`.",
  },
  { prefix: "AWS_", kind: text, note: "The AWS SDK's variables, such as `AWS_REGION`." },
] as const;
