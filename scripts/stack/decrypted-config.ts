import { pulumi, type PulumiCall } from "./pulumi-cli";

/** A stack's configuration by full key, as `pulumi config --json` prints it. */
export type DecryptedConfig = Record<string, { value?: string; secret: boolean }>;

/**
 * The stack's configuration, decrypted by the CLI. It comes through a pipe: nothing of it touches the disk.
 */
export async function decryptedConfig(call: PulumiCall): Promise<DecryptedConfig> {
  return JSON.parse(await pulumi(["config", "--show-secrets", "--json"], call)) as DecryptedConfig;
}
