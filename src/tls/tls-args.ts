import type * as pulumi from "@pulumi/pulumi";
import type { Duration, ObjectName } from "../kubernetes/types";

/** Where the server's certificate comes from. */
export const TlsMode = {
  /** From the secret configuration `tlsCertificate` and `tlsPrivateKey`; made by `npm run secrets`. */
  Provided: "provided",
  /** From a Secret of type kubernetes.io/tls that exists already. */
  ExistingSecret: "existingSecret",
  /** From cert-manager, through a Certificate that this package creates. */
  CertManager: "certManager",
} as const;
export type TlsMode = (typeof TlsMode)[keyof typeof TlsMode];

/** The server's certificate, and what its clients trust. Rotated files are served without a restart. */
export interface TlsSettings {
  /** Source of the certificate. @default provided */
  mode?: TlsMode;
  /** Only with `mode: existingSecret`, and then required. */
  existingSecret?: ExistingTlsSecretSettings;
  /** Only with `mode: certManager`, and then required. */
  certManager?: CertManagerSettings;
  /** DNS names besides those of the Service, such as the one of an ingress. @default [] */
  extraDnsNames?: DnsName[];
  /** What agents and Jobs trust. */
  trust?: TrustSettings;
}

/**
 * A DNS name, or a wildcard of one level.
 *
 * @pattern ^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$
 * @patternErrorMessage is not a DNS name; use lower-case letters, digits, "-" and "."
 */
export type DnsName = string;

/** A TLS Secret that exists already, with `tls.crt` and `tls.key`. */
export interface ExistingTlsSecretSettings {
  /** Name of the Secret, in the instance's namespace. */
  name: pulumi.Input<ObjectName>;
}

/** A cert-manager Certificate (ECDSA P-256; a new key at each renewal). */
export interface CertManagerSettings {
  /** The issuer that signs. */
  issuerRef: CertManagerIssuerReference;
  /**
   * Common name of the certificate. Clients look at DNS names only; some issuers refuse a request without
   * one.
   *
   * @default no common name
   */
  commonName?: DnsName;
  /** Lifetime of a certificate. @default 2160h */
  duration?: Duration;
  /** Time before the end at which cert-manager renews. @default 360h */
  renewBefore?: Duration;
}

/** Reference to a cert-manager issuer. */
export interface CertManagerIssuerReference {
  /** Name of the issuer. */
  name: pulumi.Input<string>;
  /** Kind of the issuer. @default ClusterIssuer */
  kind?: string;
  /** API group of the issuer. @default cert-manager.io */
  group?: string;
}

/** What clients of the server trust. */
export const TrustMode = {
  /** The PEM of `tlsCaCertificate`. */
  CaCertificate: "caCertificate",
  /** `ca.crt` of the TLS Secret; only that key is given to clients. */
  TlsSecret: "tlsSecret",
  /** A ConfigMap that exists already, such as one that trust-manager keeps. */
  ConfigMap: "configMap",
  /** The roots in the image; for certificates of a public CA. */
  SystemRoots: "systemRoots",
} as const;
export type TrustMode = (typeof TrustMode)[keyof typeof TrustMode];

/** What agents and Jobs trust when they connect to the server. */
export interface TrustSettings {
  /**
   * Source of the CA certificates.
   *
   * @default caCertificate where `tlsCaCertificate` is set, otherwise tlsSecret
   */
  mode?: TrustMode;
  /** Only with `mode: configMap`, and then required. */
  configMap?: TrustConfigMapSettings;
}

/** A ConfigMap with CA certificates. Agents in a namespace of their own need one of the same name there. */
export interface TrustConfigMapSettings {
  /** Name of the ConfigMap. */
  name: pulumi.Input<ObjectName>;
  /** Key that holds the PEM certificates. @default ca.crt */
  key?: string;
}
