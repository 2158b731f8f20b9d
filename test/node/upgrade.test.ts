import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { kubectl } from "../engine/support/cluster";
import type { Answer } from "../engine/support/engine";
import { assertServedAll, describeLoad } from "./support/load";
import type { LoadReport } from "./support/load";
import { measured } from "./support/measurements";
import { stackNames, useInstance, withBothStacks } from "./support/node-instance";
import type { NodeInstance } from "./support/node-instance";
import { useNode } from "./support/real-node";

/** What an update did to the servers, under load. */
interface Update {
  up: Answer;
  report: LoadReport;
  podsBefore: string[];
  podsAfter: string[];
}

describe("a new version of the server, under a steady load of 50 requests a second, with real pods,", function () {
  this.timeout(1_200_000);
  const updatesOf = withBothStacks(async (instance) => {
    await instance.settled();
    const { brokenServer, newerServer, newerAgent } = (await useNode()).images;
    instance.stack.configure({
      "certctl:images": { server: brokenServer.tag },
      "certctl:migrations": { backoffLimit: 0 },
    });
    const broken = await update(instance, () => instance.stack.tryUp());

    const images = { server: newerServer.tag, agent: newerAgent.tag };
    instance.stack.configure({ "certctl:images": images, "certctl:migrations": undefined });
    const right = await update(instance, async () => {
      const answer = await measured(instance, "up to a new version, under load", () =>
        instance.stack.tryUp(),
      );
      // Keep-alive connections to the pods that went are used for a while.
      await delay(15_000);
      return answer;
    });
    return { broken, right };
  });

  for (const stackName of stackNames) {
    it(`whose migration fails is refused by its log, and the old one of ${stackName} goes on serving`, async () => {
      const { up, report, podsBefore, podsAfter } = (await updatesOf(stackName)).broken;
      assert.notEqual(up.code, 0);
      assert.match(up.text, /certctl-migrate-[0-9a-f]{8}/);
      assert.match(up.text, /000099_broken\.up\.sql/, "the message of the failing migration");
      assert.deepEqual(podsAfter, podsBefore);
      assertServedAll(report);
    });

    it(`that is right heals ${stackName} by the next up, and rolls with no failed request`, async () => {
      const { up, report, podsBefore, podsAfter } = (await updatesOf(stackName)).right;
      console.log(`      ${stackName}: ${describeLoad(report)}`);
      assert.equal(up.code, 0, up.text);
      assertServedAll(report);
      assert.equal(podsAfter.length, podsBefore.length);
      assert.ok(podsAfter.every((pod) => !podsBefore.includes(pod)));
      const instance = await useInstance(stackName);
      assert.equal(await instance.restarts("server"), 0);
    });

    it(`is then what runs in ${stackName}, on the schema of the new version`, async () => {
      await updatesOf(stackName);
      const { images } = await useNode();
      const instance = await useInstance(stackName);
      const pods = await kubectl("get", "pods", "--namespace", instance.namespace, "--output", "json");
      assert.ok(pods.includes(images.newerServer.tag) && !pods.includes(`"image": "${images.server.tag}"`));
      assert.deepEqual(
        await instance.sql(
          "select count(*) from schema_migrations where version = '000099_newer_version.up.sql'",
        ),
        ["1"],
      );
    });
  }
});

async function update(instance: NodeInstance, action: () => Promise<Answer>): Promise<Update> {
  const podsBefore = await instance.podUids("server");
  const { report, result: up } = await instance.underLoad(action);
  return { up, report, podsBefore, podsAfter: await instance.podUids("server") };
}
