import type { Issue } from "../checks/issues";
import { issueIf } from "../checks/issues";
import type { CertctlSecrets, ExistingSecrets } from "./secrets-args";
import { existingSecretIssues, secretIssues } from "./secrets-checks";

/** The Secrets of an instance: by value, or by the names of those that exist. */
export interface SecretSources extends CertctlSecrets {
  existingSecrets?: ExistingSecrets;
}

/** What is wrong with the Secrets of an instance on their own. */
export function instanceSecretsIssues(args: SecretSources): Issue[] {
  const { existingSecrets: existing = {}, encryptionKey, apiKeys } = args;
  return [
    ...issueIf(
      encryptionKey === undefined && existing.encryptionKey === undefined,
      "encryptionKey",
      "is missing; give it, or existingSecrets.encryptionKey",
    ),
    ...issueIf(
      apiKeys === undefined && existing.apiKeys === undefined,
      "apiKeys",
      "is missing; give one key each for admin, enroll, fleet and metrics, or existingSecrets.apiKeys",
    ),
    ...secretIssues(args),
    ...existingSecretIssues(existing, args),
  ];
}
