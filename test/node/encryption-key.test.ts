import assert from "node:assert/strict";
import { kubectlApply } from "../engine/support/cluster";
import type { Answer } from "../engine/support/engine";
import { stackNames, withBothStacks } from "./support/node-instance";
import type { NodeInstance } from "./support/node-instance";

describe("a wrong encryption key, with real pods,", function () {
  this.timeout(1_200_000);
  const outcomeOf = withBothStacks(async (instance) => {
    await instance.settled();
    const right = instance.stack.config()["certctl:encryptionKey"];
    const answer = await upWithAnotherKey(instance);
    await instance.ready("server", (await instance.wanted()).server, 5);
    const { status } = await instance.get("/ready");
    instance.stack.configure({
      "certctl:encryptionKey": right,
      "certctl:existingSecrets": undefined,
      "certctl:provisioning": undefined,
    });
    return { answer, status, mended: await instance.stack.tryUp() };
  });

  for (const stackName of stackNames) {
    it(`leaves the pods of ${stackName} Ready, and is caught by provisioning, which names it`, async () => {
      const { answer, status } = await outcomeOf(stackName);
      assert.equal(status, 200);
      assert.notEqual(answer.code, 0);
      assert.match(answer.text, /certctl-provision-[0-9a-f]{8}/);
      assert.match(
        answer.text,
        /provisioning: not loaded: .*Is the encryption key \(CERTCTL_CONFIG_ENCRYPTION_KEY\) the one this database was made with\?/,
      );
    });

    it(`is mended by the right one, in ${stackName}`, async () => {
      const { mended } = await outcomeOf(stackName);
      assert.equal(mended.code, 0, mended.text);
    });
  }
});

async function upWithAnotherKey({ stack, namespace }: NodeInstance): Promise<Answer> {
  const key = Buffer.from("another key, of another instance").toString("base64");
  await kubectlApply(
    JSON.stringify({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "other-key", namespace },
      data: { key },
    }),
  );
  stack.configure({
    "certctl:encryptionKey": undefined,
    "certctl:existingSecrets": { encryptionKey: "other-key" },
    "certctl:provisioning": { backoffLimit: 0 },
  });
  return stack.tryUp();
}
