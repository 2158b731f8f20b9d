import assert from "node:assert/strict";
import { kubectl } from "../engine/support/cluster";
import { measured } from "./support/measurements";
import { eventually, stackNames, useInstance } from "./support/node-instance";
import type { AgentRow, NodeInstance } from "./support/node-instance";
import { powerCut } from "./support/real-node";

/** What has to outlive pods. */
interface State {
  agents: Pick<AgentRow, "id" | "name">[];
  files: Record<string, string>;
  rows: string[];
}

describe("what must last, with real pods", function () {
  this.timeout(300_000);
  const instances: NodeInstance[] = [];
  const lasting: State[] = [];

  before(async () => {
    for (const stackName of stackNames) instances.push(await useInstance(stackName));
    for (const instance of instances) {
      await instance.settled();
      await giveEachAgentAKey(instance);
      lasting.push(await state(instance));
    }
  });

  const sameAsBefore = async (): Promise<void> => {
    for (const [index, instance] of instances.entries()) {
      await instance.settled();
      await allBeat(instance);
      assert.deepEqual(await state(instance), lasting[index], instance.stackName);
    }
  };

  it("are identities, keys and rows: there are some", () => {
    for (const { agents, files, rows } of lasting) {
      assert.ok(agents.length > 0 && rows.length > 0);
      for (const text of Object.values(files)) {
        for (const part of [/^700 1000 keys$/m, /\.\/agent-id$/m, /\.\/keys\/.*\.key$/m]) assert.match(text, part);
      }
    }
  });

  it("outlives processes that are killed", async () => {
    for (const instance of instances) {
      for (const pod of await instance.pods("agents")) await instance.exec(pod, "agent", "kill 1").catch(() => "");
    }
    await sameAsBefore();
  });

  it("outlives every pod", async () => {
    for (const instance of instances) {
      await measured(instance, "every pod deleted and Ready again", async () => {
        for (const component of ["agents", "server", "database"]) {
          for (const { metadata } of await instance.pods(component)) {
            await kubectl("delete", "pod", metadata.name, "--namespace", metadata.namespace ?? "", "--wait=false");
          }
        }
        await instance.settled();
      });
    }
    await sameAsBefore();
  });

  it("outlives a power cut of the node", async () => {
    const since = Date.now();
    await powerCut();
    await sameAsBefore();
    console.log(`      the node and both stacks are back after ${((Date.now() - since) / 1000).toFixed(0)} s`);
  });

  it("is found again by its name when an agent's identity file is lost", async () => {
    for (const instance of instances) {
      const [pod] = await instance.pods("agents");
      assert.ok(pod);
      await instance.exec(pod, "agent", "rm /var/lib/certctl/agent-id");
      await kubectl("delete", "pod", pod.metadata.name, "--namespace", pod.metadata.namespace ?? "");
    }
    await sameAsBefore();
  });
});

async function state(instance: NodeInstance): Promise<State> {
  return {
    agents: (await instance.agents()).map(({ id, name }) => ({ id, name })),
    files: await instance.agentFiles(),
    rows: await instance.sql("select id, name, created_at from certificates order by id"),
  };
}

/** A job in the database makes the agent write a private key. */
async function giveEachAgentAKey(instance: NodeInstance): Promise<void> {
  await instance.sql(
    "insert into certificates (id, name, common_name, issuer_id) values ('mc-kept', 'kept', 'kept.example.com', 'iss-local')",
  );
  for (const { id, name } of await instance.agents()) {
    await instance.sql(`insert into jobs (id, type, certificate_id, agent_id) values ('job-${name}', 'Renewal', 'mc-kept', '${id}')`);
  }
  await eventually(60, async () => {
    for (const text of Object.values(await instance.agentFiles())) assert.match(text, /\.key/);
  });
}

/** Waits until every agent was heard of after now. */
async function allBeat(instance: NodeInstance): Promise<void> {
  const [now = ""] = await instance.sql("select now()");
  await eventually(60, async () => {
    assert.deepEqual(await instance.sql(`select name from agents where last_heartbeat_at is null or last_heartbeat_at < '${now}'`), []);
  });
}
