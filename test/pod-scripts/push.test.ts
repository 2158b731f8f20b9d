import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";
import type { Manifest } from "../../scripts/render/capture";
import type { BackupSettings } from "../../src/backup/backup-args";
import { localContainer, manifestOf } from "../support/pods";
import { freePort } from "../support/postgres";
import { prometheusProgram } from "../support/promtool";
import { makeUserland } from "../support/userland";

describe("what backups and drills tell a real Pushgateway", function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "certctl-push-"));
  let server: ChildProcess;
  let url: string;

  before(async function () {
    let program: string;
    try {
      program = prometheusProgram("prometheus-pushgateway");
    } catch (error) {
      if (process.env.CI !== undefined) throw error;
      console.log(`The tests with a Pushgateway are not run: ${(error as Error).message}.`);
      this.skip();
    }
    const address = `127.0.0.1:${String(await freePort())}`;
    url = `http://${address}`;
    server = spawn(program, [`--web.listen-address=${address}`], { stdio: "ignore" });
    while (
      !(await fetch(`${url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ))
    )
      await delay(100);
  });
  after(() => {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const render = (backup: BackupSettings): Promise<Manifest[]> =>
    renderArgs({ ...placeholderArgs({}), backup: { enabled: true, ...backup } });

  /** Runs the container that comes last, after `prepare` put what the others leave into the pod's volumes. */
  const push = (
    manifests: Manifest[],
    cronJob: string,
    prepare?: (pod: string) => void,
  ): { status: number | null; text: string } => {
    const pod = mkdtempSync(join(folder, "pod-"));
    const { command, env } = localContainer(
      manifests,
      manifestOf(manifests, "CronJob", cronJob),
      "push",
      pod,
    );
    prepare?.(pod);
    const [shell = "", ...args] = command;
    const { status, stdout, stderr } = spawnSync(shell, args, {
      env: { PATH: makeUserland("postgres", join(folder, "system")), ...env },
      encoding: "utf8",
    });
    return { status, text: stdout + stderr };
  };
  const manifest = (size: number): string =>
    `{\n  "createdEpoch": 1769826600,\n  "durationSeconds": 12,\n  "sizeBytes": ${String(size)},\n  "rows": {\n  }\n}\n`;
  const told = async (metric: string): Promise<string[]> => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return text.split("\n").filter((line) => line.startsWith(`${metric}{`));
  };

  it("is size, duration and time of the newest backup on the volume, under names that a rule finds", async () => {
    const { status, text } = push(await render({ pushgateway: { url } }), "certctl-backup", (pod) => {
      writeFileSync(join(pod, "backups/certctl-20260130T023000Z-0a1b2c3d.json"), manifest(1));
      writeFileSync(join(pod, "backups/certctl-20260131T023000Z-0a1b2c3d.json"), manifest(4096));
    });
    assert.equal(status, 0, text);
    const labels = 'instance="",job="certctl-backup",namespace="certctl"';
    assert.deepEqual(await told("certctl_backup_size_bytes"), [`certctl_backup_size_bytes{${labels}} 4096`]);
    assert.deepEqual(await told("certctl_backup_duration_seconds"), [
      `certctl_backup_duration_seconds{${labels}} 12`,
    ]);
    const [line = ""] = await told("certctl_backup_last_success_timestamp_seconds");
    assert.equal(Number(line.split(" ")[1]), 1769826600);
  });

  it("is, with a bucket, what was dumped in this pod, and nothing of an empty database", async () => {
    const sink = {
      mode: "s3",
      s3: { bucket: "backups", region: "us-east-1", identity: { mode: "podIdentity" } },
    } as const;
    const manifests = await render({ sink, pushgateway: { url } });
    const { status, text } = push(manifests, "certctl-backup", (pod) => {
      mkdirSync(join(pod, "scratch/certctl-agents-0"));
      writeFileSync(join(pod, "scratch/certctl-agents-0/manifest.json"), manifest(8192));
    });
    assert.equal(status, 0, text);
    assert.match((await told("certctl_backup_size_bytes"))[0] ?? "", / 8192$/);
    assert.deepEqual(push(manifests, "certctl-backup"), { status: 0, text: "" });
    assert.match((await told("certctl_backup_size_bytes"))[0] ?? "", / 8192$/);
  });

  it("is the time of a good drill", async () => {
    const { status, text } = push(await render({ pushgateway: { url } }), "certctl-drill");
    assert.equal(status, 0, text);
    const [line = ""] = await told("certctl_drill_last_success_timestamp_seconds");
    assert.ok(Math.abs(Number(line.split(" ")[1]) - Date.now() / 1000) < 60, line);
  });

  it("is a warning and no failure when nobody listens", async () => {
    const nobody = `http://127.0.0.1:${String(await freePort())}`;
    const { status, text } = push(await render({ pushgateway: { url: nobody } }), "certctl-drill");
    assert.equal(status, 0, text);
    assert.match(text, new RegExp(`^warning: ${nobody} was not told within 10 s: `));
  });
});
