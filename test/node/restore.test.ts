import assert from "node:assert/strict";
import { kubectl, kubectlApply, object } from "../engine/support/cluster";
import { BackupStore, bucket } from "../support/backup-store";
import { measured } from "./support/measurements";
import { eventually, withBothStacks } from "./support/node-instance";
import type { NodeInstance } from "./support/node-instance";
import { useNode } from "./support/real-node";

/** What came of a backup, of its drill and of its restore through the graph. */
interface Outcome {
  backup: string;
  drill: string;
  /** Rows that were written after the backup, and are there after the restore. */
  later: string[];
  ready: number;
  /** The server's pods before the restore, after it, and when its option was gone. */
  pods: [before: string[], restored: string[], without: string[]];
  preview: { code: number; text: string };
  /** What the drill said of a backup that was damaged since. */
  damage: string;
  /** What the drills said of backups that are not what their manifests say, by what is wrong. */
  refused: Partial<Record<Wrong, string>>;
}

/** What is wrong with a backup, and what its drill says. */
const wrong = {
  "a missing row": /drill: rows differ: "public\.schema_migrations": 99999 in the manifest;/,
  "a row too many": /drill: rows differ: "public\.schema_migrations": 1 in the manifest;/,
  "another schema": /drill: the schema version is [^ ]+, and the manifest says 000001_another/,
  "a broken chain": /drill: the audit chain is broken: of /,
} as const;
type Wrong = keyof typeof wrong;

describe("backups, with real pods,", function () {
  this.timeout(1_200_000);
  const outcomeOf = withBothStacks((instance) =>
    instance.stackName === "dev" ? inBucket(instance) : goThrough(instance, flipByte),
  );

  for (const [where, stackName] of [
    ["in a bucket", "dev"],
    ["on a volume", "prod-ha"],
  ] as const) {
    it(`${where} are made by the CronJob, and restored in a drill`, async () => {
      const { backup, drill } = await outcomeOf(stackName);
      assert.match(drill, new RegExp(`${backup} can be restored`));
    });

    it(`${where} come back through the graph: the rows are those of the backup, and the servers are new and work`, async () => {
      const { later, ready, pods } = await outcomeOf(stackName);
      assert.deepEqual(later, []);
      assert.equal(ready, 200);
      assert.ok(pods[1].length > 0 && pods[1].every((pod) => !pods[0].includes(pod)));
    });

    it(`${where} leave nothing to do when the option goes, and the pods as they are`, async () => {
      const { pods, preview } = await outcomeOf(stackName);
      assert.deepEqual(pods[2], pods[1]);
      assert.equal(preview.code, 0, preview.text);
    });

    it(`${where} fail their drill when the newest one is damaged`, async () => {
      const { damage } = await outcomeOf(stackName);
      assert.match(damage, /drill: the dump is damaged/);
    });
  }

  for (const [what, says] of Object.entries(wrong)) {
    it(`in a bucket fail their drill, in the programs of the real image, when the newest one has ${what}`, async () => {
      const { refused } = await outcomeOf("dev");
      assert.match(refused[what as Wrong] ?? "", says);
    });
  }
});

async function goThrough(
  instance: NodeInstance,
  damageNewest: (instance: NodeInstance, backup: string) => Promise<void>,
): Promise<Outcome> {
  await instance.settled();
  const serverPods = async (): Promise<string[]> =>
    (await instance.pods("server")).map(({ metadata }) => metadata.uid).sort();
  const published = await instance.runNow("certctl-backup", "backup-now");
  const [, backup = ""] = /published (?:s3:\S+\/)?(certctl-\S+)/.exec(published) ?? [];
  assert.notEqual(backup, "", published);
  const drill = await instance.runNow("certctl-drill", "drill-now");

  await instance.sql("insert into teams (id, name) values ('since', 'since the backup')");
  const before = await serverPods();
  instance.stack.configure({ "certctl:restore": { backup, overwriteDatabase: "certctl" } });
  await measured(instance, "restore through the graph", () => instance.stack.up());
  await instance.settled();
  const restored = await serverPods();
  const later = await instance.sql("select id from teams where id = 'since'");
  const { status: ready } = await instance.get("/ready");
  await eventually(120, async () => {
    const agents = await instance.agents();
    assert.ok(
      agents.length > 0 && agents.every(({ status, beats }) => status === "Online" && beats),
      JSON.stringify(agents),
    );
  });

  instance.stack.configure({ "certctl:restore": undefined });
  await instance.stack.up();
  const without = await serverPods();
  const preview = await instance.stack.preview("--expect-no-changes");

  await damageNewest(instance, backup);
  const damage = await instance.runNow("certctl-drill", "drill-of-damage", "failed");
  await kubectl(
    "delete",
    "job",
    "backup-now",
    "drill-now",
    "drill-of-damage",
    "--namespace",
    instance.namespace,
  );
  return { backup, drill, later, ready, pods: [before, restored, without], preview, damage, refused: {} };
}

