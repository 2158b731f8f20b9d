import { X509Certificate, createPrivateKey } from "node:crypto";
import type { KeyObject } from "node:crypto";

/** The certificates of a PEM text, or what is wrong with it. Nothing of the text itself is in the problem. */
export type Certificates = { certificates: X509Certificate[] } | { problem: string };

export function readCertificates(pem: string): Certificates {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g);
  if (!blocks)
    return {
      problem:
        "is not a PEM certificate; it starts with -----BEGIN CERTIFICATE----- and keeps its line breaks",
    };
  try {
    return { certificates: blocks.map((block) => new X509Certificate(block)) };
  } catch {
    return { problem: "holds a PEM certificate that cannot be read; it is damaged or cut off" };
  }
}

/** The private key of a PEM text, or what is wrong with it. */
export function readPrivateKey(pem: string): { key: KeyObject } | { problem: string } {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    return {
      problem:
        "is not a PEM private key; it starts with -----BEGIN PRIVATE KEY----- and keeps its line breaks",
    };
  }
  if (pem.includes("ENCRYPTED"))
    return { problem: "is encrypted with a passphrase; certctl needs it without" };
  try {
    return { key: createPrivateKey(pem) };
  } catch {
    return { problem: "holds a PEM private key that cannot be read; it is damaged or cut off" };
  }
}

/**
 * What is wrong with CA certificates that clients trust. Replaced roots may stay until they end, so one in
 * date is enough.
 */
export function certificateBundleProblem(pem: string, now = new Date()): string | undefined {
  if (pem.includes("PRIVATE KEY-----"))
    return "holds a private key; give certificates only, and replace that key";
  const read = readCertificates(pem);
  if ("problem" in read) return read.problem;
  const problems = read.certificates.map((certificate) => dateProblem(certificate, now));
  return problems.includes(undefined) ? undefined : problems[0];
}

/** A certificate that is not valid today. */
export function dateProblem(certificate: X509Certificate, now = new Date()): string | undefined {
  if (now > new Date(certificate.validTo)) return `expired on ${day(certificate.validTo)}`;
  return now < new Date(certificate.validFrom)
    ? `is not valid before ${day(certificate.validFrom)}`
    : undefined;
}

/** Days until a certificate ends. */
export function daysLeft(certificate: X509Certificate, now = new Date()): number {
  return Math.floor((new Date(certificate.validTo).getTime() - now.getTime()) / 86_400_000);
}

/**
 * Whether a chain that starts with the first certificate ends at one of the trusted ones, as Go verifies it.
 */
export function isVerifiedBy(
  chain: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
): boolean {
  const inDate = trusted.filter((certificate) => dateProblem(certificate) === undefined);
  let [current] = chain;
  for (let step = 0; current && step <= chain.length; step++) {
    const certificate = current;
    if (inDate.some((ca) => ca.fingerprint256 === certificate.fingerprint256 || isIssuedBy(certificate, ca)))
      return true;
    current = chain.find((candidate) => candidate !== certificate && isIssuedBy(certificate, candidate));
  }
  return false;
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function day(date: string): string {
  return new Date(date).toISOString().slice(0, 10);
}
