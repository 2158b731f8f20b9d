import type * as pulumi from "@pulumi/pulumi";
import type { X509Certificate } from "node:crypto";
import type { Issue } from "../checks/issues";
import { issueIf, sentenceList, under } from "../checks/issues";
import { text } from "../checks/unseen";
import { durationIssues } from "../kubernetes/kubernetes-checks";
import { durationSeconds } from "../kubernetes/units";
import { certificateBundleProblem, dateProblem, isVerifiedBy, readCertificates, readPrivateKey } from "./pem";
import { certificateDefaults, isProvided, resolveTls } from "./tls-settings";
import { TlsMode, TrustMode } from "./tls-args";
import type { CertManagerSettings, TlsSettings, TrustSettings } from "./tls-args";

/** The certificate that is given, and the CA that its clients trust; all PEM. */
export interface TlsMaterial {
  tlsCertificate?: pulumi.Input<string>;
  tlsPrivateKey?: pulumi.Input<string>;
  tlsCaCertificate?: pulumi.Input<string>;
}

/** What is wrong with the choice of a certificate. */
export function tlsIssues({ mode, existingSecret, certManager, trust }: TlsSettings): Issue[] {
  const chosen = mode ?? TlsMode.Provided;
  const known = Object.values(TlsMode).includes(chosen);
  return [
    ...issueIf(
      chosen === TlsMode.ExistingSecret && existingSecret === undefined,
      "existingSecret",
      "is missing; mode existingSecret needs its name",
    ),
    ...issueIf(
      chosen === TlsMode.CertManager && certManager === undefined,
      "certManager",
      "is missing; mode certManager needs its issuerRef",
    ),
    ...issueIf(
      known && chosen !== TlsMode.ExistingSecret && existingSecret !== undefined,
      "existingSecret",
      otherMode(chosen, TlsMode.ExistingSecret),
    ),
    ...issueIf(
      known && chosen !== TlsMode.CertManager && certManager !== undefined,
      "certManager",
      otherMode(chosen, TlsMode.CertManager),
    ),
    ...under("certManager", certManager ? certManagerIssues(certManager) : []),
    ...under("trust", trust ? trustIssues(trust) : []),
  ];
}

function otherMode(chosen: TlsMode, other: TlsMode): string {
  return `is only for mode ${other}, and the mode is ${chosen}; keep one source`;
}

function certManagerIssues({
  commonName,
  duration,
  renewBefore,
  issuerRef,
}: Partial<CertManagerSettings>): Issue[] {
  const lifetime = text(duration) ?? certificateDefaults.duration;
  const before = text(renewBefore) ?? certificateDefaults.renewBefore;
  const path = renewBefore === undefined ? "duration" : "renewBefore";
  return [
    ...issueIf(
      (text(commonName) ?? "").length > 64,
      "commonName",
      "is longer than the 64 characters that a certificate holds; leave it out",
    ),
    // cert-manager's own least values.
    ...durationIssues("duration", duration, "1h"),
    ...durationIssues("renewBefore", renewBefore, "5m"),
    ...issueIf(
      durationSeconds(before) >= durationSeconds(lifetime),
      path,
      `a certificate that lives for ${lifetime} cannot be renewed ${before} before its end`,
    ),
    ...issueIf(text(issuerRef?.name) === "", "issuerRef.name", "is empty; name the issuer"),
  ];
}

function trustIssues({ mode, configMap }: TrustSettings): Issue[] {
  return [
    ...issueIf(
      mode === TrustMode.ConfigMap && configMap === undefined,
      "configMap",
      "is missing; mode configMap needs its name",
    ),
    ...issueIf(
      mode !== TrustMode.ConfigMap && configMap !== undefined,
      "configMap",
      "is only for mode configMap; set tls.trust.mode: configMap",
    ),
  ];
}

