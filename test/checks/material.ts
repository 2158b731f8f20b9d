import { createPrivateKey } from "node:crypto";
import { createIssuingCa, createServerCertificate } from "../../scripts/secrets/certificates";
import { serverDnsNames } from "../../src/tls/dns-names";

/** Certificates and keys with something wrong, by name. Made anew for each run: no key is ever committed. */
export async function wrongMaterial(): Promise<Record<string, string>> {
  const names = serverDnsNames("certctl", "certctl");
  // Fixed days, because messages name them.
  const past = new Date("2001-01-01");
  const future = new Date("2099-01-01");
  const [expired, early, elsewhere, other, ca, expiredCa] = await Promise.all([
    createServerCertificate(names, past),
    createServerCertificate(names, future),
    createServerCertificate(["certctl.example.com"]),
    createServerCertificate(names),
    createIssuingCa(),
    createIssuingCa(past),
  ]);
  const locked = createPrivateKey(other.privateKey).export({
    type: "pkcs8",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase: "x",
  });
  return {
    ...pair("expired", expired),
    ...pair("early", early),
    ...pair("elsewhere", elsewhere),
    ...pair("other", other),
    ...pair("ca", ca),
    ...pair("expiredCa", expiredCa),
    "damaged.certificate": other.certificate.replace(/\n[^\n]+\n-----END/, "\n-----END"),
    "damaged.privateKey": other.privateKey.replace(/\n[^\n]+\n-----END/, "\n-----END"),
    "flat.certificate": other.certificate.replaceAll("\n", " ").replace("-----BEGIN CERTIFICATE-----", ""),
    "locked.privateKey": String(locked),
  };
}

function pair(
  name: string,
  material: { certificate: string; privateKey: string; caCertificate?: string },
): Record<string, string> {
  const { certificate, privateKey, caCertificate } = material;
  return {
    [`${name}.certificate`]: certificate,
    [`${name}.privateKey`]: privateKey,
    ...(caCertificate !== undefined && { [`${name}.caCertificate`]: caCertificate }),
  };
}
