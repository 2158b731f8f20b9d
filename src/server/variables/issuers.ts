import { mailPort } from "../mail-port";
import type { ServerSettings } from "../server-args";
import {
  boolean,
  choice,
  dead,
  fixed,
  governed,
  governedElsewhere,
  governedFile,
  integer,
  open,
  path,
  secret,
  text,
  url,
} from "./variable";
import type { Variable, VariableGroup, VariableRow } from "./variable";

const mail = "server.smtp";

export const notificationGroup: VariableGroup = {
  title: "Notifications",
  variables: [
    governed("CERTCTL_SMTP_HOST", `${mail}.host`, ({ smtp }) => smtp?.host),
    governed("CERTCTL_SMTP_PORT", `${mail}.port`, ({ smtp }) => smtp && mailPort(smtp)),
    governed("CERTCTL_SMTP_USERNAME", `${mail}.username`, ({ smtp }) => smtp?.username),
    governedElsewhere("CERTCTL_SMTP_PASSWORD", "smtpPassword", { fromSecret: true }),
    governed("CERTCTL_SMTP_FROM_ADDRESS", `${mail}.fromAddress`, ({ smtp }) => smtp?.fromAddress),
    governed("CERTCTL_SMTP_USE_TLS", `${mail}.useTls`, ({ smtp }) => smtp && (smtp.useTls ?? true)),
    governed(
      "CERTCTL_DIGEST_ENABLED",
      "server.digest.enabled",
      ({ digest }) => digest && (digest.enabled ?? true),
    ),
    governed(
      "CERTCTL_DIGEST_INTERVAL",
      "server.digest.interval",
      ({ digest }) => digest && (digest.interval ?? "24h"),
    ),
    governed("CERTCTL_DIGEST_RECIPIENTS", "server.digest.recipients", ({ digest }) => digest?.recipients),
    secret("CERTCTL_SLACK_WEBHOOK_URL", "Incoming webhook of Slack.", url),
    governed(
      "CERTCTL_SLACK_CHANNEL",
      "server.notifiers.slack.channel",
      ({ notifiers }) => notifiers?.slack?.channel,
    ),
    governed(
      "CERTCTL_SLACK_USERNAME",
      "server.notifiers.slack.username",
      ({ notifiers }) => notifiers?.slack?.username,
    ),
    secret("CERTCTL_TEAMS_WEBHOOK_URL", "Incoming webhook of Microsoft Teams.", url),
    secret("CERTCTL_PAGERDUTY_ROUTING_KEY", "Routing key of a PagerDuty Events v2 integration."),
    governed(
      "CERTCTL_PAGERDUTY_SEVERITY",
      "server.notifiers.pagerduty.severity",
      ({ notifiers }) => notifiers?.pagerduty?.severity,
    ),
    secret("CERTCTL_OPSGENIE_API_KEY", "API key of Opsgenie."),
    governed(
      "CERTCTL_OPSGENIE_PRIORITY",
      "server.notifiers.opsgenie.priority",
      ({ notifiers }) => notifiers?.opsgenie?.priority,
    ),
    governed(
      "CERTCTL_WEBHOOK_URL",
      "server.notifiers.webhook.url",
      ({ notifiers }) => notifiers?.webhook?.url,
    ),
    secret(
      "CERTCTL_WEBHOOK_SECRET",
      "Key that the requests to `server.notifiers.webhook` are signed with (HMAC).",
    ),
  ],
};

const wait = (family: string): Variable =>
  open(
    `CERTCTL_${family}_POLL_MAX_WAIT_SECONDS`,
    integer(),
    "0",
    "Longest wait for the CA, in seconds; 0 for the server's own.",
  );
const clientPair = (family: string): Variable[] => [
  open(`CERTCTL_${family}_CLIENT_CERT_PATH`, path, "", "Client certificate (PEM)."),
  open(`CERTCTL_${family}_CLIENT_KEY_PATH`, path, "", "Private key of the client certificate (PEM)."),
];
// facts: issuers-are-seeded-once
const notSeeded = "certctl never puts it into the issuer; dns-01 needs an issuer created over the API";
const unverified = "it talks to the ACME server without verifying its certificate";

