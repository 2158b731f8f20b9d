import { boolean, dead, duration, integer, list, open, path, secret, text } from "./variable";
import type { Variable, VariableGroup } from "./variable";

// certctl facts 0.10
const acmeServer = "the published image answers `/acme` with the dashboard";
// certctl facts 9, row 20
const ocspKeys = "certctl 2.1 always fails to make OCSP keys";

export const enrollmentGroup: VariableGroup = {
  title: "EST and SCEP",
  variables: [
    open("CERTCTL_EST_ENABLED", boolean, "false", "Serve EST."),
    open("CERTCTL_EST_PROFILES", list, "", "Names of EST profiles; each has variables of its own, below."),
    open("CERTCTL_EST_ISSUER_ID", text, "iss-local", "Issuer, without profiles. Such an EST asks for no password."),
    open("CERTCTL_EST_PROFILE_ID", text, "", "Certificate profile, without EST profiles."),
    open("CERTCTL_SCEP_ENABLED", boolean, "false", "Serve SCEP."),
    open("CERTCTL_SCEP_PROFILES", list, "", "Names of SCEP profiles; each has variables of its own, below."),
    open("CERTCTL_SCEP_ISSUER_ID", text, "iss-local", "Issuer, without profiles."),
    open("CERTCTL_SCEP_PROFILE_ID", text, "", "Certificate profile, without SCEP profiles."),
    secret("CERTCTL_SCEP_CHALLENGE_PASSWORD", "Challenge password, without profiles."),
    open("CERTCTL_SCEP_RA_CERT_PATH", path, "", "RA certificate (PEM), without profiles."),
    open("CERTCTL_SCEP_RA_KEY_PATH", path, "", "RA private key (PEM), in a mount with `ownerOnly`; without profiles."),
    dead("CERTCTL_OCSP_RESPONDER_KEY_DIR", ocspKeys),
    dead("CERTCTL_OCSP_RESPONDER_ROTATION_GRACE", ocspKeys),
    dead("CERTCTL_OCSP_RESPONDER_VALIDITY", ocspKeys),
  ],
};

/** Variables of each profile: `<prefix><NAME>_<suffix>`, the name in capitals. */
export interface ProfileFamily {
  /** Variable that lists the profiles. */
  list: string;
  /** Variable that turns the family on. */
  enabled: string;
  prefix: string;
  variables: Variable[];
}

const issuer = [open("ISSUER_ID", text, "", "Issuer; required."), open("PROFILE_ID", text, "", "Certificate profile.")];
const mutualTls = [
  open("MTLS_ENABLED", boolean, "false", "Also serve clients that show a certificate."),
  open("MTLS_CLIENT_CA_TRUST_BUNDLE_PATH", path, "", "CA certificates of those clients (PEM); required with `MTLS_ENABLED`."),
];

export const estFamily: ProfileFamily = {
  list: "CERTCTL_EST_PROFILES",
  enabled: "CERTCTL_EST_ENABLED",
  prefix: "CERTCTL_EST_PROFILE_",
  variables: [
    ...issuer,
    secret("ENROLLMENT_PASSWORD", "Password; required with the mode `basic`."),
    ...mutualTls,
    open("CHANNEL_BINDING_REQUIRED", boolean, "false", "Bind requests to their TLS connection; needs `MTLS_ENABLED`."),
    open("ALLOWED_AUTH_MODES", list, "", "`mtls`, `basic`, or both. Without it nobody is asked who they are."),
    open("RATE_LIMIT_PER_PRINCIPAL_24H", integer(), "0", "Enrollments per client and day; 0 for no limit."),
    open("SERVERKEYGEN_ENABLED", boolean, "false", "Let the server make the key; needs `PROFILE_ID`."),
  ],
};

export const scepFamily: ProfileFamily = {
  list: "CERTCTL_SCEP_PROFILES",
  enabled: "CERTCTL_SCEP_ENABLED",
  prefix: "CERTCTL_SCEP_PROFILE_",
  variables: [
    ...issuer,
    secret("CHALLENGE_PASSWORD", "Challenge password; required."),
    open("RA_CERT_PATH", path, "", "RA certificate (PEM); required."),
    open("RA_KEY_PATH", path, "", "RA private key (PEM), in a mount with `ownerOnly`; required."),
    ...mutualTls,
    open("INTUNE_ENABLED", boolean, "false", "Accept challenges of Microsoft Intune."),
    open("INTUNE_CONNECTOR_CERT_PATH", path, "", "Certificates of the Intune connector (PEM); required with `INTUNE_ENABLED`."),
    open("INTUNE_AUDIENCE", text, "", "Audience of the challenges."),
    open("INTUNE_CHALLENGE_VALIDITY", duration(), "60m", "Greatest age of a challenge."),
    open("INTUNE_PER_DEVICE_RATE_LIMIT_24H", integer(), "3", "Enrollments per device and day; 0 for no limit."),
    open("INTUNE_CLOCK_SKEW_TOLERANCE", duration(), "60s", "Tolerated difference of clocks; shorter than the validity."),
  ],
};

const acmeServerVariables = [
  "ENABLED DEFAULT_AUTH_MODE DEFAULT_PROFILE_ID NONCE_TTL ORDER_TTL AUTHZ_TTL HTTP01_CONCURRENCY DNS01_CONCURRENCY",
  "TLSALPN01_CONCURRENCY DNS01_RESOLVER ARI_ENABLED ARI_POLL_INTERVAL RATE_LIMIT_ORDERS_PER_HOUR RATE_LIMIT_CONCURRENT_ORDERS",
  "RATE_LIMIT_KEY_CHANGE_PER_HOUR RATE_LIMIT_CHALLENGE_RESPONDS_PER_HOUR GC_INTERVAL TOS_URL WEBSITE CAA_IDENTITIES EAB_REQUIRED",
].flatMap((line) => line.split(" "));

export const acmeServerGroup: VariableGroup = {
  title: "ACME server",
  variables: acmeServerVariables.map((suffix) => dead(`CERTCTL_ACME_SERVER_${suffix}`, acmeServer)),
};
