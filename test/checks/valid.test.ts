import assert from "node:assert/strict";
import { stackArgs, stackFileValues } from "../../src/stack/stack-config";
import { generateSecrets } from "../support/secrets";
import { completed, corpus, decrypted, printed } from "./corpus";

describe("a valid configuration prints nothing", () => {
  for (const one of corpus("valid")) {
    it(`with its secrets: ${one.name}`, async () => {
      const namespace = (one.config["certctl:namespace"] ?? "certctl") as string;
      const secrets = withoutRivals(await generateSecrets("certctl", namespace), one.config);
      assert.deepEqual(printed(one, completed(decrypted(one.config), secrets, {})), []);
    });

    it(`with placeholders for them: ${one.name}`, () => {
      const { values, secretKeys } = stackFileValues(one.config);
      assert.deepEqual(stackArgs(values, secretKeys, { secrets: "placeholder" }).issues, []);
    });
  }
});

/** The generated secrets that a case has use for. */
function withoutRivals(secrets: object, config: Record<string, unknown>): object {
  const { mode = "provided" } = (config["certctl:tls"] ?? {}) as { mode?: string };
  const unused = [
    ...(mode === "provided" ? [] : ["tlsCertificate", "tlsPrivateKey", "tlsCaCertificate"]),
    ...("certctl:existingSecrets" in config
      ? ["databasePassword", "encryptionKey", "apiKeys", "caCertificate", "caPrivateKey"]
      : []),
  ];
  return Object.fromEntries(Object.entries(secrets).filter(([key]) => !unused.includes(key)));
}
