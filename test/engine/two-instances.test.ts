import assert from "node:assert/strict";
import { kubectl, leaveNamespaces, objects } from "./support/cluster";
import { TestStack } from "./support/stack";

describe("two instances in one cluster", function () {
  this.timeout(900_000);
  let first: TestStack;
  let second: TestStack;

  before(async () => {
    first = await TestStack.create("test-instance-one", "first");
    second = await TestStack.create("test-instance-two", "second", {
      "certctl:agents": { kind: "DaemonSet", node: { discoveryDirectories: ["/etc/ssl/certs"] } },
    });
    await Promise.all([first.up(), second.up()]);
  });

  after(() => leaveNamespaces("first"));

  it("run side by side, each with its own objects", async () => {
    for (const namespace of ["first", "second"]) {
      const deployments = await objects(namespace, "deployments");
      assert.deepEqual(
        deployments.map(({ metadata }) => metadata.name),
        ["certctl-server"],
      );
    }
    const previews = await Promise.all([
      first.preview("--expect-no-changes"),
      second.preview("--expect-no-changes"),
    ]);
    for (const preview of previews) assert.equal(preview.code, 0, preview.text);
  });

  it("keep node agents in a privileged namespace of their own, one per node, without the admin key", async () => {
    const pods = await objects("second-agents", "pods");
    const nodes = pods.map(({ spec }) => spec.nodeName);
    assert.equal(new Set(nodes).size, 3);
    assert.equal(pods.length, 3);
    const keys = await objects("second-agents", "secrets");
    assert.deepEqual(
      keys.map(({ metadata, data }) => [metadata.name, Object.keys(data ?? {}).sort()]),
      [["certctl-agents-keys", ["enroll", "fleet"]]],
    );
    const level = await kubectl(
      "get",
      "namespace",
      "second-agents",
      "--output",
      "jsonpath={.metadata.labels.pod-security\\.kubernetes\\.io/enforce}",
    );
    assert.equal(level, "privileged");
  });

  it("are removed one without the other", async () => {
    const destroyed = await second.destroy();
    assert.equal(destroyed.code, 0, destroyed.text);
    assert.equal(
      (
        await kubectl("get", "namespace", "second", "second-agents", "--ignore-not-found", "--output", "name")
      ).trim(),
      "",
    );
    assert.equal((await objects("first", "deployments")).length, 1);
    const preview = await first.preview("--expect-no-changes");
    assert.equal(preview.code, 0, preview.text);
  });
});
