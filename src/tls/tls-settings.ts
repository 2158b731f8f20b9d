import type { DnsName, TlsSettings } from "./tls-args";
import { TlsMode, TrustMode } from "./tls-args";

/** Key of a ConfigMap or Secret with CA certificates, unless the settings name one. */
export const trustKey = "ca.crt";

/** What a cert-manager Certificate asks for, unless the settings say so. */
export const certificateDefaults = {
  duration: "2160h",
  renewBefore: "360h",
  issuerKind: "ClusterIssuer",
  issuerGroup: "cert-manager.io",
} as const;

/** The server's certificate and what its clients trust, decided. */
export interface ResolvedTls extends TlsSettings {
  mode: TlsMode;
  trustMode: TrustMode;
  extraDnsNames: DnsName[];
}

/** Fills in the defaults. */
export function resolveTls(given: TlsSettings, hasCaCertificate: boolean): ResolvedTls {
  return {
    ...given,
    mode: given.mode ?? TlsMode.Provided,
    trustMode: given.trust?.mode ?? (hasCaCertificate ? TrustMode.CaCertificate : TrustMode.TlsSecret),
    extraDnsNames: given.extraDnsNames ?? [],
  };
}

/** Whether the certificate is one that the secret configuration holds. */
export function isProvided({ mode = TlsMode.Provided }: TlsSettings): boolean {
  return mode === TlsMode.Provided;
}
