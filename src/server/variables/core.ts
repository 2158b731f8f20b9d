import { listenAddress } from "../listen-address";
import { LogLevel } from "../server-args";
import { serverDefaults } from "../server-settings";
import {
  boolean,
  choice,
  dead,
  duration,
  fixed,
  governed,
  governedElsewhere,
  integer,
  list,
  open,
  text,
} from "./variable";
import type { VariableGroup } from "./variable";

// facts: refusals-to-start
const demo = "an instance for demonstrations is open to everybody, and ends after a day";
const tls = "the certificate is mounted from the Secret that tls.mode chooses";
// facts: hidden-routes
const hiddenLogin = "the published image answers the break-glass login with the dashboard";

export const serverGroup: VariableGroup = {
  title: "Server",
  variables: [
    fixed(
      "CERTCTL_SERVER_HOST",
      "the server listens on every address of its pod",
      (settings) => listenAddress(settings).host,
    ),
    governed("CERTCTL_SERVER_PORT", "server.port", (settings) => listenAddress(settings).port),
    fixed("CERTCTL_SERVER_TLS_CERT_PATH", tls),
    fixed("CERTCTL_SERVER_TLS_KEY_PATH", tls),
    fixed(
      "CERTCTL_KEYGEN_MODE",
      "agents make the private keys; the server may only in a demonstration",
      () => "agent",
    ),
    governed("CERTCTL_AUTH_TYPE", "server.auth.type", ({ auth }) => auth?.type ?? serverDefaults.authType),
    governed("CERTCTL_LOG_LEVEL", "server.logging.level", ({ logging }) => logging?.level ?? LogLevel.Info),
    // facts: the-images
    dead("CERTCTL_LOG_FORMAT", "certctl always writes JSON"),
    governed("CERTCTL_CORS_ORIGINS", "server.cors.origins", ({ cors }) => cors?.origins),
    governed(
      "CERTCTL_BLOCK_RFC1918_OUTBOUND",
      "server.blockPrivateNetworks",
      ({ blockPrivateNetworks }) => blockPrivateNetworks,
    ),
    governed("CERTCTL_MAX_BODY_SIZE", "server.maxBodySize", ({ maxBodySize }) => maxBodySize),
    governed(
      "CERTCTL_AUDIT_FLUSH_TIMEOUT_SECONDS",
      "server.lifecycle.shutdownTimeoutSeconds",
      ({ lifecycle }) => lifecycle.shutdownTimeoutSeconds,
    ),
    governed("CERTCTL_DATABASE_MAX_CONNS", "server.maxConnections", ({ maxConnections }) => maxConnections),
    open(
      "CERTCTL_OTEL_ENABLED",
      boolean,
      "false",
      "Send traces over OTLP/HTTP; the standard `OTEL_*` variables say where. This version makes no spans yet.",
    ),
    fixed("CERTCTL_APPROVAL_BYPASS", "it approves every request without a person"),
    open(
      "CERTCTL_ASYNC_POLL_MAX_WAIT_SECONDS",
      integer(1),
      "600",
      "Longest wait for a CA that issues later, in seconds.",
    ),
    governedElsewhere("CERTCTL_CONFIG_ENCRYPTION_KEY", "encryptionKey"),
    dead("CERTCTL_K8SSECRET_PREVIEW_ACK", "the target for Kubernetes Secrets is a stub in certctl 2.1"),
  ],
};

export const databaseGroup: VariableGroup = {
  title: "Database and migration",
  variables: [
    governedElsewhere("CERTCTL_DATABASE_URL", "database"),
    governedElsewhere("POSTGRES_PASSWORD", "databasePassword"),
    governedElsewhere("PGPASSWORD", "databasePassword"),
    governedElsewhere("PGHOST", "database.external.host"),
    governedElsewhere("PGPORT", "database.external.port"),
    governedElsewhere("PGUSER", "database.external.user"),
    governedElsewhere("PGDATABASE", "database.external.database"),
    governedElsewhere("PGSSLMODE", "database.external.sslMode"),
    governedElsewhere("PGSSLROOTCERT", "database.external.caCertificate"),
    governedElsewhere("PGCONNECT_TIMEOUT", "database.external.connectTimeout"),
    fixed("CERTCTL_DATABASE_MIGRATIONS_PATH", "the migrations are in the image"),
    governedElsewhere("CERTCTL_MIGRATIONS_VIA_HOOK", "migrations.mode"),
    fixed("CERTCTL_DEMO_SEED", "it fills the database with invented certificates"),
  ],
};