/** What is wrong with the certificate of the secret configuration, and with what clients trust. */
export function tlsMaterialIssues(
  tls: TlsSettings,
  secrets: TlsMaterial,
  dnsNames: readonly string[],
): Issue[] {
  const ca = text(secrets.tlsCaCertificate);
  const problem = ca === undefined ? undefined : certificateBundleProblem(ca);
  return [
    ...issueIf(problem !== undefined, "tlsCaCertificate", problem ?? ""),
    ...trustMaterialIssues(tls, secrets),
    ...(isProvided(tls) ? providedIssues(tls, secrets, dnsNames) : []),
  ];
}

function trustMaterialIssues(tls: TlsSettings, { tlsCaCertificate }: TlsMaterial): Issue[] {
  const { trustMode } = resolveTls(tls, tlsCaCertificate !== undefined);
  return [
    ...issueIf(
      trustMode === TrustMode.CaCertificate && tlsCaCertificate === undefined,
      "tlsCaCertificate",
      "is missing; tls.trust.mode caCertificate needs it",
    ),
    ...issueIf(
      isProvided(tls) && tls.trust?.mode === TrustMode.TlsSecret,
      "tls.trust.mode",
      "tlsSecret has no ca.crt with tls.mode provided; use caCertificate, and set tlsCaCertificate",
    ),
  ];
}

function providedIssues(tls: TlsSettings, secrets: TlsMaterial, dnsNames: readonly string[]): Issue[] {
  const pem = text(secrets.tlsCertificate);
  const read = pem === undefined ? undefined : readCertificates(pem);
  const keyIssues = privateKeyIssues("tlsPrivateKey", "tlsCertificate", secrets.tlsPrivateKey, read);
  if (!read) return keyIssues;
  if ("problem" in read) return [{ path: "tlsCertificate", message: read.problem }, ...keyIssues];
  const [certificate] = read.certificates;
  if (!certificate) return keyIssues;
  const problem = dateProblem(certificate);
  const extra = (tls.extraDnsNames ?? []).filter((name) => text(name) !== undefined);
  const missing = [...dnsNames, ...extra].filter((name) => !holdsFor(certificate, name));
  const renew = "npm run secrets -- <stack> --renew-tls makes a new one";
  return [
    ...issueIf(problem !== undefined, "tlsCertificate", `${problem ?? ""}; ${renew}`),
    ...issueIf(missing.length > 0, "tlsCertificate", `does not hold for ${sentenceList(missing)}; ${renew}`),
    ...caIssues(read.certificates, text(secrets.tlsCaCertificate)),
    ...keyIssues,
  ];
}

/** Whether a certificate holds for a name. Go looks at the alternative names only. */
export function holdsFor(certificate: X509Certificate, name: string): boolean {
  if (name.startsWith("*.")) return (certificate.subjectAltName ?? "").split(", ").includes(`DNS:${name}`);
  return certificate.checkHost(name, { subject: "never", partialWildcards: false }) !== undefined;
}

function caIssues(chain: readonly X509Certificate[], ca: string | undefined): Issue[] {
  const trusted = ca === undefined ? undefined : readCertificates(ca);
  if (!trusted || "problem" in trusted || certificateBundleProblem(ca ?? "") !== undefined) return [];
  return issueIf(
    !isVerifiedBy(chain, trusted.certificates),
    "tlsCaCertificate",
    "did not sign tlsCertificate, so no client would trust the server; set the CA that did",
  );
}

/** What is wrong with a private key, and whether it is the one of its certificate. */
export function privateKeyIssues(
  path: string,
  certificatePath: string,
  value: unknown,
  read: ReturnType<typeof readCertificates> | undefined,
): Issue[] {
  const pem = text(value);
  if (pem === undefined) return [];
  const key = readPrivateKey(pem);
  if ("problem" in key) return [{ path, message: key.problem }];
  if (!read || "problem" in read || !read.certificates[0]) return [];
  return issueIf(
    !read.certificates[0].checkPrivateKey(key.key),
    path,
    `is not the key of ${certificatePath}`,
  );
}
