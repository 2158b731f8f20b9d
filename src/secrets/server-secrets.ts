import type { InstanceSecrets } from "./instance-secrets";

/** What a server is told of an instance's Secrets, besides the keys that Jobs are told of, too. */
export function serverSecrets({ previousDuties, issuingCa, variables, serverChecksum }: InstanceSecrets) {
  return { previousDuties, issuingCa, secretVariables: variables, secretsChecksum: serverChecksum };
}
