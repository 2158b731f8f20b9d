import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { kubectl } from "../engine/support/cluster";
import { describeLoad } from "./support/load";
import { measured } from "./support/measurements";
import { stackNames, useInstance } from "./support/node-instance";
import type { NodeInstance } from "./support/node-instance";
import { useNode } from "./support/real-node";

for (const stackName of stackNames) {
  describe(`a new version of the server of ${stackName}, with real pods`, function () {
    this.timeout(300_000);
    let instance: NodeInstance;

    before(async () => {
      instance = await useInstance(stackName);
      await instance.settled();
    });

    it("whose migration fails is refused by its log, and the old one goes on serving", async () => {
      const { images } = await useNode();
      const before = await serverPods(instance);
      instance.stack.configure({ "certctl:images": { server: images.brokenServer.tag }, "certctl:migrations": { backoffLimit: 0 } });
      const { report, result: up } = await instance.underLoad(() => instance.stack.tryUp());

      assert.notEqual(up.code, 0);
      assert.match(up.text, /certctl-migrate-[0-9a-f]{8}/);
      assert.match(up.text, /000099_broken\.up\.sql/, "the message of the failing migration");
      assert.deepEqual(await serverPods(instance), before);
      assert.deepEqual(report.failed, []);
      assert.deepEqual(Object.keys(report.answers), ["200"]);
    });

    it("that is right heals it by the next up, and rolls under 50 requests a second with none failed", async () => {
      const { images } = await useNode();
      const before = await serverPods(instance);
      instance.stack.configure({
        "certctl:images": { server: images.newerServer.tag, agent: images.newerAgent.tag },
        "certctl:migrations": undefined,
      });
      const { report } = await instance.underLoad(async () => {
        await measured(instance, "up to a new version, under load", () => instance.stack.up());
        // Keep-alive connections to the pods that went are used for a while.
        await delay(15_000);
      });
      console.log(`      ${describeLoad(report)}`);

      assert.deepEqual(report.failed, []);
      assert.deepEqual(Object.keys(report.answers), ["200"]);
      const after = await serverPods(instance);
      assert.equal(after.length, before.length);
      assert.ok(after.every((pod) => !before.includes(pod)));
      assert.equal(await instance.restarts("server"), 0);
      const pods = await kubectl("get", "pods", "--namespace", instance.namespace, "--output", "json");
      assert.ok(pods.includes(images.newerServer.tag) && !pods.includes(`"image": "${images.server.tag}"`));
      assert.equal((await instance.sql("select count(*) from schema_migrations where version = '000099_newer_version.up.sql'"))[0], "1");
    });
  });
}

async function serverPods(instance: NodeInstance): Promise<string[]> {
  return (await instance.pods("server")).map(({ metadata }) => metadata.uid).sort();
}
