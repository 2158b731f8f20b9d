import assert from "node:assert/strict";
import { conditionTime, leaveNamespaces, object, objects } from "./support/cluster";
import type { ClusterObject } from "./support/cluster";
import { TestStack } from "./support/stack";

const image = (tag: string) => ({ "certctl:images": { server: `ghcr.io/certctl-io/certctl-server:${tag}` } });
const deployment = (): Promise<ClusterObject> => object("upgrade", "deployment", "certctl-server");
const migrations = (): Promise<ClusterObject[]> =>
  objects("upgrade", "jobs").then((jobs) =>
    jobs.filter(({ metadata }) => metadata.name.startsWith("certctl-migrate-")),
  );

describe("a new version of the server", function () {
  this.timeout(900_000);
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.create("test-upgrade", "upgrade");
    await stack.up();
  });

  after(() => leaveNamespaces("upgrade"));

  it("is migrated to by a new Job, which completes before the Deployment changes", async () => {
    const [earlier] = await migrations();
    const before = await deployment();
    stack.configure(image("v2.1.8"));
    await stack.up();

    const [migration, ...others] = await migrations();
    assert.equal(others.length, 0);
    assert.ok(migration && migration.metadata.name !== earlier?.metadata.name);
    const after = await deployment();
    assert.ok((after.metadata.generation ?? 0) > (before.metadata.generation ?? 0));
    const changed = await newestReplicaSet();
    assert.ok(conditionTime(migration, "Complete") <= changed.metadata.creationTimestamp);
    assert.match(JSON.stringify(changed.spec), /certctl-server:v2\.1\.8/);
  });

  it("whose migration fails stops the update, is named, and leaves the running server untouched", async () => {
    const before = await deployment();
    const pods = await serverPods();
    // The simulated kubelet lets images whose tag ends in -fails exit with code 1.
    stack.configure({ ...image("v2.1.9-fails"), "certctl:migrations": { backoffLimit: 0 } });
    const failed = await stack.tryUp();

    assert.notEqual(failed.code, 0);
    assert.match(
      failed.text,
      /Job "?upgrade\/certctl-migrate-[0-9a-f]{8}"? .*(failed|BackoffLimitExceeded)|certctl-migrate-[0-9a-f]{8}.*BackoffLimitExceeded/s,
    );
    const after = await deployment();
    assert.equal(after.metadata.generation, before.metadata.generation);
    assert.deepEqual(after.spec, before.spec);
    assert.deepEqual(await serverPods(), pods);
  });

  it("that fixes it passes with no manual step", async () => {
    stack.configure({ ...image("v2.1.10"), "certctl:migrations": { backoffLimit: 0 } });
    await stack.up();
    assert.match(JSON.stringify((await deployment()).spec), /certctl-server:v2\.1\.10/);
    assert.equal((await migrations()).length, 1);
    const preview = await stack.preview("--expect-no-changes");
    assert.equal(preview.code, 0, preview.text);
  });
});

async function serverPods(): Promise<string[]> {
  const pods = await objects("upgrade", "pods");
  return pods
    .filter(({ metadata }) => metadata.labels?.["app.kubernetes.io/component"] === "server")
    .map(({ metadata }) => metadata.uid);
}

async function newestReplicaSet(): Promise<ClusterObject> {
  const sets = await objects("upgrade", "replicasets");
  return sets.sort((a, b) =>
    a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1,
  )[0] as ClusterObject;
}
