import assert from "node:assert/strict";
import { kubectl, kubectlApply, object } from "../engine/support/cluster";
import { measured } from "./support/measurements";
import { eventually, useInstance } from "./support/node-instance";
import type { NodeInstance } from "./support/node-instance";

describe("backups on a volume, with real pods,", function () {
  this.timeout(300_000);
  let instance: NodeInstance;
  let backup: string;
  const inNamespace = (...args: string[]): Promise<string> => kubectl(...args, "--namespace", instance.namespace);

  before(async () => {
    instance = await useInstance("prod-ha");
    await instance.settled();
  });

  after(async () => {
    await inNamespace("delete", "job", "backup-now", "drill-now", "drill-of-damage", "--ignore-not-found");
  });

  it("are made by the CronJob, and restored in a drill", async () => {
    const published = await instance.runNow("certctl-backup", "backup-now");
    [, backup = ""] = /published (certctl-\S+)/.exec(published) ?? [];
    assert.notEqual(backup, "", published);
    assert.match(await instance.runNow("certctl-drill", "drill-now"), new RegExp(`${backup} can be restored`));
  });

  it("come back through the graph: the rows are those of the backup, and the servers are new and work", async () => {
    await instance.sql("insert into teams (id, name) values ('since', 'since the backup')");
    const before = new Set((await instance.pods("server")).map(({ metadata }) => metadata.uid));
    instance.stack.configure({ "certctl:restore": { backup, overwriteDatabase: "certctl" } });
    await measured(instance, "restore through the graph", () => instance.stack.up());
    await instance.settled();
    assert.deepEqual(await instance.sql("select id from teams where id = 'since'"), []);
    const servers = await instance.pods("server");
    assert.ok(servers.every(({ metadata }) => !before.has(metadata.uid)));
    assert.equal((await instance.get("/ready")).status, 200);
    await eventually(120, async () => {
      const agents = await instance.agents();
      assert.ok(agents.length > 0 && agents.every(({ status, beats }) => status === "Online" && beats), JSON.stringify(agents));
    });
  });

  it("leave nothing to do when the option goes, and the pods as they are", async () => {
    const servers = (await instance.pods("server")).map(({ metadata }) => metadata.uid).sort();
    instance.stack.configure({ "certctl:restore": undefined });
    await instance.stack.up();
    assert.deepEqual((await instance.pods("server")).map(({ metadata }) => metadata.uid).sort(), servers);
    const preview = await instance.stack.preview("--expect-no-changes");
    assert.equal(preview.code, 0, preview.text);
  });

  it("fail their drill when the newest one is damaged", async () => {
    await onVolume("newest=$(ls /backups/*.dump | tail -n 1); printf '\\377' | dd of=$newest bs=1 seek=2000 conv=notrunc");
    assert.match(await instance.runNow("certctl-drill", "drill-of-damage", "failed"), /drill: the dump is damaged/);
  });

  /** Runs a command in a pod with the backups, as restricted as every other. */
  const onVolume = async (command: string): Promise<void> => {
    const { spec } = await object(instance.namespace, "cronjob", "certctl-backup");
    const { containers } = (spec as { jobTemplate: { spec: { template: { spec: { containers: { image: string }[] } } } } }).jobTemplate.spec
      .template.spec;
    const restricted = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "damage", namespace: instance.namespace },
      spec: {
        restartPolicy: "Never",
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 70, runAsGroup: 70, fsGroup: 70, seccompProfile: { type: "RuntimeDefault" } },
        containers: [
          {
            name: "shell",
            image: containers[0]?.image,
            command: ["sh", "-c", command],
            securityContext: restricted,
            volumeMounts: [{ name: "backups", mountPath: "/backups" }],
          },
        ],
        volumes: [{ name: "backups", persistentVolumeClaim: { claimName: "certctl-backup" } }],
      },
    };
    await kubectlApply(JSON.stringify(pod));
    await inNamespace("wait", "--for=jsonpath={.status.phase}=Succeeded", "pod/damage", "--timeout=60s");
    await inNamespace("delete", "pod", "damage");
  };
});
