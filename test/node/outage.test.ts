import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { awkwardPassword } from "../support/secrets";
import { kubectl } from "../engine/support/cluster";
import { describeLoad } from "./support/load";
import { eventually, stackNames, useInstance } from "./support/node-instance";
import type { NodeInstance } from "./support/node-instance";

for (const stackName of stackNames) {
  describe(`a database pod of ${stackName} that goes under load, with real pods`, function () {
    this.timeout(180_000);
    let instance: NodeInstance;
    let restarts: number;
    let answers: Record<string, number>;
    let failed: unknown[];

    before(async () => {
      instance = await useInstance(stackName);
      await instance.settled();
      restarts = await instance.restarts("server");
      const { report } = await instance.underLoad(async () => {
        await delay(3_000);
        const since = Date.now();
        await kubectl("delete", "pod", "certctl-postgres-0", "--namespace", instance.namespace, "--wait=false");
        // While no server is Ready, the Service leads nowhere: what the pods themselves answer is asked inside them.
        await eventually(30, async () => {
          assert.equal(await readiness(instance), "503");
        });
        await eventually(60, async () => {
          assert.equal(await readiness(instance), "200");
        });
        console.log(`      ${stackName}: ready again after ${((Date.now() - since) / 1000).toFixed(0)} s`);
        await instance.settled();
        await delay(3_000);
      });
      console.log(`      ${describeLoad(report)}`);
      ({ answers, failed } = report);
    });

    it("makes the server answer 503 on /ready, and 200 again by itself", async () => {
      assert.ok((answers["503"] ?? 0) > 0 || failed.length > 0, JSON.stringify(answers));
      assert.deepEqual(
        Object.keys(answers).filter((status) => !["200", "503"].includes(status)),
        [],
      );
      assert.equal((await instance.get("/ready")).status, 200);
    });

    it("restarts no server pod", async () => {
      assert.equal(await instance.restarts("server"), restarts);
    });

    it("leaves the password in no log", async () => {
      const logs = await instance.logs();
      assert.ok(logs.length > 1_000 && logs.includes('"level":'), "there are logs");
      for (const form of [awkwardPassword, encodeURIComponent(awkwardPassword), JSON.stringify(awkwardPassword).slice(1, -1)]) {
        assert.ok(!logs.includes(form));
      }
      for (const [key, value] of Object.entries(await instance.stack.secretValues())) {
        if (!key.endsWith("Certificate")) assert.ok(!logs.includes(value), `${key} is in a log`);
      }
    });
  });
}

async function readiness(instance: NodeInstance): Promise<string> {
  const [pod] = await instance.pods("server");
  assert.ok(pod);
  return instance.exec(pod, "server", "curl -sk --max-time 8 -o /dev/null -w '%{http_code}' https://127.0.0.1:8443/ready");
}
