import type { FileSource } from "../kubernetes/types";

// facts: issuers-are-seeded-once
/**
 * Issuers that the first boot writes into the empty database. Later changes have no effect:
 * change an issuer over the API then.
 */
export interface IssuerSettings {
  /** The ACME issuers `iss-acme-staging` and `iss-acme-prod`. */
  acme?: AcmeIssuerSettings;
  /** The issuer `iss-stepca`. */
  stepCa?: StepCaIssuerSettings;
  /** The issuer `iss-openssl`: scripts of your own. */
  openssl?: OpensslIssuerSettings;
}

// facts: issuers-are-seeded-once
/**
 * An ACME server. Names are proven by http-01: dns-01 needs an issuer created over the API.
 */
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

/**
 * A step-ca server. The password of the provisioner's key is the secret variable `CERTCTL_STEPCA_PASSWORD`.
 */
export interface StepCaIssuerSettings {
  /**
   * Address (`CERTCTL_STEPCA_URL`).
   *
   * @pattern ^https://[^\s/][^\s]*$
   * @patternErrorMessage is not an https:// URL
   */
  url: string;
  /** Name of the JWK provisioner (`CERTCTL_STEPCA_PROVISIONER`). */
  provisioner: string;
  /** Encrypted private key of the provisioner (`CERTCTL_STEPCA_KEY_PATH`). */
  provisionerKey: FileSource;
  /** Root certificate, PEM (`CERTCTL_STEPCA_ROOT_CERT`). @default the system's roots */
  rootCertificate?: FileSource;
}

/** Scripts that sign, run in the server's container. They may write to `/tmp`. */
export interface OpensslIssuerSettings {
  /** Signs a request (`CERTCTL_OPENSSL_SIGN_SCRIPT`). */
  signScript: FileSource;
  /**
   * Revokes a certificate (`CERTCTL_OPENSSL_REVOKE_SCRIPT`).
   *
   * @default certctl notes the revocation, and the CA does not learn of it
   */
  revokeScript?: FileSource;
  /** Prints the revocation list (`CERTCTL_OPENSSL_CRL_SCRIPT`). @default no list */
  crlScript?: FileSource;
}
