import assert from "node:assert/strict";
import { awkwardPassword } from "../support/secrets";
import { conditionTime, object, objects } from "../engine/support/cluster";
import type { ClusterObject } from "../engine/support/cluster";
import { recordSteps } from "./support/measurements";
import { eventually, stackNames, useInstance, withBothStacks } from "./support/node-instance";
import type { NodeInstance } from "./support/node-instance";

describe("from nothing, with real pods,", function () {
  this.timeout(1_200_000);
  const previewOf = withBothStacks(async (instance) => {
    await instance.settled(60);
    return instance.stack.preview("--expect-no-changes", "--refresh");
  });

  for (const stackName of stackNames) {
    describe(stackName, () => {
      let instance: NodeInstance;
      let keys: Record<string, string>;

      before(async () => {
        instance = await useInstance(stackName);
        keys = await instance.stack.secretValues();
      });

      it("has every pod Ready and every Job complete, in the order of the graph", async () => {
        await instance.settled(5);
        const { namespace } = instance;
        const created = (await objects("", "namespaces")).find(({ metadata }) => metadata.name === namespace);
        const readyTime = async (component: string): Promise<string> => {
          const times = (await instance.pods(component)).map((pod) => conditionTime(pod, "Ready"));
          return times.sort().at(-1) ?? "";
        };
        const steps = [
          { step: "database ready", pods: "postgres", time: await readyTime("database") },
          { step: "migrated", time: conditionTime(await job(namespace, "certctl-migrate-"), "Complete") },
          { step: "servers ready", pods: "server", time: await readyTime("server") },
          {
            step: "provisioned",
            time: conditionTime(await job(namespace, "certctl-provision-"), "Complete"),
          },
          { step: "agents ready", pods: "agents", time: await readyTime("agents") },
        ];
        await recordSteps(instance, created?.metadata.creationTimestamp ?? "", steps);
        const times = steps.map(({ time }) => time);
        assert.deepEqual(times, [...times].sort());
      });

      it("has a database that takes the password of special characters, and no other", async () => {
        const login = (password: string): Promise<string> =>
          instance.exec(
            "certctl-postgres-0",
            "postgres",
            `PGPASSWORD=$(echo ${Buffer.from(password).toString("base64")} | base64 -d) psql -h 127.0.0.1 -U certctl -d certctl -Atc 'select 1'`,
          );
        assert.equal(keys["certctl:databasePassword"], awkwardPassword);
        assert.equal(await login(awkwardPassword), "1");
        await assert.rejects(login("wrong"), /password authentication failed/);
      });

      it("serves with the rights that each key should have", async () => {
        const status = async (path: string, duty?: string): Promise<number> =>
          (await instance.get(path, duty && keys[`certctl:apiKeys.${duty}`])).status;
        assert.equal(await status("/ready"), 200);
        assert.equal(await status("/api/v1/auth/keys", "admin"), 200);
        assert.equal(await status("/api/v1/auth/keys", "fleet"), 403);
        assert.equal(await status("/api/v1/metrics/prometheus", "metrics"), 200);
        assert.equal(await status("/api/v1/metrics/prometheus"), 401);
      });

      it("has each agent registered once, with the role of agents, and heard of again", async () => {
        const { agents: wanted } = await instance.wanted();
        const agents = await eventually(60, async () => {
          const rows = await instance.agents();
          assert.ok(
            rows.every(({ beats }) => beats),
            "not every agent was heard of",
          );
          return rows;
        });
        assert.equal(agents.length, wanted);
        assert.ok(agents.every(({ status }) => status === "Online"));
        assert.deepEqual(
          await instance.sql("select distinct role_id from actor_roles where actor_id = 'fleet' order by 1"),
          ["r-agent", "r-viewer"],
        );
      });

      it("previews no change, after a refresh from the cluster", async () => {
        const preview = await previewOf(stackName);
        assert.equal(preview.code, 0, preview.text);
      });

      it("was admitted without a warning", async () => {
        const events = (await objects(instance.namespace, "events")) as (ClusterObject & {
          reason: string;
          message: string;
        })[];
        const bad = events.filter(
          ({ reason, message }) => /FailedCreate|BackOff|FailedMount/.test(reason) || /violat/i.test(message),
        );
        assert.deepEqual(
          bad.map(({ message }) => message),
          [],
        );
      });
    });
  }
});

async function job(namespace: string, prefix: string): Promise<ClusterObject> {
  return object(namespace, "jobs", new RegExp(`^${prefix}[0-9a-f]{8}$`));
}