export const acmeIssuerGroup: VariableGroup = {
  title: "Issuers: local CA and ACME",
  variables: [
    governedElsewhere("CERTCTL_CA_CERT_PATH", "caCertificate"),
    governedElsewhere("CERTCTL_CA_KEY_PATH", "caPrivateKey"),
    governed(
      "CERTCTL_ACME_DIRECTORY_URL",
      "server.issuer.acme.directoryUrl",
      ({ issuer }) => issuer?.acme?.directoryUrl,
    ),
    governed("CERTCTL_ACME_EMAIL", "server.issuer.acme.email", ({ issuer }) => issuer?.acme?.email),
    fixed(
      "CERTCTL_ACME_CHALLENGE_TYPE",
      "http-01 is the only one that works; dns-01 needs an issuer created over the API",
      ({ issuer }) => issuer?.acme && "http-01",
    ),
    dead("CERTCTL_ACME_DNS_PRESENT_SCRIPT", notSeeded),
    dead("CERTCTL_ACME_DNS_CLEANUP_SCRIPT", notSeeded),
    dead("CERTCTL_ACME_DNS_PERSIST_ISSUER_DOMAIN", notSeeded),
    open("CERTCTL_ACME_PROFILE", text, "", "Certificate profile that orders ask for."),
    open("CERTCTL_ACME_ARI_ENABLED", boolean, "false", "Renew when the CA suggests it (ARI)."),
    fixed("CERTCTL_ACME_INSECURE", unverified),
    fixed("CERTCTL_ACME_INSECURE_ACK", unverified),
    open("CERTCTL_ZEROSSL_EAB_URL", url, "ZeroSSL's own", "Where credentials for ZeroSSL come from."),
  ],
};

