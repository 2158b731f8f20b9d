import type { CertctlArgs } from "../certctl-args";

/**
 * What the rest of the configuration needs from the secret configuration, as paths. `npm run secrets` makes
 * what is missing.
 */
export function requiredSecrets(args: CertctlArgs): string[] {
  const existing = args.existingSecrets;
  const provided = (args.tls?.mode ?? "provided") === "provided";
  return [
    ...(existing?.databasePassword === undefined ? ["databasePassword"] : []),
    ...(existing?.encryptionKey === undefined ? ["encryptionKey"] : []),
    ...(existing?.apiKeys === undefined
      ? ["apiKeys.admin", "apiKeys.enroll", "apiKeys.fleet", "apiKeys.metrics"]
      : []),
    ...(provided ? ["tlsCertificate", "tlsPrivateKey"] : []),
    ...(provided && needsCaCertificate(args) ? ["tlsCaCertificate"] : []),
  ];
}

/** A provided certificate comes without the CA that clients need, unless they trust something else. */
function needsCaCertificate({ tls }: CertctlArgs): boolean {
  const mode = tls?.trust?.mode;
  return mode !== "configMap" && mode !== "systemRoots";
}

/** What to say of a secret that is needed, and how to set it. */
export function missingSecretMessage(path: string): string {
  const secret = path === "tlsCaCertificate" ? "" : "--secret ";
  const nested = path.includes(".") ? "--path " : "";
  return `is missing; npm run secrets -- <stack> makes it, or: pulumi config set ${secret}${nested}certctl:${path}`;
}
