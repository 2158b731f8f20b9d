import { dead, governed, secret } from "./variable";
import type { Variable, VariableGroup } from "./variable";

// facts: hidden-routes
const acmeServer = "the published image answers `/acme` with the dashboard";
// facts: ocsp
const ocspKeys = "certctl 2.1 always fails to make OCSP keys";

export const enrollmentGroup: VariableGroup = {
  title: "EST and SCEP",
  variables: [
    governed("CERTCTL_EST_ENABLED", "server.est"),
    governed("CERTCTL_EST_PROFILES", "server.est.profiles"),
    governed("CERTCTL_EST_ISSUER_ID", "server.est.open.issuerId"),
    governed("CERTCTL_EST_PROFILE_ID", "server.est.open.profileId"),
    governed("CERTCTL_SCEP_ENABLED", "server.scep"),
    governed("CERTCTL_SCEP_PROFILES", "server.scep.profiles"),
    governed("CERTCTL_SCEP_ISSUER_ID", "server.scep.default.issuerId"),
    governed("CERTCTL_SCEP_PROFILE_ID", "server.scep.default.profileId"),
    secret("CERTCTL_SCEP_CHALLENGE_PASSWORD", "Challenge password of `server.scep.default`."),
    governed("CERTCTL_SCEP_RA_CERT_PATH", "server.scep.default.raSecret"),
    governed("CERTCTL_SCEP_RA_KEY_PATH", "server.scep.default.raSecret"),
    dead("CERTCTL_OCSP_RESPONDER_KEY_DIR", ocspKeys),
    dead("CERTCTL_OCSP_RESPONDER_ROTATION_GRACE", ocspKeys),
    dead("CERTCTL_OCSP_RESPONDER_VALIDITY", ocspKeys),
  ],
};

/** Variables of each profile: `<prefix><NAME>_<suffix>`, the name in capitals. */
export interface ProfileFamily {
  /** Argument with the profiles. */
  argument: string;
  prefix: string;
  variables: Variable[];
}

function family(
  prefix: string,
  argument: string,
  secrets: Variable[],
  governedBy: Record<string, string>,
): ProfileFamily {
  const others = Object.entries(governedBy).map(([suffix, key]) =>
    governed(suffix, `${argument}.<name>.${key}`),
  );
  return { argument, prefix, variables: [...secrets, ...others] };
}

const common = {
  ISSUER_ID: "issuerId",
  PROFILE_ID: "profileId",
  MTLS_ENABLED: "clientCas",
  MTLS_CLIENT_CA_TRUST_BUNDLE_PATH: "clientCas",
};

export const estFamily = family(
  "CERTCTL_EST_PROFILE_",
  "server.est.profiles",
  [secret("ENROLLMENT_PASSWORD", "Password of the clients; required with the mode `basic`.")],
  {
    ...common,
    CHANNEL_BINDING_REQUIRED: "channelBindingRequired",
    ALLOWED_AUTH_MODES: "authModes",
    RATE_LIMIT_PER_PRINCIPAL_24H: "enrollmentsPerDay",
    SERVERKEYGEN_ENABLED: "serverKeygen",
  },
);

export const scepFamily = family(
  "CERTCTL_SCEP_PROFILE_",
  "server.scep.profiles",
  [secret("CHALLENGE_PASSWORD", "Challenge password; required.")],
  {
    ...common,
    RA_CERT_PATH: "raSecret",
    RA_KEY_PATH: "raSecret",
    INTUNE_ENABLED: "intune",
    INTUNE_CONNECTOR_CERT_PATH: "intune.connectorCertificates",
    INTUNE_AUDIENCE: "intune.audience",
    INTUNE_CHALLENGE_VALIDITY: "intune.challengeValidity",
    INTUNE_PER_DEVICE_RATE_LIMIT_24H: "intune.enrollmentsPerDay",
    INTUNE_CLOCK_SKEW_TOLERANCE: "intune.clockSkewTolerance",
  },
);

const acmeServerVariables = [
  "ENABLED DEFAULT_AUTH_MODE DEFAULT_PROFILE_ID NONCE_TTL ORDER_TTL AUTHZ_TTL HTTP01_CONCURRENCY DNS01_CONCURRENCY",
  "TLSALPN01_CONCURRENCY DNS01_RESOLVER ARI_ENABLED ARI_POLL_INTERVAL RATE_LIMIT_ORDERS_PER_HOUR RATE_LIMIT_CONCURRENT_ORDERS",
  "RATE_LIMIT_KEY_CHANGE_PER_HOUR RATE_LIMIT_CHALLENGE_RESPONDS_PER_HOUR GC_INTERVAL TOS_URL WEBSITE CAA_IDENTITIES EAB_REQUIRED",
].flatMap((line) => line.split(" "));

export const acmeServerGroup: VariableGroup = {
  title: "ACME server",
  variables: acmeServerVariables.map((suffix) => dead(`CERTCTL_ACME_SERVER_${suffix}`, acmeServer)),
};
