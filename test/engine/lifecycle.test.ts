import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { conditionTime, kubectl, object, objects } from "./support/cluster";
import { useEngine } from "./support/engine";
import { graphOfReadme, graphOfState } from "./support/graph";
import { TestStack } from "./support/stack";

describe("the life of the dev stack", function () {
  this.timeout(900_000);
  let stack: TestStack;
  let eventLog: string;

  before(async () => {
    stack = await TestStack.create("test-lifecycle", "lifecycle");
    eventLog = join((await useEngine()).workFolder, "lifecycle-events.json");
    await stack.up("--event-log", eventLog);
  });

  it("creates the objects in the order of the graph, by their timestamps", async () => {
    const namespace = JSON.parse(await kubectl("get", "namespace", "lifecycle", "--output", "json")) as {
      metadata: { creationTimestamp: string };
    };
    const [migration, provisioning] = await Promise.all([
      object("lifecycle", "job", /^certctl-migrate-/),
      object("lifecycle", "job", /^certctl-provision-/),
    ]);
    const server = await object("lifecycle", "deployment", "certctl-server");
    const inOrder = [
      ["namespace created", namespace.metadata.creationTimestamp],
      [
        "password Secret created",
        (await object("lifecycle", "secret", "certctl-postgres")).metadata.creationTimestamp,
      ],
      [
        "database created",
        (await object("lifecycle", "statefulset", "certctl-postgres")).metadata.creationTimestamp,
      ],
      ["database ready", conditionTime(await object("lifecycle", "pod", "certctl-postgres-0"), "Ready")],
      ["migration created", migration.metadata.creationTimestamp],
      ["migration complete", conditionTime(migration, "Complete")],
      ["server created", server.metadata.creationTimestamp],
      ["server available", conditionTime(server, "Available")],
      ["provisioning created", provisioning.metadata.creationTimestamp],
      ["provisioning complete", conditionTime(provisioning, "Complete")],
      [
        "agents created",
        (await object("lifecycle", "statefulset", "certctl-agents")).metadata.creationTimestamp,
      ],
    ] as const;
    inOrder.slice(1).forEach(([what, time], index) => {
      const [whatBefore, timeBefore] = inOrder[index] as (typeof inOrder)[number];
      assert.ok(timeBefore <= time, `${whatBefore} at ${timeBefore}, but ${what} at ${time}`);
    });
  });

  it("starts each step only when the step before it has ended, by the engine's own event log", () => {
    const events = readFileSync(eventLog, "utf8").trim().split("\n");
    const position = (kind: "resourcePreEvent" | "resOutputsEvent", resource: string): number => {
      const found = events.findIndex((line) => line.includes(`"${kind}"`) && line.includes(`$${resource}"`));
      assert.notEqual(found, -1, `${kind} of ${resource}`);
      return found;
    };
    const steps = [
      "kubernetes:core/v1:Namespace::certctl",
      "kubernetes:apps/v1:StatefulSet::certctl-postgres",
      "kubernetes:batch/v1:Job::certctl-migrate",
      "kubernetes:apps/v1:Deployment::certctl-server",
      "kubernetes:batch/v1:Job::certctl-provision",
      "kubernetes:apps/v1:StatefulSet::certctl-agents",
    ];
    steps.slice(1).forEach((step, index) => {
      const before = steps[index] as string;
      assert.ok(
        position("resOutputsEvent", before) < position("resourcePreEvent", step),
        `${step} starts after ${before}`,
      );
    });
  });

  it("is the graph that the README draws, by the engine's own record of dependencies", async () => {
    const resources = await stack.resources();
    assert.deepEqual(graphOfState(resources, "certctl"), graphOfReadme(resources, "certctl"));
  });

  it("says where the server is and how to look at things", async () => {
    const outputs = await stack.outputs();
    assert.equal(outputs.url, "https://certctl-server.lifecycle.svc:8443");
    assert.equal(outputs.namespace, "lifecycle");
    assert.equal(outputs.service, "certctl-server");
    assert.match(String(outputs.caCertificate), /BEGIN CERTIFICATE/);
    const { adminKey, pods } = outputs.commands as Record<string, string>;
    const [program, ...args] = (adminKey ?? "").replaceAll("'", "").split(/ (?![^{]*}})/);
    assert.equal(program, "kubectl");
    assert.equal(await kubectl(...args), (await stack.secretValues())["certctl:apiKeys.admin"]);
    assert.match(await kubectl(...(pods ?? "").split(" ").slice(1)), /certctl-server-/);
  });

  it("previews no change the second time", async () => {
    const preview = await stack.preview("--expect-no-changes");
    assert.equal(preview.code, 0, preview.text);
  });

  it("finds no change by refresh", async () => {
    const refresh = await stack.refresh("--expect-no-changes");
    assert.equal(refresh.code, 0, refresh.text);
    const preview = await stack.preview("--expect-no-changes");
    assert.equal(preview.code, 0, preview.text);
  });

  it("runs every pod under the restricted level, and without a token", async () => {
    const pods = await objects("lifecycle", "pods");
    assert.deepEqual(
      [...new Set(pods.map(({ metadata }) => metadata.labels?.["app.kubernetes.io/component"]))].sort(),
      ["agents", "database", "migration", "provisioning", "server"],
    );
    for (const { metadata, spec } of pods) {
      assert.equal(spec.automountServiceAccountToken, false, metadata.name);
    }
  });

  it("removes everything by destroy", async () => {
    const destroyed = await stack.destroy();
    assert.equal(destroyed.code, 0, destroyed.text);
    const left = await kubectl("get", "namespace", "lifecycle", "--ignore-not-found", "--output", "name");
    assert.equal(left.trim(), "");
    assert.deepEqual(await stack.resources(), []);
  });
});