export const commercialIssuerGroup: VariableGroup = {
  title: "Issuers: other CAs",
  variables: [
    governed("CERTCTL_STEPCA_URL", "server.issuer.stepCa.url", ({ issuer }) => issuer?.stepCa?.url),
    governed(
      "CERTCTL_STEPCA_PROVISIONER",
      "server.issuer.stepCa.provisioner",
      ({ issuer }) => issuer?.stepCa?.provisioner,
    ),
    secret("CERTCTL_STEPCA_PASSWORD", "Password of `server.issuer.stepCa.provisionerKey`."),
    open("CERTCTL_VAULT_ADDR", url, "", "HashiCorp Vault."),
    secret("CERTCTL_VAULT_TOKEN", "Token of Vault; certctl renews it."),
    open("CERTCTL_VAULT_MOUNT", text, "pki", "Path of Vault's PKI engine."),
    open("CERTCTL_VAULT_ROLE", text, "", "Role of Vault's PKI engine."),
    open("CERTCTL_VAULT_TTL", text, "8760h", "Lifetime of certificates from Vault."),
    secret("CERTCTL_DIGICERT_API_KEY", "API key of DigiCert CertCentral."),
    open("CERTCTL_DIGICERT_ORG_ID", text, "", "Organisation at DigiCert."),
    open("CERTCTL_DIGICERT_PRODUCT_TYPE", text, "ssl_basic", "Product at DigiCert."),
    open("CERTCTL_DIGICERT_BASE_URL", url, "CertCentral v2", "API of DigiCert."),
    wait("DIGICERT"),
    open("CERTCTL_SECTIGO_CUSTOMER_URI", text, "", "Customer URI at Sectigo."),
    open("CERTCTL_SECTIGO_LOGIN", text, "", "Login at Sectigo."),
    secret("CERTCTL_SECTIGO_PASSWORD", "Password at Sectigo."),
    open("CERTCTL_SECTIGO_ORG_ID", integer(), "0", "Organisation at Sectigo."),
    open("CERTCTL_SECTIGO_CERT_TYPE", integer(), "0", "Certificate type at Sectigo."),
    open("CERTCTL_SECTIGO_TERM", integer(1), "365", "Lifetime in days."),
    open("CERTCTL_SECTIGO_BASE_URL", url, "Sectigo's own", "API of Sectigo."),
    wait("SECTIGO"),
    open("CERTCTL_GOOGLE_CAS_PROJECT", text, "", "Project of Google Certificate Authority Service."),
    open("CERTCTL_GOOGLE_CAS_LOCATION", text, "", "Location of the CA pool."),
    open("CERTCTL_GOOGLE_CAS_CA_POOL", text, "", "CA pool."),
    open("CERTCTL_GOOGLE_CAS_CREDENTIALS", path, "", "Service account key (JSON file)."),
    open("CERTCTL_GOOGLE_CAS_TTL", text, "8760h", "Lifetime of certificates."),
    open(
      "CERTCTL_AWS_PCA_REGION",
      text,
      "",
      "Region of AWS Private CA; credentials come from the AWS default chain.",
    ),
    open("CERTCTL_AWS_PCA_CA_ARN", text, "", "ARN of the private CA."),
    open("CERTCTL_AWS_PCA_SIGNING_ALGORITHM", text, "SHA256WITHRSA", "Signing algorithm."),
    open("CERTCTL_AWS_PCA_VALIDITY_DAYS", integer(1), "365", "Lifetime in days."),
    open("CERTCTL_AWS_PCA_TEMPLATE_ARN", text, "", "Certificate template."),
    open("CERTCTL_ENTRUST_API_URL", url, "", "API of Entrust."),
    ...clientPair("ENTRUST"),
    open("CERTCTL_ENTRUST_CA_ID", text, "", "CA at Entrust."),
    open("CERTCTL_ENTRUST_PROFILE_ID", text, "", "Profile at Entrust."),
    wait("ENTRUST"),
    open("CERTCTL_GLOBALSIGN_API_URL", url, "", "API of GlobalSign Atlas."),
    secret("CERTCTL_GLOBALSIGN_API_KEY", "API key of GlobalSign."),
    secret("CERTCTL_GLOBALSIGN_API_SECRET", "API secret of GlobalSign."),
    ...clientPair("GLOBALSIGN"),
    open("CERTCTL_GLOBALSIGN_SERVER_CA_PATH", path, "", "CA of GlobalSign's API (PEM)."),
    wait("GLOBALSIGN"),
    open("CERTCTL_EJBCA_API_URL", url, "", "API of EJBCA."),
    open("CERTCTL_EJBCA_AUTH_MODE", choice("mtls", "oauth2"), "mtls", "How certctl logs in to EJBCA."),
    ...clientPair("EJBCA"),
    secret("CERTCTL_EJBCA_TOKEN", "Token of EJBCA, for oauth2."),
    open("CERTCTL_EJBCA_CA_NAME", text, "", "CA in EJBCA."),
    open("CERTCTL_EJBCA_CERT_PROFILE", text, "", "Certificate profile in EJBCA."),
    open("CERTCTL_EJBCA_EE_PROFILE", text, "", "End entity profile in EJBCA."),
  ],
};

const scripts = { executable: true };

/** Files of issuers, in the order of their mounts. */
export const issuerFiles: VariableRow<Pick<ServerSettings, "issuer">>[] = [
  governedFile(
    "CERTCTL_STEPCA_ROOT_CERT",
    "server.issuer.stepCa.rootCertificate",
    ({ issuer }) => issuer?.stepCa?.rootCertificate,
  ),
  governedFile(
    "CERTCTL_STEPCA_KEY_PATH",
    "server.issuer.stepCa.provisionerKey",
    ({ issuer }) => issuer?.stepCa?.provisionerKey,
  ),
  governedFile(
    "CERTCTL_OPENSSL_SIGN_SCRIPT",
    "server.issuer.openssl.signScript",
    ({ issuer }) => issuer?.openssl?.signScript,
    scripts,
  ),
  governedFile(
    "CERTCTL_OPENSSL_REVOKE_SCRIPT",
    "server.issuer.openssl.revokeScript",
    ({ issuer }) => issuer?.openssl?.revokeScript,
    scripts,
  ),
  governedFile(
    "CERTCTL_OPENSSL_CRL_SCRIPT",
    "server.issuer.openssl.crlScript",
    ({ issuer }) => issuer?.openssl?.crlScript,
    scripts,
  ),
];

export const issuerFileGroup: VariableGroup = { title: "Issuers: files", variables: issuerFiles };
