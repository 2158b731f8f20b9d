import assert from "node:assert/strict";
import { join } from "node:path";
import { root, runOn } from "../../engine/support/engine";
import type { TestCluster } from "../../engine/support/engine";
import type { RunningNode } from "../node.mjs" with { "resolution-mode": "import" };

const stateDir = join(root, ".local", "test-node");
const log = (line: string): void => {
  console.log(`    ${line}`);
};
let started: Promise<RunningNode> | undefined;

/** The node of this test run. */
export function useNode(): Promise<RunningNode> {
  return (started ??= start());
}

async function start(): Promise<RunningNode> {
  const { startNode, stopNode } = await import("../node.mjs");
  // What a run that was killed has left.
  await stopNode({ stateDir, purge: true });
  return startNode({ stateDir, log });
}

/** Takes the power from the node, and gives it back. */
export async function powerCut(): Promise<void> {
  const { startNode, stopNode } = await import("../node.mjs");
  await stopNode({ stateDir });
  await startNode({ stateDir, log });
}

async function startCluster(): Promise<TestCluster> {
  const { environment } = await useNode();
  return {
    env: environment,
    async stop() {
      const { stopNode } = await import("../node.mjs");
      const { leftovers } = await import("../clean-up.mjs");
      await stopNode({ stateDir, purge: true });
      assert.deepEqual(leftovers({ stateDir }), [], "the node leaves nothing");
    },
  };
}

runOn(startCluster);
