import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { conditionTime, kubectl, leaveNamespaces, object, objects } from "./support/cluster";
import { useEngine } from "./support/engine";
import { graphOfReadme, graphOfState } from "./support/graph";
import { TestStack } from "./support/stack";

const namespace = "restore";
const backup = { enabled: true };
const migrations = { backupFirst: true, backoffLimit: 0 };
const image = (tag: string) => ({ server: `ghcr.io/certctl-io/certctl-server:${tag}` });
const server = () => object(namespace, "deployment", "certctl-server");
const migration = () => object(namespace, "job", /^certctl-migrate-[0-9a-f]{8}$/);
const savedBefore = () => object(namespace, "job", /^certctl-migrate-backup-/);
const restores = async () =>
  (await objects(namespace, "jobs")).filter(({ metadata }) => metadata.name.includes("-restore"));

describe("a stack whose database is saved before each migration, and restored", function () {
  this.timeout(900_000);
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.create("test-restore", namespace, {
      "certctl:backup": backup,
      "certctl:migrations": migrations,
    });
    await stack.up();
  });

  after(() => leaveNamespaces(namespace));

  /** An update, and which of these resources it took in hand after which. */
  const upInOrder = async (steps: string[], ...args: string[]): Promise<void> => {
    const log = join((await useEngine()).workFolder, "restore-events.json");
    await stack.up("--event-log", log, ...args);
    const events = readFileSync(log, "utf8")
      .trim()
      .split("\n")
      .filter((line) => !line.includes('"op":"refresh"'));
    const position = (kind: string, step: string): number =>
      events.findIndex((line) => line.includes(`"${kind}"`) && line.includes(`$${step}"`));
    steps.slice(1).forEach((step, index) => {
      const [ended, begins] = [
        position("resOutputsEvent", steps[index] ?? ""),
        position("resourcePreEvent", step),
      ];
      assert.ok(
        ended >= 0 && ended < begins,
        `${step} at ${String(begins)} begins after ${steps[index] ?? ""} at ${String(ended)}`,
      );
    });
  };

  it("is saved before its first migration too", async () => {
    assert.ok(
      conditionTime(await savedBefore(), "Complete") <= (await migration()).metadata.creationTimestamp,
    );
  });

  it("with a new server is saved by a new Job before the new migration begins", async () => {
    const [earlierBackup, earlier] = [await savedBefore(), await migration()];
    stack.configure({ "certctl:images": image("v2.1.8") });
    await upInOrder([
      "kubernetes:batch/v1:Job::certctl-migrate-backup",
      "kubernetes:batch/v1:Job::certctl-migrate",
      "kubernetes:apps/v1:Deployment::certctl-server",
    ]);
    assert.notEqual((await savedBefore()).metadata.uid, earlierBackup.metadata.uid);
    assert.notEqual((await migration()).metadata.uid, earlier.metadata.uid);
  });

  it("is not migrated when the backup fails", async () => {
    const [before, running] = [await migration(), await server()];
    const bucket = {
      mode: "s3",
      s3: {
        bucket: "backups",
        region: "us-east-1",
        identity: { mode: "accessKeys", accessKeys: { secretName: "store" } },
      },
    };
    const failing = { ...image("v2.1.9"), awsCli: "public.ecr.aws/aws-cli/aws-cli:2.27.50-fails" };
    stack.configure({
      "certctl:images": failing,
      "certctl:backup": { ...backup, backoffLimit: 0, sink: bucket },
    });
    const failed = await stack.tryUp();
    assert.notEqual(failed.code, 0);
    assert.match(failed.text, /certctl-migrate-backup-[0-9a-f]{8}/);
    assert.equal((await migration()).metadata.uid, before.metadata.uid);
    assert.equal((await server()).metadata.generation, running.metadata.generation);
    stack.configure({ "certctl:images": image("v2.1.8"), "certctl:backup": backup });
    await stack.up();
  });

  it("is restored, then migrated, before the server's pods are new, and provisioned after that", async () => {
    const running = await server();
    stack.configure({
      "certctl:restore": { backup: "certctl-20260131T023000Z-0a1b2c3d", overwriteDatabase: "certctl" },
    });
    await upInOrder([
      "kubernetes:batch/v1:Job::certctl-restore",
      "kubernetes:batch/v1:Job::certctl-restore-migrate",
      "kubernetes:apps/v1:Deployment::certctl-server",
      "kubernetes:batch/v1:Job::certctl-provision-restored",
    ]);
    assert.equal((await server()).metadata.generation, (running.metadata.generation ?? 0) + 1);
    const resources = await stack.resources();
    assert.deepEqual(graphOfState(resources, "certctl"), graphOfReadme(resources, "certctl"));
    assert.deepEqual((await stack.preview("--expect-no-changes")).code, 0);
  });

  it("is not restored again by an update of something else", async () => {
    const [before, running] = [await restores(), await server()];
    stack.configure({ "certctl:agents": { replicas: 3 } });
    await stack.up();
    assert.deepEqual(
      (await restores()).map(({ metadata }) => metadata.uid),
      before.map(({ metadata }) => metadata.uid),
    );
    assert.equal((await server()).metadata.generation, running.metadata.generation);
  });

  it("loses nothing but the Jobs of the restore with the option", async () => {
    const running = await server();
    stack.configure({ "certctl:restore": undefined });
    const preview = await stack.preview("--json");
    const { steps } = JSON.parse(preview.stdout) as { steps: { op: string; urn: string }[] };
    const changes = steps
      .filter(({ op }) => op !== "same")
      .map(({ op, urn }) => `${op} ${urn.split("::").slice(-2).join(" ")}`);
    assert.deepEqual(changes.map((change) => change.replace(/ [^ ]*\$/, " ")).sort(), [
      "delete certctl:index:DatabaseMigration certctl-restore-migrate",
      "delete certctl:index:DatabaseRestore certctl-restore",
      "delete kubernetes:batch/v1:Job certctl-provision-restored",
      "delete kubernetes:batch/v1:Job certctl-restore",
      "delete kubernetes:batch/v1:Job certctl-restore-migrate",
    ]);
    await stack.up();
    assert.equal((await server()).metadata.generation, running.metadata.generation);
    assert.equal((await stack.preview("--expect-no-changes")).code, 0);
  });

  /** As the runbooks say it. */
  const restoreTheLatest = async (): Promise<void> => {
    for (const [key, value] of [
      ["backup", "latest"],
      ["before", "2026-01-31T03:00:00Z"],
    ] as const) {
      const set = await stack.pulumi(["config", "set", "--path", `certctl:restore.${key}`, value]);
      assert.equal(set.code, 0, set.text);
    }
    await upInOrder(
      [
        "kubernetes:apps/v1:StatefulSet::certctl-postgres",
        "kubernetes:batch/v1:Job::certctl-restore",
        "kubernetes:batch/v1:Job::certctl-restore-migrate",
        "kubernetes:apps/v1:Deployment::certctl-server",
      ],
      "--refresh",
    );
    const restored = await object(namespace, "job", /^certctl-restore-migrate-/);
    assert.ok(conditionTime(restored, "Complete") <= (await server()).metadata.creationTimestamp);
    const removed = await stack.pulumi(["config", "rm", "certctl:restore"]);
    assert.equal(removed.code, 0, removed.text);
    await stack.up();
  };

  it("that lost server and volume gets them back: an empty database, the restore, its migration, and then the server", async () => {
    await kubectl("delete", "deployment", "certctl-server", "--cascade=foreground", "--namespace", namespace);
    await kubectl("delete", "statefulset", "certctl-postgres", "--namespace", namespace);
    await kubectl("delete", "persistentvolumeclaim", "certctl-postgres", "--namespace", namespace);
    await restoreTheLatest();
  });

  it("that lost all that was in the cluster gets it back in the same order", async () => {
    await kubectl("delete", "namespace", namespace);
    await restoreTheLatest();
  });

  it("that was restored by hand is migrated and served again by an update with a refresh", async () => {
    const before = await migration();
    await kubectl("delete", "deployment", "certctl-server", "--cascade=foreground", "--namespace", namespace);
    await kubectl(
      "delete",
      "job",
      "--selector",
      "app.kubernetes.io/component=migration",
      "--namespace",
      namespace,
    );
    await stack.up("--refresh");
    assert.notEqual((await migration()).metadata.uid, before.metadata.uid);
    assert.equal((await server()).status.readyReplicas, 1);
  });
});