/** The stack with its backups in a simulator of S3 on this machine, as long as they are looked at. */
async function inBucket(instance: NodeInstance): Promise<Outcome> {
  const store = await BackupStore.start((await useNode()).hostAddress);
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = store.writer;
  const metadata = { name: "store-keys", namespace: instance.namespace };
  await kubectlApply(
    JSON.stringify({
      apiVersion: "v1",
      kind: "Secret",
      metadata,
      stringData: { accessKeyId, secretAccessKey },
    }),
  );
  const identity = { mode: "accessKeys", accessKeys: { secretName: "store-keys" } };
  const s3 = { bucket, region: "us-east-1", endpoint: store.proxy.endpoint, identity };
  instance.stack.configure({ "certctl:backup": { enabled: true, sink: { mode: "s3", s3 } } });
  try {
    await instance.stack.up();
    const outcome = await goThrough(instance, async (_, backup) => {
      const [dump, manifest] = [await store.read(`${backup}.dump`), await store.read(`${backup}.json`)];
      dump[2_000] = (dump[2_000] ?? 0) ^ 255;
      await store.write("certctl-20990101T000000Z-00000000.dump", dump);
      await store.write("certctl-20990101T000000Z-00000000.json", manifest);
    });
    assert.deepEqual((await store.listed())[0], outcome.backup);
    return { ...outcome, refused: await drillsOfWrong(instance, store, outcome.backup) };
  } finally {
    instance.stack.configure({ "certctl:backup": undefined, "certctl:restore": undefined });
    await instance.stack.up();
    await store.stop();
  }
}

/** Makes the newest backup one with which something is wrong, and runs its drill; for each thing in turn. */
async function drillsOfWrong(
  instance: NodeInstance,
  store: BackupStore,
  backup: string,
): Promise<Outcome["refused"]> {
  const [dump, manifest] = [await store.read(`${backup}.dump`), String(await store.read(`${backup}.json`))];
  const refused: Outcome["refused"] = {};
  const drill = async (what: Wrong): Promise<void> => {
    const job = `drill-of-${what.replaceAll(" ", "-")}`;
    refused[what] = await instance.runNow("certctl-drill", job, "failed");
    await kubectl("delete", "job", job, "--namespace", instance.namespace);
  };
  let second = 1;
  for (const [what, pattern, text] of [
    ["a missing row", /("public.schema_migrations": )\d+/, "$199999"],
    ["a row too many", /("public.schema_migrations": )\d+/, "$11"],
    ["another schema", /("schemaVersion": ")[^"]+/, "$1000001_another.up.sql"],
  ] as const) {
    const time = new Date(Date.UTC(2099, 0, 1, 0, 0, second++));
    const name = `certctl-${time.toISOString().replace(/[-:]|\.\d+/g, "")}-00000000`;
    const dated = manifest.replace(/("createdEpoch": )\d+/, `$1${String(time.getTime() / 1000)}`);
    await store.write(`${name}.dump`, dump);
    await store.write(`${name}.json`, Buffer.from(dated.replace(pattern, text)));
    await drill(what);
  }
  const events = ["one", "two", "three"].map((id) => `('${id}', 'somebody', 'test')`).join(", ");
  await instance.sql(`insert into audit_events (id, actor, action) values ${events}`);
  // The owner of the table may do so, and who broke into the database.
  await instance.sql(
    "alter table audit_events disable trigger all; delete from audit_events where id = 'two'; alter table audit_events enable trigger all",
  );
  await instance.runNow("certctl-backup", "backup-of-a-broken-chain");
  await kubectl("delete", "job", "backup-of-a-broken-chain", "--namespace", instance.namespace);
  await drill("a broken chain");
  return refused;
}

/** Flips a byte of the newest backup on the volume, by a pod that is as restricted as every other. */
async function flipByte(instance: NodeInstance): Promise<void> {
  const { spec } = await object(instance.namespace, "cronjob", "certctl-backup");
  const { jobTemplate } = spec as {
    jobTemplate: { spec: { template: { spec: { containers: { image: string }[] } } } };
  };
  const [container] = jobTemplate.spec.template.spec.containers;
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "damage", namespace: instance.namespace },
    spec: {
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 70,
        runAsGroup: 70,
        fsGroup: 70,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: "shell",
          image: container?.image,
          command: [
            "sh",
            "-c",
            "newest=$(ls /backups/*.dump | tail -n 1); printf '\\377' | dd of=$newest bs=1 seek=2000 conv=notrunc",
          ],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          volumeMounts: [{ name: "backups", mountPath: "/backups" }],
        },
      ],
      volumes: [{ name: "backups", persistentVolumeClaim: { claimName: "certctl-backup" } }],
    },
  };
  await kubectlApply(JSON.stringify(pod));
  const inNamespace = ["--namespace", instance.namespace];
  await kubectl(
    "wait",
    "--for=jsonpath={.status.phase}=Succeeded",
    "pod/damage",
    "--timeout=180s",
    ...inNamespace,
  );
  await kubectl("delete", "pod", "damage", ...inNamespace);
}
