import assert from "node:assert/strict";
import type { Manifest } from "../../scripts/render/capture";
import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { manifestOf, podSpec } from "../support/pods";

const backup = { enabled: true };
const name = "certctl-20260131T023000Z-0a1b2c3d";
const rendered = (args: Partial<CertctlArgs>): Promise<Manifest[]> =>
  renderArgs({ ...placeholderArgs({}), backup, ...args });
const title = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`;
const restoreJob = (manifests: Manifest[]): Manifest => {
  const jobs = manifests.filter(
    ({ kind, metadata }) => kind === "Job" && /^certctl-restore-[0-9a-f]{8}$/.test(metadata.name),
  );
  assert.equal(jobs.length, 1);
  return jobs[0] as Manifest;
};

describe("a restore", () => {
  it("adds three Jobs and an annotation of the server's pods, and changes nothing else", async () => {
    const without = await rendered({});
    const restored = await rendered({ restore: { backup: name } });
    const known = new Map(without.map((manifest) => [title(manifest), manifest]));
    const added = restored.filter((manifest) => !known.has(title(manifest)));
    assert.deepEqual(
      added.map((manifest) => title(manifest).replace(/-[0-9a-f]{8}$/, "")),
      ["Job certctl-restore", "Job certctl-restore-migrate", "Job certctl-provision-restored"],
    );
    const id = restoreJob(restored).metadata.name.slice(-8);
    const server = manifestOf(restored, "Deployment", "certctl-server") as unknown as PodTemplate;
    assert.equal(server.spec.template.metadata.annotations["certctl.io/restored"], id);
    delete server.spec.template.metadata.annotations["certctl.io/restored"];
    for (const manifest of restored.filter((one) => !added.includes(one)))
      assert.deepEqual(manifest, known.get(title(manifest)));
  });

  it("is another one when it names another backup or time, and the same one in another way", async () => {
    const latest = { backup: "latest", before: "2026-01-31T02:30:00Z" };
    const names = await Promise.all(
      [
        latest,
        { ...latest, jobs: 8, activeDeadlineSeconds: 600, overwriteDatabase: "certctl" },
        { ...latest, before: "2026-01-31T02:30:01Z" },
        { backup: name },
      ].map(async (restore) => restoreJob(await rendered({ restore })).metadata.name),
    );
    assert.equal(names[0], names[1]);
    assert.equal(new Set(names).size, 3);
  });

  it("asks first whether it is done, then finds the backup, which it cannot change, and restores", async () => {
    const { initContainers = [], containers } = podSpec(
      restoreJob(await rendered({ restore: { backup: name } })),
    );
    const steps = [...initContainers, ...containers];
    assert.deepEqual(
      steps.map(({ name: step, command = [] }) => [step, command.at(-1)]),
      [
        ["restored", "/scripts/restored.sh"],
        ["choose", "/scripts/find-backup.sh"],
        ["restore", "/scripts/restore.sh"],
      ],
    );
    const mounts = steps.flatMap(
      ({ volumeMounts = [] }) => volumeMounts as { mountPath: string; readOnly?: boolean }[],
    );
    assert.ok(mounts.filter(({ mountPath }) => mountPath === "/backups").every(({ readOnly }) => readOnly));
  });

  it("migrates by a Job also where servers migrate themselves", async () => {
    const manifests = await rendered({ restore: { backup: name }, migrations: { mode: "server" } });
    const jobs = manifests.filter(
      ({ kind, metadata }) => kind === "Job" && metadata.name.includes("migrate"),
    );
    assert.deepEqual(
      jobs.map(({ metadata }) => metadata.name.replace(/-[0-9a-f]{8}$/, "")),
      ["certctl-restore-migrate"],
    );
    manifestOf(manifests, "NetworkPolicy", "certctl-migration");
  });
});

interface PodTemplate {
  spec: { template: { metadata: { annotations: Record<string, string> } } };
}
