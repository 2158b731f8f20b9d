import type { EstSettings, ScepSettings } from "./enrollment-args";
import type { SettingFile } from "./files/setting-file";
import type { VariableValue } from "./variables/set-variables";
import { estFamily, scepFamily } from "./variables/enrollment";

type Values = Record<string, VariableValue>;

/** Name of a variable of a profile. */
export function profileVariableName(prefix: string, profile: string, suffix: string): string {
  return `${prefix}${profile.toUpperCase()}_${suffix}`;
}

/** The variables of EST. */
export function estVariables({ profiles = {}, open }: EstSettings): Values {
  return {
    CERTCTL_EST_ENABLED: true,
    CERTCTL_EST_ISSUER_ID: open?.issuerId,
    CERTCTL_EST_PROFILE_ID: open?.profileId,
    CERTCTL_EST_PROFILES: Object.keys(profiles),
    ...ofProfiles(estFamily.prefix, profiles, (profile) => ({
      ISSUER_ID: profile.issuerId,
      PROFILE_ID: profile.profileId,
      ALLOWED_AUTH_MODES: profile.authModes,
      MTLS_ENABLED: profile.clientCas !== undefined,
      CHANNEL_BINDING_REQUIRED: profile.channelBindingRequired,
      RATE_LIMIT_PER_PRINCIPAL_24H: profile.enrollmentsPerDay,
      SERVERKEYGEN_ENABLED: profile.serverKeygen,
    })),
  };
}

/** The variables of SCEP. */
export function scepVariables({ profiles = {}, default: single }: ScepSettings): Values {
  return {
    CERTCTL_SCEP_ENABLED: true,
    CERTCTL_SCEP_ISSUER_ID: single?.issuerId,
    CERTCTL_SCEP_PROFILE_ID: single?.profileId,
    CERTCTL_SCEP_PROFILES: Object.keys(profiles),
    ...ofProfiles(scepFamily.prefix, profiles, ({ issuerId, profileId, clientCas, intune }) => ({
      ISSUER_ID: issuerId,
      PROFILE_ID: profileId,
      MTLS_ENABLED: clientCas !== undefined,
      INTUNE_ENABLED: intune !== undefined,
      INTUNE_AUDIENCE: intune?.audience,
      INTUNE_CHALLENGE_VALIDITY: intune?.challengeValidity,
      INTUNE_PER_DEVICE_RATE_LIMIT_24H: intune?.enrollmentsPerDay,
      INTUNE_CLOCK_SKEW_TOLERANCE: intune?.clockSkewTolerance,
    })),
  };
}

/** The files of EST. */
export function estFiles({ profiles = {} }: EstSettings): SettingFile[] {
  return Object.entries(profiles).flatMap(([name, { clientCas }]) =>
    clientCaFile(estFamily.prefix, name, clientCas),
  );
}

/** The files of SCEP. */
export function scepFiles({ profiles = {}, default: single }: ScepSettings): SettingFile[] {
  return [
    ...(single ? raPair("CERTCTL_SCEP_", single.raSecret) : []),
    ...Object.entries(profiles).flatMap(([name, { raSecret, clientCas, intune }]) => [
      ...raPair(profileVariableName(scepFamily.prefix, name, ""), raSecret),
      ...clientCaFile(scepFamily.prefix, name, clientCas),
      ...(intune
        ? [
            {
              variable: profileVariableName(scepFamily.prefix, name, "INTUNE_CONNECTOR_CERT_PATH"),
              source: intune.connectorCertificates,
            },
          ]
        : []),
    ]),
  ];
}

function clientCaFile(
  prefix: string,
  name: string,
  source: SettingFile["source"] | undefined,
): SettingFile[] {
  return source
    ? [{ variable: profileVariableName(prefix, name, "MTLS_CLIENT_CA_TRUST_BUNDLE_PATH"), source }]
    : [];
}

// facts: files-and-modes
/** certctl refuses a key that its group may read. */
function raPair(prefix: string, secret: string): SettingFile[] {
  return [
    { variable: `${prefix}RA_CERT_PATH`, source: { secret, key: "tls.crt" } },
    { variable: `${prefix}RA_KEY_PATH`, source: { secret, key: "tls.key" }, ownerOnly: true },
  ];
}

function ofProfiles<Profile>(
  prefix: string,
  profiles: Record<string, Profile>,
  values: (profile: Profile) => Values,
): Values {
  const entries = Object.entries(profiles).flatMap(([name, profile]) =>
    Object.entries(values(profile)).map(
      ([suffix, value]) => [profileVariableName(prefix, name, suffix), value] as const,
    ),
  );
  return Object.fromEntries(entries);
}
