import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CertctlArgs } from "../../src/certctl-args";
import type { BackupDatabase } from "./backup-database";
import { BackupPods } from "./backup-pods";
import type { ImagePrograms, PodResult, RunOptions } from "./backup-pods";
import { BackupStore, bucket } from "./backup-store";

/** Where backups are kept, and the pods that write and read them there. */
export interface TestSink {
  title: string;
  pods: BackupPods;
  /** Names of what counts as a backup, oldest first. */
  listed: () => Promise<string[]>;
  read: (file: string) => Promise<Buffer>;
  /** Puts a backup there whose files are these. */
  plant: (name: string, dump: Buffer, manifest: Buffer) => Promise<void>;
  stop: () => Promise<void>;
}

export interface BucketSink extends TestSink {
  store: BackupStore;
}

const kept = { retention: { days: 30, count: 1000 } };

/** Backups on a volume; none of them is ever too old. */
export async function volumeSink(
  database: BackupDatabase,
  programs: ImagePrograms,
  args: CertctlArgs = {},
): Promise<TestSink> {
  const backup = { enabled: true, sink: { pvc: kept } };
  const pods = await BackupPods.render({ ...database.args, backup, ...args }, programs, database.here);
  return {
    title: "a volume",
    pods,
    listed: () => Promise.resolve(pods.listed()),
    read: (file) => Promise.resolve(readFileSync(join(pods.volume, file))),
    plant: (name, dump, manifest) => {
      writeFileSync(join(pods.volume, `${name}.dump`), dump, { mode: 0o644 });
      writeFileSync(join(pods.volume, `${name}.json`), manifest, { mode: 0o644 });
      return Promise.resolve();
    },
    stop: () => {
      pods.remove();
      return Promise.resolve();
    },
  };
}

/** Backups in a bucket, which moto keeps. */
export async function bucketSink(
  database: BackupDatabase,
  programs: ImagePrograms,
  args: CertctlArgs = {},
): Promise<BucketSink> {
  const store = await BackupStore.start();
  const identity = { mode: "accessKeys", accessKeys: { secretName: "store-keys" } } as const;
  const s3 = { bucket, region: "us-east-1", endpoint: store.proxy.endpoint, identity };
  const keys = {
    accessKeyId: store.writer.AWS_ACCESS_KEY_ID,
    secretAccessKey: store.writer.AWS_SECRET_ACCESS_KEY,
  };
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "store-keys" }, stringData: keys };
  const backup = { enabled: true, sink: { mode: "s3", s3 } } as const;
  const pods = await BackupPods.render({ ...database.args, backup, ...args }, programs, database.here, [
    secret,
  ]);
  return {
    title: "a bucket",
    pods,
    store,
    listed: () => store.listed(),
    read: (file) => store.read(file),
    plant: async (name, dump, manifest) => {
      await store.write(`${name}.dump`, dump);
      await store.write(`${name}.json`, manifest);
    },
    stop: async () => {
      pods.remove();
      await store.stop();
    },
  };
}

/** What is known of a sink's backups: that each can be restored. */
export class ProvenBackups {
  private readonly proven = new Map<string, string>();

  constructor(private readonly sink: TestSink) {}

  /** Makes a backup that nothing goes wrong with. */
  async add(options: RunOptions = {}): Promise<string> {
    const before = await this.sink.listed();
    const result = await this.sink.pods.run("CronJob", "certctl-backup", options);
    assert.equal(result.status, 0, said(result));
    const added = (await this.sink.listed()).filter((name) => !before.includes(name));
    assert.equal(added.length, 1, "one backup was published");
    assert.equal((await this.sink.listed()).at(-1), added[0], "the new backup is the newest one");
    await this.hold();
    return added[0] ?? "";
  }

  /**
   * All that is listed can be restored: a drill shows it, unless one did before and the backup is the same to
   * the byte.
   */
  async hold(): Promise<void> {
    const names = await this.sink.listed();
    for (const name of [...this.proven.keys()]) assert.ok(names.includes(name), `${name} is lost`);
    for (const name of names) {
      const digest = await this.digest(name);
      const before = this.proven.get(name);
      if (before === undefined) {
        const drilled = await this.sink.pods.run("CronJob", "certctl-drill", { env: { BACKUP: name } });
        assert.equal(drilled.status, 0, said(drilled));
        assert.match(drilled.stdout, new RegExp(`^${name} can be restored`, "m"));
      } else assert.equal(digest, before, `${name} was changed`);
      this.proven.set(name, digest);
    }
  }

  /** A backup fails with one clear line, and neither adds one nor harms one. */
  async survive(cause: RegExp, options: RunOptions): Promise<PodResult> {
    const before = await this.sink.listed();
    const result = await this.sink.pods.run("CronJob", "certctl-backup", options);
    assert.notEqual(result.status, 0, said(result));
    assert.match(result.stderr.trim(), cause);
    assert.match(result.stderr, /^backup: [^\n]+\n$/, "one line");
    assert.deepEqual(await this.sink.listed(), before);
    await this.hold();
    return result;
  }

  private async digest(name: string): Promise<string> {
    const hash = createHash("sha256");
    for (const part of ["dump", "json"]) hash.update(await this.sink.read(`${name}.${part}`));
    return hash.digest("hex");
  }
}

export function said({ container, status, signal, stdout, stderr }: PodResult): string {
  return `${container}: ${String(status ?? signal)}\n${stdout}${stderr}`;
}
