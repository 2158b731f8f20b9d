// @peculiar/x509 needs the polyfill to be there first.
import "reflect-metadata";
import { KeyObject, randomBytes, webcrypto, X509Certificate } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** A certificate and its private key, in PEM. */
export interface KeyPair {
  certificate: string;
  privateKey: string;
}

const day = 24 * 60 * 60 * 1000;
const hour = 60 * 60 * 1000;
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const transportCaName = "certctl transport CA";

/**
 * Days that a server certificate is good for: the most that clients of public CAs accept, so that no client
 * refuses it.
 */
export const serverCertificateDays = 397;
/** Days that the CA of the issuer `iss-local` is good for. */
export const issuingCaDays = 3650;

/** The CA that certctl's issuer `iss-local` signs with. */
export async function createIssuingCa(now = new Date()): Promise<KeyPair> {
  const keys = await newKeys();
  return {
    certificate: await createRoot("certctl issuing CA", keys, issuingCaDays, undefined, now),
    privateKey: privateKeyPem(keys),
  };
}

/**
 * A server certificate, and the root that signed it. The root's private key exists only in this function:
 * nobody can sign another certificate that the clients would trust.
 */
export async function createServerCertificate(
  dnsNames: readonly string[],
  now = new Date(),
): Promise<KeyPair & { caCertificate: string }> {
  const rootKeys = await newKeys();
  // Roots that are trusted side by side have names of their own, so that a client picks the right one at
  // once.
  const rootName = `${transportCaName} ${randomBytes(4).toString("hex")}`;
  const caCertificate = await createRoot(rootName, rootKeys, serverCertificateDays, 0, now);
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity(now, serverCertificateDays),
    subject: [{ CN: [dnsNames[0] ?? ""] }],
    issuer: [{ CN: [rootName] }],
    publicKey: keys.publicKey,
    signingKey: rootKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(dnsNames.map((value) => ({ type: "dns", value }))),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(rootKeys.publicKey),
    ],
  });
  return { certificate: pem(certificate), privateKey: privateKeyPem(keys), caCertificate };
}

/** The certificates of a PEM bundle, in its order. */
export function certificatesOf(bundle: string): X509Certificate[] {
  const blocks = bundle.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

/** Whether a root was made by `createServerCertificate`. */
export function isTransportCa(certificate: X509Certificate): boolean {
  return certificate.subject.startsWith(`CN=${transportCaName} `);
}

/**
 * A new root, and the previous ones that are still in date: clients trust both until they have all switched.
 */
export function trustBundle(newRoot: string, previous: readonly X509Certificate[], now = new Date()): string {
  const inDate = previous.filter((certificate) => new Date(certificate.validTo) > now);
  return [newRoot, ...inDate.map((certificate) => certificate.toString())]
    .map((text) => `${text.trim()}\n`)
    .join("");
}

async function createRoot(
  name: string,
  keys: webcrypto.CryptoKeyPair,
  days: number,
  pathLength: number | undefined,
  now: Date,
): Promise<string> {
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(now, days),
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, pathLength, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return pem(root);
}

/** Valid since an hour ago: clocks of a cluster's nodes differ. */
function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now.getTime() - hour), notAfter: new Date(now.getTime() - hour + days * day) };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

function privateKeyPem(keys: webcrypto.CryptoKeyPair): string {
  return KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }).toString();
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString("pem").trim()}\n`;
}
