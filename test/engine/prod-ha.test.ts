import assert from "node:assert/strict";
import { kubectl, object, objects } from "./support/cluster";
import { TestStack } from "./support/stack";

describe("the stack prod-ha", function () {
  this.timeout(180_000);
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.create("test-prod-ha", "ha", {}, "prod-ha");
    await stack.up();
  });

  after(async () => {
    await stack.pulumi(["state", "unprotect", "--all", "--yes"]);
    await stack.destroy();
    await kubectl("delete", "namespace", "ha", "--wait=false", "--ignore-not-found");
  });

  it("runs three servers in three zones, each client on the same one for three hours", async () => {
    const deployment = await object("ha", "deployment", "certctl-server");
    assert.equal(deployment.status.readyReplicas, 3);
    const pods = (await objects("ha", "pods")).filter(({ metadata }) => metadata.labels?.["app.kubernetes.io/component"] === "server");
    assert.equal(new Set(pods.map(({ spec }) => spec.nodeName)).size, 3);
    const { spec } = await object("ha", "service", "certctl-server");
    assert.equal(spec.sessionAffinity, "ClientIP");
    assert.deepEqual(spec.sessionAffinityConfig, { clientIP: { timeoutSeconds: 10800 } });
  });

  it("counts rate limits in the database, which accepts every pool at its fullest", async () => {
    const deployment = JSON.stringify((await object("ha", "deployment", "certctl-server")).spec);
    assert.match(deployment, /"name":"CERTCTL_RATE_LIMIT_BACKEND","value":"postgres"/);
    const [, pool] = /"CERTCTL_DATABASE_MAX_CONNS","value":"(\d+)"/.exec(deployment) ?? [];
    const database = JSON.stringify((await object("ha", "statefulset", "certctl-postgres")).spec);
    const [, accepted] = /max_connections=(\d+)/.exec(database) ?? [];
    assert.ok(Number(accepted) >= 3 * Number(pool) + 20, `${accepted ?? ""} connections for three pools of ${pool ?? ""}`);
  });

  it("previews no change the second time", async () => {
    const preview = await stack.preview("--expect-no-changes");
    assert.equal(preview.code, 0, preview.text);
    assert.doesNotMatch(preview.text, /warning: (?!using pulumi-|resource plugin)/);
  });
});
