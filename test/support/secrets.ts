import "reflect-metadata";
import { createIssuingCa, createServerCertificate } from "../../scripts/secrets/certificates";
import type { CertctlArgs } from "../../src/certctl-args";
import { serverDnsNames } from "../../src/tls/dns-names";

/** Valid secrets of an instance, made anew for each run: no key is ever committed. */
export async function generateSecrets(name = "certctl", namespace = "certctl"): Promise<CertctlArgs> {
  const [ca, server] = await Promise.all([
    createIssuingCa(),
    createServerCertificate(serverDnsNames(name, namespace)),
  ]);
  return {
    databasePassword: awkwardPassword,
    encryptionKey: "0123456789abcdef".repeat(4),
    apiKeys: { admin: key("admin"), enroll: key("enroll"), fleet: key("fleet"), metrics: key("metrics") },
    caCertificate: ca.certificate,
    caPrivateKey: ca.privateKey,
    tlsCertificate: server.certificate,
    tlsPrivateKey: server.privateKey,
    tlsCaCertificate: server.caCertificate,
  };
}

/** Each character has broken somebody's connection URL, shell or YAML. */
export const awkwardPassword = `p/a#s?s%41@1:'" x$(HOME)\\`;

function key(duty: string): string {
  return `${duty}-0123456789abcdef0123456789abcdef`;
}
