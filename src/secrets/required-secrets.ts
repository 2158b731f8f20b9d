import type { TlsSettings } from "../tls/tls-args";
import { isProvided } from "../tls/tls-settings";
import { needsCaCertificate } from "../tls/trust";
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
    ...(provided && needsCaCertificate(args.tls) ? ["tlsCaCertificate"] : []),
  ];
}
