import type * as k8s from "@pulumi/kubernetes";
import type { CertManagerSettings, TlsSettings } from "./tls-args";
import { certificateDefaults } from "./tls-settings";

// facts: server-certificates
/**
 * A cert-manager Certificate for the server. ECDSA P-256: Apple clients refuse ed25519.
 */
export function certificateResource(
  metadata: { name: string } & k8s.types.input.meta.v1.ObjectMeta,
  tls: TlsSettings,
  settings: CertManagerSettings,
  dnsNames: string[],
): k8s.apiextensions.CustomResourceArgs {
  const { issuerRef } = settings;
  return {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata,
    spec: {
      secretName: metadata.name,
      dnsNames: [...dnsNames, ...(tls.extraDnsNames ?? [])],
      ...(settings.commonName !== undefined && { commonName: settings.commonName }),
      duration: settings.duration ?? certificateDefaults.duration,
      renewBefore: settings.renewBefore ?? certificateDefaults.renewBefore,
      privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
      usages: ["digital signature", "server auth"],
      issuerRef: {
        name: issuerRef.name,
        kind: issuerRef.kind ?? certificateDefaults.issuerKind,
        group: issuerRef.group ?? certificateDefaults.issuerGroup,
      },
    },
  };
}
