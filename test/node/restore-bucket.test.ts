import assert from "node:assert/strict";
import { kubectl, kubectlApply } from "../engine/support/cluster";
import { BackupStore, bucket } from "../support/backup-store";
import { measured } from "./support/measurements";
import { useInstance } from "./support/node-instance";
import type { NodeInstance } from "./support/node-instance";
import { useNode } from "./support/real-node";

describe("backups in a bucket, with real pods,", function () {
  this.timeout(300_000);
  let instance: NodeInstance;
  let store: BackupStore;
  let backup: string;

  before(async () => {
    instance = await useInstance("dev");
    await instance.settled();
    store = await BackupStore.start((await useNode()).hostAddress);
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = store.writer;
    const metadata = { name: "store-keys", namespace: instance.namespace };
    await kubectlApply(JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata, stringData: { accessKeyId, secretAccessKey } }));
    const identity = { mode: "accessKeys", accessKeys: { secretName: "store-keys" } };
    const s3 = { bucket, region: "us-east-1", endpoint: store.proxy.endpoint, identity };
    instance.stack.configure({ "certctl:backup": { enabled: true, sink: { mode: "s3", s3 } } });
    await instance.stack.up();
  });

  after(async () => {
    instance.stack.configure({ "certctl:backup": undefined, "certctl:restore": undefined });
    await instance.stack.up();
    await kubectl("delete", "job", "backup-now", "drill-now", "drill-of-damage", "--namespace", instance.namespace, "--ignore-not-found");
    await store.stop();
  });

  it("are made by the CronJob, and restored in a drill", async () => {
    const published = await instance.runNow("certctl-backup", "backup-now");
    [, backup = ""] = /published s3:\/\/\S+\/(certctl-\S+)/.exec(published) ?? [];
    assert.deepEqual(await store.listed(), [backup]);
    assert.match(await instance.runNow("certctl-drill", "drill-now"), new RegExp(`${backup} can be restored`));
  });

  it("come back through the graph: the rows are those of the backup, and the server works", async () => {
    await instance.sql("insert into teams (id, name) values ('since', 'since the backup')");
    instance.stack.configure({ "certctl:restore": { backup, overwriteDatabase: "certctl" } });
    await measured(instance, "restore from a bucket through the graph", () => instance.stack.up());
    await instance.settled();
    assert.deepEqual(await instance.sql("select id from teams where id = 'since'"), []);
    assert.equal((await instance.get("/ready")).status, 200);
  });

  it("fail their drill when the newest one is damaged", async () => {
    const [dump, manifest] = [await store.read(`${backup}.dump`), await store.read(`${backup}.json`)];
    const damaged = "certctl-20990101T000000Z-00000000";
    dump[2_000] = (dump[2_000] ?? 0) ^ 255;
    await store.write(`${damaged}.dump`, dump);
    await store.write(`${damaged}.json`, manifest);
    assert.match(await instance.runNow("certctl-drill", "drill-of-damage", "failed"), /drill: the dump is damaged/);
  });
});
