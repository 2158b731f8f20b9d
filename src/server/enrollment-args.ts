import type { Duration, FileSource, ObjectName } from "../kubernetes/types";

/** How an EST client proves who it is. */
export const EstAuthMode = {
  /** It shows a certificate. */
  Mtls: "mtls",
  /** It sends the password of the profile. */
  Basic: "basic",
} as const;
export type EstAuthMode = (typeof EstAuthMode)[keyof typeof EstAuthMode];

/** Enrollment over Secure Transport. */
export interface EstSettings {
  /**
   * Profiles by name: each is served at `/.well-known/est/<name>`. Names have lower-case letters, digits and
   * "-" inside (`CERTCTL_EST_PROFILES`).
   *
   * @default {}
   */
  profiles?: Record<string, EstProfileSettings>;
  /**
   * The EST at `/.well-known/est`, which asks nobody who they are: whoever reaches the server gets
   * certificates. Not with `profiles`.
   *
   * @default not served
   */
  open?: OpenEstSettings;
}

/**
 * An EST profile. The password of its clients is the secret variable
 * `CERTCTL_EST_PROFILE_<NAME>_ENROLLMENT_PASSWORD`, with the name in capitals, in `secretEnv` or
 * `server.envFromSecrets`.
 */
export interface EstProfileSettings {
  /** Issuer of the certificates (`…_ISSUER_ID`). */
  issuerId: string;
  /** Certificate profile (`…_PROFILE_ID`). @default no profile */
  profileId?: string;
  /** How clients prove who they are (`…_ALLOWED_AUTH_MODES`). */
  authModes: EstAuthMode[];
  /**
   * CA certificates of clients that show a certificate (`…_MTLS_CLIENT_CA_TRUST_BUNDLE_PATH`).
   *
   * @default nobody is asked for a certificate
   */
  clientCas?: FileSource;
  /**
   * Bind requests to their TLS connection (`…_CHANNEL_BINDING_REQUIRED`); needs `clientCas`.
   *
   * @default false
   */
  channelBindingRequired?: boolean;
  /**
   * Enrollments per client and day (`…_RATE_LIMIT_PER_PRINCIPAL_24H`); 0 for no limit.
   *
   * @default 0
   * @asType integer
   * @minimum 0
   */
  enrollmentsPerDay?: number;
  /** Let the server make the private key (`…_SERVERKEYGEN_ENABLED`); needs `profileId`. @default false */
  serverKeygen?: boolean;
}

/** An EST without authentication. */
export interface OpenEstSettings {
  /** Issuer of the certificates (`CERTCTL_EST_ISSUER_ID`). @default iss-local */
  issuerId?: string;
  /** Certificate profile (`CERTCTL_EST_PROFILE_ID`). @default no profile */
  profileId?: string;
}

/** Simple Certificate Enrollment Protocol. */
export interface ScepSettings {
  /**
   * Profiles by name: each is served at `/scep/<name>`. Names have lower-case letters, digits and "-" inside
   * (`CERTCTL_SCEP_PROFILES`).
   *
   * @default {}
   */
  profiles?: Record<string, ScepProfileSettings>;
  /**
   * The SCEP at `/scep`; its password is the secret variable `CERTCTL_SCEP_CHALLENGE_PASSWORD`. Not with
   * `profiles`.
   *
   * @default not served
   */
  default?: ScepEndpointSettings;
}

/** Where SCEP clients get certificates. */
export interface ScepEndpointSettings {
  /** Issuer of the certificates (`…_ISSUER_ID`). */
  issuerId: string;
  /** Certificate profile (`…_PROFILE_ID`). @default no profile */
  profileId?: string;
  // facts: tls-is-read-once
  /**
   * Existing Secret with the registration authority's pair, `tls.crt` and `tls.key`. A new pair is read at
   * the next start.
   */
  raSecret: ObjectName;
}

/**
 * A SCEP profile. Its challenge password is the secret variable
 * `CERTCTL_SCEP_PROFILE_<NAME>_CHALLENGE_PASSWORD`, with the name in capitals, in `secretEnv` or
 * `server.envFromSecrets`.
 */
export interface ScepProfileSettings extends ScepEndpointSettings {
  /**
   * CA certificates of clients that show a certificate (`…_MTLS_CLIENT_CA_TRUST_BUNDLE_PATH`).
   *
   * @default nobody is asked for a certificate
   */
  clientCas?: FileSource;
  /** Challenges of Microsoft Intune, besides the password. @default not accepted */
  intune?: IntuneSettings;
}

/** Challenges of Microsoft Intune. */
export interface IntuneSettings {
  /** Certificates of the Intune connector (`…_INTUNE_CONNECTOR_CERT_PATH`). */
  connectorCertificates: FileSource;
  /** URL of the profile, which challenges must be made for (`…_INTUNE_AUDIENCE`). @default not checked */
  audience?: string;
  /** Greatest age of a challenge (`…_INTUNE_CHALLENGE_VALIDITY`). @default 60m */
  challengeValidity?: Duration;
  /**
   * Enrollments per device and day (`…_INTUNE_PER_DEVICE_RATE_LIMIT_24H`); 0 for no limit.
   *
   * @default 3
   * @asType integer
   * @minimum 0
   */
  enrollmentsPerDay?: number;
  /**
   * Tolerated difference of clocks; shorter than the validity (`…_INTUNE_CLOCK_SKEW_TOLERANCE`).
   *
   * @default 60s
   */
  clockSkewTolerance?: Duration;
}
