import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { awkwardPassword } from "../support/secrets";
import { kubectl } from "../engine/support/cluster";
import { describeLoad } from "./support/load";
import type { LoadReport } from "./support/load";
import { eventually, stackNames, useInstance, withBothStacks } from "./support/node-instance";
import type { NodeInstance } from "./support/node-instance";

describe("a database pod that goes under load, with real pods,", function () {
  this.timeout(1_200_000);
  const outageOf = withBothStacks(async (instance) => {
    await instance.settled();
    const restarts = await instance.restarts("server");
    // What the first pod of the database said when it was initialised goes with it.
    const before = await instance.logs();
    const report = await loseDatabase(instance);
    const logs = `${before}\n${await instance.logs()}`;
    return { report, logs, restarts: (await instance.restarts("server")) - restarts };
  });

  for (const stackName of stackNames) {
    it(`makes the servers of ${stackName} answer 503 on /ready, and 200 again by themselves`, async () => {
      const { report } = await outageOf(stackName);
      console.log(`      ${stackName}: ${describeLoad(report)}`);
      assert.ok((report.answers["503"] ?? 0) > 0 || report.failed.length > 0, JSON.stringify(report.answers));
      assert.deepEqual(
        Object.keys(report.answers).filter((status) => !["200", "503"].includes(status)),
        [],
      );
      assert.equal((await (await useInstance(stackName)).get("/ready")).status, 200);
    });

    it(`restarts no server pod of ${stackName}`, async () => {
      assert.equal((await outageOf(stackName)).restarts, 0);
    });

    it(`leaves the password, and every other secret, in no log of ${stackName}`, async () => {
      const { logs } = await outageOf(stackName);
      assert.ok(
        logs.includes('"level":') && logs.includes("PostgreSQL init process complete"),
        "there are logs, also of the first start",
      );
      for (const form of [
        awkwardPassword,
        encodeURIComponent(awkwardPassword),
        JSON.stringify(awkwardPassword).slice(1, -1),
      ]) {
        assert.ok(!logs.includes(form));
      }
      const { stack } = await useInstance(stackName);
      for (const [key, value] of Object.entries(await stack.secretValues())) {
        if (!key.endsWith("Certificate")) assert.ok(!logs.includes(value), `${key} is in a log`);
      }
    });
  }
});

async function loseDatabase(instance: NodeInstance): Promise<LoadReport> {
  const { report } = await instance.underLoad(async () => {
    await delay(3_000);
    const since = Date.now();
    await kubectl("delete", "pod", "certctl-postgres-0", "--namespace", instance.namespace, "--wait=false");
    // While no server is Ready, the Service leads nowhere: what the pods themselves answer is asked inside
    // them.
    await eventually(30, async () => {
      assert.equal(await readiness(instance), "503");
    });
    await eventually(60, async () => {
      assert.equal(await readiness(instance), "200");
    });
    console.log(
      `      ${instance.stackName}: ready again after ${((Date.now() - since) / 1000).toFixed(0)} s`,
    );
    await instance.settled();
    await delay(3_000);
  });
  return report;
}

async function readiness(instance: NodeInstance): Promise<string> {
  const [pod] = await instance.pods("server");
  assert.ok(pod);
  return instance.exec(
    pod,
    "server",
    "curl -sk --max-time 8 -o /dev/null -w '%{http_code}' https://127.0.0.1:8443/ready",
  );
}
