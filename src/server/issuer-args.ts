/**
 * Issuers that the first boot writes into the empty database. Later changes have no effect (certctl facts 0.7): change an issuer over
 * the API then.
 */
export interface IssuerSettings {
  /** The ACME issuers `iss-acme-staging` and `iss-acme-prod`. */
  acme?: AcmeIssuerSettings;
}

/** How an ACME server checks that a name is ours. dns-01 needs an issuer created over the API (certctl facts 2.7). */
export const AcmeChallengeType = { Http01: "http-01" } as const;
export type AcmeChallengeType = (typeof AcmeChallengeType)[keyof typeof AcmeChallengeType];

/** An ACME server. */
export interface AcmeIssuerSettings {
  /**
   * Directory (`CERTCTL_ACME_DIRECTORY_URL`).
   *
   * @pattern ^https://[^\s]+$
   * @patternErrorMessage is not an https:// URL
   */
  directoryUrl: string;
  /**
   * Contact of the account (`CERTCTL_ACME_EMAIL`).
   *
   * @pattern ^[^@\s,]+@[^@\s,]+$
   * @patternErrorMessage is not a mail address
   */
  email: string;
  /** Kind of challenge (`CERTCTL_ACME_CHALLENGE_TYPE`). @default http-01 */
  challengeType?: AcmeChallengeType;
}
