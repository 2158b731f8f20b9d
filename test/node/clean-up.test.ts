import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { root } from "../engine/support/engine";

const stateDir = join(root, ".local", "test-node-killed");
const start = [join(root, "test/node/cli.mjs"), "start", "--state-dir", stateDir];

describe("a start of a node that is killed", function () {
  this.timeout(1_200_000);

  // With its link and its first process; and with all of it, but for its pods.
  for (const phase of ["namespaces made", "kubelet ready"]) {
    it(`when it says "${phase}" leaves nothing that a clean-up does not find`, async () => {
      const { stopNode } = await import("./node.mjs");
      const { leftovers } = await import("./clean-up.mjs");
      await stopNode({ stateDir, purge: true });
      await startUntil(phase);
      const kinds = leftovers({ stateDir }).map(({ kind }) => kind);
      assert.ok(
        ["process", "link", "cgroup", "folder"].every((kind) => kinds.some((one) => one === kind)),
        kinds.join(", "),
      );
      await stopNode({ stateDir, purge: true });
      assert.deepEqual(leftovers({ stateDir }), []);
    });
  }
});

function startUntil(phase: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, start, { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (text: Buffer) => {
      said += text.toString();
      if (said.includes(phase)) child.kill("SIGKILL");
    });
    child.once("error", reject);
    child.once("close", () => {
      if (said.includes(phase)) resolve();
      else reject(new Error(said));
    });
  });
}
