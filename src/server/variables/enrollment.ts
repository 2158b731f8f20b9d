import type { EstProfileSettings, ScepProfileSettings } from "../enrollment-args";
import type { FileSource } from "../../kubernetes/types";
import type { ServerSettings } from "../server-args";
import { dead, governed, governedFile, secret } from "./variable";
import type { ProfileFamily, Variable, VariableGroup, VariableRow } from "./variable";

// facts: hidden-routes
const acmeServer = "the published image answers `/acme` with the dashboard";
// facts: ocsp
const ocspKeys = "certctl 2.1 always fails to make OCSP keys";

/** Name of a variable of a profile. */
export function profileVariableName(prefix: string, profile: string, suffix: string): string {
  return `${prefix}${profile.toUpperCase()}_${suffix}`;
}

/** A family of variables; the names and arguments of its rows are without what all of them begin with. */
function family<Profile>(
  prefix: string,
  argument: string,
  profilesOf: (settings: ServerSettings) => Record<string, Profile> | undefined,
  secrets: Variable[],
  rows: VariableRow<Profile>[],
): ProfileFamily {
  const ofArguments = rows.map((row) => ({ ...row, note: `${argument}.<name>.${row.note}` }));
  return {
    argument,
    prefix,
    variables: [...secrets, ...ofArguments],
    rowsOf: (settings) =>
      Object.entries(profilesOf(settings) ?? {}).flatMap(([name, profile]) =>
        ofArguments.map(({ value, file, ...variable }) => ({
          ...variable,
          name: profileVariableName(prefix, name, variable.name),
          ...(value && { value: () => value(profile) }),
          ...(file && { file: () => file(profile) }),
        })),
      ),
  };
}

export const estFamily = family<EstProfileSettings>(
  "CERTCTL_EST_PROFILE_",
  "server.est.profiles",
  ({ est }) => est?.profiles,
  [secret("ENROLLMENT_PASSWORD", "Password of the clients; required with the mode `basic`.")],
  [
    governed("ISSUER_ID", "issuerId", ({ issuerId }) => issuerId),
    governed("PROFILE_ID", "profileId", ({ profileId }) => profileId),
    governed("ALLOWED_AUTH_MODES", "authModes", ({ authModes }) => authModes),
    governed("MTLS_ENABLED", "clientCas", ({ clientCas }) => clientCas !== undefined),
    governedFile("MTLS_CLIENT_CA_TRUST_BUNDLE_PATH", "clientCas", ({ clientCas }) => clientCas),
    governed(
      "CHANNEL_BINDING_REQUIRED",
      "channelBindingRequired",
      (profile) => profile.channelBindingRequired,
    ),
    governed("RATE_LIMIT_PER_PRINCIPAL_24H", "enrollmentsPerDay", (profile) => profile.enrollmentsPerDay),
    governed("SERVERKEYGEN_ENABLED", "serverKeygen", ({ serverKeygen }) => serverKeygen),
  ],
);

// facts: files-and-modes
/** The registration authority's pair. certctl refuses a key that its group may read. */
const certificateOf = (raSecret: string): FileSource => ({ secret: raSecret, key: "tls.crt" });
const keyOf = (raSecret: string): FileSource => ({ secret: raSecret, key: "tls.key" });
const ownerOnly = { ownerOnly: true };

export const scepFamily = family<ScepProfileSettings>(
  "CERTCTL_SCEP_PROFILE_",
  "server.scep.profiles",
  ({ scep }) => scep?.profiles,
  [secret("CHALLENGE_PASSWORD", "Challenge password; required.")],
  [
    governed("ISSUER_ID", "issuerId", ({ issuerId }) => issuerId),
    governed("PROFILE_ID", "profileId", ({ profileId }) => profileId),
    governedFile("RA_CERT_PATH", "raSecret", ({ raSecret }) => certificateOf(raSecret)),
    governedFile("RA_KEY_PATH", "raSecret", ({ raSecret }) => keyOf(raSecret), ownerOnly),
    governed("MTLS_ENABLED", "clientCas", ({ clientCas }) => clientCas !== undefined),
    governedFile("MTLS_CLIENT_CA_TRUST_BUNDLE_PATH", "clientCas", ({ clientCas }) => clientCas),
    governed("INTUNE_ENABLED", "intune", ({ intune }) => intune !== undefined),
    governedFile(
      "INTUNE_CONNECTOR_CERT_PATH",
      "intune.connectorCertificates",
      ({ intune }) => intune?.connectorCertificates,
    ),
    governed("INTUNE_AUDIENCE", "intune.audience", ({ intune }) => intune?.audience),
    governed(
      "INTUNE_CHALLENGE_VALIDITY",
      "intune.challengeValidity",
      ({ intune }) => intune?.challengeValidity,
    ),
    governed(
      "INTUNE_PER_DEVICE_RATE_LIMIT_24H",
      "intune.enrollmentsPerDay",
      ({ intune }) => intune?.enrollmentsPerDay,
    ),
    governed(
      "INTUNE_CLOCK_SKEW_TOLERANCE",
      "intune.clockSkewTolerance",
      ({ intune }) => intune?.clockSkewTolerance,
    ),
  ],
);

export const estGroup: VariableGroup = {
  title: "EST",
  variables: [
    governed("CERTCTL_EST_ENABLED", "server.est", ({ est }) => est && true),
    governed("CERTCTL_EST_ISSUER_ID", "server.est.open.issuerId", ({ est }) => est?.open?.issuerId),
    governed("CERTCTL_EST_PROFILE_ID", "server.est.open.profileId", ({ est }) => est?.open?.profileId),
    governed("CERTCTL_EST_PROFILES", "server.est.profiles", ({ est }) => Object.keys(est?.profiles ?? {})),
  ],
  profiles: estFamily,
};

export const scepGroup: VariableGroup = {
  title: "SCEP",
  variables: [
    governed("CERTCTL_SCEP_ENABLED", "server.scep", ({ scep }) => scep && true),
    governed("CERTCTL_SCEP_ISSUER_ID", "server.scep.default.issuerId", ({ scep }) => scep?.default?.issuerId),
    governed(
      "CERTCTL_SCEP_PROFILE_ID",
      "server.scep.default.profileId",
      ({ scep }) => scep?.default?.profileId,
    ),
    governed("CERTCTL_SCEP_PROFILES", "server.scep.profiles", ({ scep }) =>
      Object.keys(scep?.profiles ?? {}),
    ),
    secret("CERTCTL_SCEP_CHALLENGE_PASSWORD", "Challenge password of `server.scep.default`."),
    governedFile(
      "CERTCTL_SCEP_RA_CERT_PATH",
      "server.scep.default.raSecret",
      ({ scep }) => scep?.default && certificateOf(scep.default.raSecret),
    ),
    governedFile(
      "CERTCTL_SCEP_RA_KEY_PATH",
      "server.scep.default.raSecret",
      ({ scep }) => scep?.default && keyOf(scep.default.raSecret),
      ownerOnly,
    ),
  ],
  profiles: scepFamily,
};

export const revocationGroup: VariableGroup = {
  title: "OCSP",
  variables: [
    dead("CERTCTL_OCSP_RESPONDER_KEY_DIR", ocspKeys),
    dead("CERTCTL_OCSP_RESPONDER_ROTATION_GRACE", ocspKeys),
    dead("CERTCTL_OCSP_RESPONDER_VALIDITY", ocspKeys),
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
