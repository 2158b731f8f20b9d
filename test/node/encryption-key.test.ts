import assert from "node:assert/strict";
import { kubectlApply } from "../engine/support/cluster";
import { stackNames, useInstance } from "./support/node-instance";
import type { NodeInstance } from "./support/node-instance";

for (const stackName of stackNames) {
  describe(`a wrong encryption key for ${stackName}, with real pods`, function () {
    this.timeout(240_000);
    let instance: NodeInstance;
    let text: string;
    let code: number;
    let right: unknown;

    before(async () => {
      instance = await useInstance(stackName);
      await instance.settled();
      const key = Buffer.from("another key, of another instance").toString("base64");
      await kubectlApply(
        JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name: "other-key", namespace: instance.namespace }, data: { key } }),
      );
      right = instance.stack.config()["certctl:encryptionKey"];
      instance.stack.configure({
        "certctl:encryptionKey": undefined,
        "certctl:existingSecrets": { encryptionKey: "other-key" },
        "certctl:provisioning": { backoffLimit: 0 },
      });
      ({ code, text } = await instance.stack.tryUp());
    });

    it("leaves the pods Ready", async () => {
      const { server } = await instance.wanted();
      await instance.ready("server", server, 5);
      assert.equal((await instance.get("/ready")).status, 200);
    });

    it("is caught by provisioning, which names it", () => {
      assert.notEqual(code, 0);
      assert.match(text, /certctl-provision-[0-9a-f]{8}/);
      assert.match(
        text,
        /provisioning: not loaded: .*Is the encryption key \(CERTCTL_CONFIG_ENCRYPTION_KEY\) the one this database was made with\?/,
      );
    });

    it("is mended by the right one", async () => {
      instance.stack.configure({ "certctl:encryptionKey": right, "certctl:existingSecrets": undefined, "certctl:provisioning": undefined });
      await instance.stack.up();
      await instance.settled();
    });
  });
}
