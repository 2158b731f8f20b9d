/**
 * Issuers that the first boot writes into the empty database. Later changes have no effect (certctl facts 0.7): change an issuer over
 * the API then.
 */
export interface IssuerSettings {
  /** The ACME issuers `iss-acme-staging` and `iss-acme-prod`. */
  acme?: AcmeIssuerSettings;
}

/** An ACME server. Names are proven by http-01: dns-01 needs an issuer created over the API (certctl facts 2.7). */
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
}
