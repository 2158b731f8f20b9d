import { TrustMode } from "../tls/tls-args";
import type { TlsSettings } from "../tls/tls-args";
import { isProvided } from "../tls/tls-settings";
import type { ExistingSecrets } from "./secrets-args";

/** What decides which secrets are needed. */
export interface SecretNeeds {
  existingSecrets?: ExistingSecrets;
  tls?: TlsSettings;
}

/**
 * What the rest of the configuration needs from the secret configuration, as paths. `npm run secrets` makes
 * what is missing.
 */
export function requiredSecrets(args: SecretNeeds): string[] {
  const existing = args.existingSecrets;
  const provided = isProvided(args.tls ?? {});
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
function needsCaCertificate({ tls }: SecretNeeds): boolean {
  const mode = tls?.trust?.mode;
  return mode !== TrustMode.ConfigMap && mode !== TrustMode.SystemRoots;
}
