import assert from "node:assert/strict";
import { join } from "node:path";
import { leaveNamespaces, object } from "./support/cluster";
import { root, run, useEngine } from "./support/engine";
import { TestStack } from "./support/stack";

describe("input that cannot work", function () {
  this.timeout(900_000);
  let stack: TestStack;
  let withoutCluster: string;

  before(async () => {
    stack = await TestStack.create("test-bad-input", "knobs");
    const failed = await upWithoutCluster(stack);
    assert.notEqual(failed.code, 0);
    withoutCluster = failed.text;
    await stack.up();
  });

  after(() => leaveNamespaces("knobs"));

  afterEach("nothing is lost", async () => {
    assert.equal((await object("knobs", "deployment", "certctl-server")).status.readyReplicas, 1);
    const preview = await stack.preview("--expect-no-changes");
    assert.equal(preview.code, 0, preview.text);
  });

  it("in the configuration is told at once, all of it, without a stack trace", async () => {
    stack.configure({
      "certctl:server": { replica: 3, rateLimiting: { backend: "redis", janitorInterval: "5" } },
      "certctl:database": { mode: "external" },
    });
    const failed = await stack.tryUp();
    stack.configure({ "certctl:server": undefined, "certctl:database": undefined });
    assert.notEqual(failed.code, 0);
    for (const line of [
      "The configuration has 4 problems:",
      "database.external: is missing; mode external needs at least external.host",
      'server.rateLimiting.backend: "redis" is not one of memory, postgres; use postgres when server.replicas is above 1',
      'server.rateLimiting.janitorInterval: "5" is not a duration; write a number with a unit, such as 30s, 5m or 1h30m',
      "server.replica: unknown key; did you mean server.replicas?",
    ]) {
      assert.ok(failed.text.includes(line), `${line}\n\nis not in\n\n${failed.text}`);
    }
    assert.doesNotMatch(failed.text, /\n\s+at .*:\d+:\d+/);
  });

  it("such as no cluster to talk to is told as that, and the next up with a cluster works", () => {
    assert.match(withoutCluster, /cluster is unreachable/);
  });

  it("such as a missing passphrase is told as that", async () => {
    const { env } = await useEngine();
    const environment = {
      ...env,
      PULUMI_CONFIG_PASSPHRASE: undefined,
      PULUMI_OPTION_CONFIG_FILE: stack.configFile,
    };
    const failed = await run(
      "pulumi",
      ["preview", "--non-interactive", "--stack", stack.name, "--cwd", root],
      environment,
    );
    assert.notEqual(failed.code, 0);
    assert.match(failed.text, /passphrase must be set with PULUMI_CONFIG_PASSPHRASE/);
  });
});

async function upWithoutCluster(stack: TestStack): ReturnType<typeof run> {
  const { env, workFolder } = await useEngine();
  const environment = {
    ...env,
    KUBECONFIG: join(workFolder, "no-kubeconfig"),
    PULUMI_OPTION_CONFIG_FILE: stack.configFile,
  };
  return run(
    "pulumi",
    ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", stack.name, "--cwd", root],
    environment,
  );
}
