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

/**
 * How each component's process is ended: an agent and a server by their signal, the database as if it had
 * crashed.
 */
const processes = {
  agents: { container: "agent", kill: "kill 1" },
  server: { container: "server", kill: "kill $(pidof server)" },
  database: { container: "postgres", kill: "kill -QUIT 1" },
};

describe("what must last, in both stacks with real pods,", function () {
  this.timeout(1_200_000);
  let instances: NodeInstance[];
  let lasting: State[];

  before(async () => {
    instances = await Promise.all(stackNames.map(useInstance));
    lasting = await inEach(async (instance) => {
      await instance.settled();
      await giveEachAgentAKey(instance);
      return state(instance);
    });
  });

  /** The stacks wait most of the time, so they do it side by side. */
  async function inEach<T>(action: (instance: NodeInstance) => Promise<T>): Promise<T[]> {
    return Promise.all(instances.map(action));
  }

  async function isAsBefore(): Promise<void> {
    const now = await inEach(async (instance) => {
      await instance.settled();
      await allBeat(instance);
      return state(instance);
    });
    assert.deepEqual(now, lasting);
  }

  it("are identities, keys and rows: there are some", () => {
    for (const { agents, files, rows } of lasting) {
      assert.ok(agents.length > 0 && rows.length > 0);
      for (const text of Object.values(files)) {
        for (const part of [/^700 1000 keys$/m, /\.\/agent-id$/m, /\.\/keys\/.*\.key$/m])
          assert.match(text, part);
      }
    }
  });

  it("outlives processes that are killed", async () => {
    await inEach(async (instance) => {
      const restarts = await restartsOf(instance);
      for (const [component, { container, kill }] of Object.entries(processes)) {
        for (const pod of await instance.pods(component))
          await instance.exec(pod, container, kill).catch(() => "");
      }
      await eventually(60, async () => {
        const now = await restartsOf(instance);
        assert.ok(
          now.every((count, index) => count > (restarts[index] ?? 0)),
          `restarts were ${String(restarts)}, and are ${String(now)}`,
        );
      });
    });
    await isAsBefore();
  });

  it("outlives every pod", async () => {
    await inEach((instance) =>
      measured(instance, "every pod deleted and Ready again", async () => {
        const gone = await deleteEveryPod(instance);
        await instance.settled();
        const there = await Promise.all(
          Object.keys(processes).map((component) => instance.podUids(component)),
        );
        assert.ok(!there.flat().some((uid) => gone.includes(uid)));
      }),
    );
    await isAsBefore();
  });

  it("outlives a power cut of the node", async () => {
    const since = Date.now();
    await powerCut();
    await isAsBefore();
    console.log(
      `      the node and both stacks are back after ${((Date.now() - since) / 1000).toFixed(0)} s`,
    );
  });

  it("is found again by its name when an agent's identity file is lost", async () => {
    await inEach(async (instance) => {
      const [pod] = await instance.pods("agents");
      assert.ok(pod);
      await instance.exec(pod, "agent", "rm /var/lib/certctl/agent-id");
      await kubectl("delete", "pod", pod.metadata.name, "--namespace", pod.metadata.namespace ?? "");
    });
    await isAsBefore();
  });
});

async function state(instance: NodeInstance): Promise<State> {
  return {
    agents: (await instance.agents()).map(({ id, name }) => ({ id, name })),
    files: await instance.agentFiles(),
    rows: await instance.sql("select id, name, created_at from managed_certificates order by id"),
  };
}

async function restartsOf(instance: NodeInstance): Promise<number[]> {
  return Promise.all(Object.keys(processes).map((component) => instance.restarts(component)));
}

async function deleteEveryPod(instance: NodeInstance): Promise<string[]> {
  const pods = (
    await Promise.all(Object.keys(processes).map((component) => instance.pods(component)))
  ).flat();
  for (const { metadata } of pods) {
    await kubectl("delete", "pod", metadata.name, "--namespace", metadata.namespace ?? "", "--wait=false");
  }
  return pods.map(({ metadata }) => metadata.uid);
}

/** A job in the database makes the agent write a private key. */
async function giveEachAgentAKey(instance: NodeInstance): Promise<void> {
  await instance.sql(
    "insert into managed_certificates (id, name, common_name, issuer_id) values ('mc-kept', 'kept', 'kept.example.com', 'iss-local')",
  );
  for (const { id, name } of await instance.agents()) {
    await instance.sql(
      `insert into jobs (id, type, certificate_id, agent_id) values ('job-${name}', 'Renewal', 'mc-kept', '${id}')`,
    );
  }
  await eventually(60, async () => {
    for (const text of Object.values(await instance.agentFiles())) assert.match(text, /\.key/);
  });
}

/** Waits until every agent was heard of after now. */
async function allBeat(instance: NodeInstance): Promise<void> {
  const [now = ""] = await instance.sql("select now()");
  await eventually(60, async () => {
    assert.deepEqual(
      await instance.sql(
        `select name from agents where last_heartbeat_at is null or last_heartbeat_at < '${now}'`,
      ),
      [],
    );
  });
}
