import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { leaveNamespaces, object, objects } from "./support/cluster";
import { root, useEngine } from "./support/engine";
import { TestStack } from "./support/stack";

describe("an update whose engine is killed in the middle", function () {
  this.timeout(900_000);
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.create("test-interrupted", "interrupted");
  });

  after(() => leaveNamespaces("interrupted"));

  for (const [moment, marker] of [
    ["while the database starts", "StatefulSet certctl-postgres creating"],
    ["while the migration runs", "Job certctl-migrate creating"],
  ] as const) {
    it(`${moment} leaves something behind, and no more than that`, async () => {
      await killAt(stack, marker);
      assert.ok((await objects("interrupted", "secrets")).length > 0);
    });
  }

  it("is finished by the next one", async () => {
    // The lock of the killed engine: what the CLI's own message tells to do.
    const cancelled = await stack.pulumi(["cancel", "--yes"]);
    assert.equal(cancelled.code, 0, cancelled.text);
    await stack.up();
    await object("interrupted", "deployment", "certctl-server");
    assert.equal((await objects("interrupted", "jobs")).length, 2);
    const preview = await stack.preview("--expect-no-changes");
    assert.equal(preview.code, 0, preview.text);
  });
});

/** Starts `pulumi up` and kills it with all that it started, as a lost machine would, when a line appears. */
async function killAt(stack: TestStack, marker: string): Promise<void> {
  const { env } = await useEngine();
  await stack.pulumi(["cancel", "--yes"]);
  const child = spawn(
    "pulumi",
    ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", stack.name, "--cwd", root],
    {
      env: { ...env, PULUMI_OPTION_CONFIG_FILE: stack.configFile },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const { pid } = child;
  assert.ok(pid);
  const ended = new Promise<void>((resolve) =>
    child.on("close", () => {
      resolve();
    }),
  );
  let seen = "";
  let killed = false;
  const watch = (chunk: Buffer): void => {
    seen += chunk.toString();
    if (!killed && seen.includes(marker)) {
      killed = true;
      killTree(pid);
    }
  };
  child.stdout.on("data", watch);
  child.stderr.on("data", watch);
  await ended;
  assert.ok(seen.includes(marker), seen);
}

/** Ends a process and all below it at once: a program that outlived its engine would spin for ever. */
function killTree(pid: number): void {
  const table = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" });
  const processes = table
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    processes.filter(([, ppid]) => ppid === parent).flatMap(([child = 0]) => [child, ...below(child)]);
  for (const one of [pid, ...below(pid)]) process.kill(one, "SIGKILL");
}
