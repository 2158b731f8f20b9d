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

/** Takes the power from the node, looks that nothing of it runs on, and gives it back. */
export async function powerCut(): Promise<void> {
  const { startNode, stopNode } = await import("../node.mjs");
  const { leftovers } = await import("../clean-up.mjs");
  await stopNode({ stateDir });
  assert.deepEqual(
    leftovers({ stateDir }),
    [{ kind: "folder", what: stateDir }],
    "the node leaves its folder only",
  );
  await startNode({ stateDir, log });
}

/** Runs a command inside the node. */
export async function runInNode(...words: string[]): Promise<string> {
  const { inNode } = await import("../node.mjs");
  const { run } = await import("../commands.mjs");
  const { command, args } = inNode(words, { stateDir });
  return run(command, args);
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