export const authenticationGroup: VariableGroup = {
  title: "Authentication",
  variables: [
    governedElsewhere("CERTCTL_AUTH_SECRET", "apiKeys"),
    governedElsewhere("CERTCTL_API_KEYS_NAMED", "apiKeys"),
    governedElsewhere("CERTCTL_AGENT_BOOTSTRAP_TOKEN", "apiKeys.enroll"),
    fixed("CERTCTL_AGENT_BOOTSTRAP_TOKEN_DENY_EMPTY", "agents never register without a token"),
    fixed("CERTCTL_BOOTSTRAP_TOKEN", "apiKeys.admin is the first admin; the bootstrap call is not needed"),
    fixed("CERTCTL_DEMO_MODE_ACK", demo),
    fixed("CERTCTL_DEMO_MODE_ACK_TS", demo),
    fixed(
      "CERTCTL_DEMO_MODE_RESIDUAL_STRICT",
      "the first start on a new database fails with it; provisioning removes the demo grant",
    ),
    open(
      "CERTCTL_BOOTSTRAP_ADMIN_GROUPS",
      list,
      "",
      "OIDC groups whose members become admins at their first login.",
    ),
    open(
      "CERTCTL_BOOTSTRAP_OIDC_PROVIDER_ID",
      text,
      "",
      "OIDC provider that `CERTCTL_BOOTSTRAP_ADMIN_GROUPS` holds for.",
    ),
    open(
      "CERTCTL_TRUSTED_PROXIES",
      list,
      "",
      "Networks (CIDR) whose `X-Forwarded-For` names the client of a session. Rate limits ignore it.",
    ),
    open(
      "CERTCTL_SESSION_IDLE_TIMEOUT",
      duration("1s"),
      "1h",
      "Time without a request after which a login ends.",
    ),
    open(
      "CERTCTL_SESSION_ABSOLUTE_TIMEOUT",
      duration("1s"),
      "8h",
      "Time after which a login ends in any case.",
    ),
    open(
      "CERTCTL_SESSION_SIGNING_KEY_RETENTION",
      duration("1s"),
      "24h",
      "Time for which a replaced signing key of sessions still works.",
    ),
    open("CERTCTL_SESSION_GC_INTERVAL", duration("1s"), "1h", "Time between removals of ended sessions."),
    open("CERTCTL_SESSION_SAMESITE", choice("Lax", "Strict"), "Lax", "`SameSite` of the session cookie."),
    open("CERTCTL_SESSION_BIND_IP", boolean, "false", "End a session when the client's address changes."),
    open(
      "CERTCTL_SESSION_BIND_USER_AGENT",
      boolean,
      "false",
      "End a session when the client's user agent changes.",
    ),
    open(
      "CERTCTL_OIDC_BCL_MAX_AGE_SECONDS",
      integer(1),
      "60",
      "Greatest age of an OIDC back-channel logout token, in seconds.",
    ),
    open(
      "CERTCTL_OIDC_PRELOGIN_REQUIRE_UA",
      boolean,
      "true",
      "Require the same user agent before and after an OIDC login.",
    ),
    open(
      "CERTCTL_OIDC_PRELOGIN_REQUIRE_IP",
      boolean,
      "true",
      "Require the same address before and after an OIDC login.",
    ),
    dead("CERTCTL_BREAKGLASS_ENABLED", hiddenLogin),
    dead("CERTCTL_BREAKGLASS_LOCKOUT_THRESHOLD", hiddenLogin),
    dead("CERTCTL_BREAKGLASS_LOCKOUT_DURATION", hiddenLogin),
    dead("CERTCTL_BREAKGLASS_LOCKOUT_RESET_INTERVAL", hiddenLogin),
  ],
};
