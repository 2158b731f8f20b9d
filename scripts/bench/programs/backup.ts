import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { BackupDatabase } from "../../../test/support/backup-database";
import { ImagePrograms } from "../../../test/support/backup-pods";
import type { BackupPods, RunOptions } from "../../../test/support/backup-pods";
import { fillMegabytes, fillTables } from "../../../test/support/backup-rows";
import { bucketSink, said, volumeSink } from "../../../test/support/backup-sinks";

/**
 * Prints, as JSON, how long the rendered scripts of backup and restore take beside the bare programs, each
 * the median of three rounds (one when the database is large), and the most memory that the processes of a
 * container hold together. Argument: megabytes of the database.
 */
const megabytes = Number(process.argv[2] ?? "1000");
const rounds = megabytes > 1000 ? 1 : 3;

interface Measured {
  seconds: number;
  mebibytes: number;
}

async function main(): Promise<void> {
  const database = await BackupDatabase.start(5_000);
  await fillTables(database, 500);
  await fillMegabytes(database, megabytes);
  const programs = await ImagePrograms.prepare(database.postgres.bin);
  const restore = { restore: { backup: "latest", before: "2099-12-31T23:59:59Z" } };
  const volume = await volumeSink(database, programs, restore);
  const store = await bucketSink(database, programs);
  const server = {
    PGHOST: "127.0.0.1",
    PGPORT: String(database.postgres.port),
    PGUSER: "certctl",
    PGDATABASE: "certctl",
  };
  const env = {
    ...server,
    PGPASSWORD: database.args.databasePassword as string,
    PATH: `${programs.path}:${process.env.PATH ?? ""}`,
  };
  const bareDump = join(volume.pods.folder, "bare.dump");
  const bare = (program: string, args: string[], more: Record<string, string> = {}): Promise<Measured> =>
    watched(
      spawn(program, args, {
        env: { ...env, ...more },
        detached: true,
        stdio: ["ignore", "inherit", "inherit"],
      }),
    );

  const dumpArgs = [
    "--format=custom",
    "--no-owner",
    "--no-acl",
    "--compress=6",
    "--dbname=certctl",
    `--file=${bareDump}`,
  ];
  const dumps = await byTurns(
    () => inPod(volume.pods, "CronJob", "certctl-backup", "dump"),
    () => bare("pg_dump", dumpArgs),
  );
  // One backup is enough for what follows, and the disk is not ours alone.
  for (const name of (await volume.listed()).slice(0, -1)) {
    for (const part of ["dump", "json"]) rmSync(join(volume.pods.volume, `${name}.${part}`));
  }

  await store.store.createBucket("bare");
  const signed = {
    ...store.store.administrator,
    AWS_ENDPOINT_URL: store.store.proxy.endpoint,
    AWS_REGION: "us-east-1",
  };
  let copies = 0;
  const uploads = await byTurns(
    () => inPod(store.pods, "CronJob", "certctl-backup", "upload"),
    () =>
      bare("aws", ["s3", "cp", "--only-show-errors", bareDump, `s3://bare/${String((copies += 1))}`], signed),
  );

  const empty = (): Promise<unknown> =>
    database.query("drop schema public cascade; create schema public; comment on database certctl is null");
  const job = volume.pods.manifests.find(
    ({ kind, metadata }) => kind === "Job" && /^certctl-restore-[0-9a-f]{8}$/.test(metadata.name),
  );
  const restoreArgs = [
    "--no-owner",
    "--no-acl",
    "--exit-on-error",
    "--single-transaction",
    "--dbname=certctl",
    bareDump,
  ];
  const restores = await byTurns(
    async () => {
      await empty();
      return inPod(volume.pods, "Job", job?.metadata.name ?? "", "restore");
    },
    async () => {
      await empty();
      return bare("pg_restore", restoreArgs);
    },
  );

  await volume.stop();
  await store.stop();
  programs.remove();
  await database.stop();
  process.stdout.write(
    `${JSON.stringify({
      ratios: {
        dump: dumps.ours.seconds / dumps.bare.seconds,
        upload: uploads.ours.seconds / uploads.bare.seconds,
        restore: restores.ours.seconds / restores.bare.seconds,
      },
      seconds: { dump: dumps.ours.seconds, upload: uploads.ours.seconds, restore: restores.ours.seconds },
      mebibytes: {
        dump: dumps.ours.mebibytes,
        upload: uploads.ours.mebibytes,
        restore: restores.ours.mebibytes,
      },
    })}\n`,
  );
}

/** Runs a pod, and watches one of its containers. */
async function inPod(pods: BackupPods, kind: string, name: string, container: string): Promise<Measured> {
  let result: Promise<Measured> | undefined;
  const options: RunOptions = {
    started: (started, child) => {
      if (started === container) result = watched(child);
    },
  };
  const ended = await pods.run(kind, name, options);
  assert.equal(ended.status, 0, said(ended));
  assert.ok(result, `no container ${container}`);
  return result;
}

/** The time until a process ends, and the most memory that its group held. */
async function watched(child: ChildProcess): Promise<Measured> {
  const since = Date.now();
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, residentKibibytes(child.pid ?? 0));
  }, 100);
  const status = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  clearInterval(timer);
  assert.equal(status, 0);
  return { seconds: (Date.now() - since) / 1000, mebibytes: most / 1024 };
}

/** Proportional set size, summed: a page that several processes share counts once. */
function residentKibibytes(group: number): number {
  let sum = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      if (Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]) !== group) continue;
      sum += Number(/^Pss:\s+([0-9]+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    } catch {
      // It has ended.
    }
  }
  return sum;
}

/** Both by turns, so that another load on the machine meets both; the disk is quiet before each. */
async function byTurns(
  ours: () => Promise<Measured>,
  bare: () => Promise<Measured>,
): Promise<Record<"ours" | "bare", Measured>> {
  const all: Record<"ours" | "bare", Measured[]> = { ours: [], bare: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, measure] of [
      ["ours", ours],
      ["bare", bare],
    ] as const) {
      execFileSync("sync");
      all[name].push(await measure());
    }
  }
  return { ours: summary(all.ours), bare: summary(all.bare) };
}

function summary(measured: Measured[]): Measured {
  const seconds = measured.map((one) => one.seconds).sort((a, b) => a - b);
  return {
    seconds: seconds[Math.floor(seconds.length / 2)] ?? NaN,
    mebibytes: Math.max(...measured.map((one) => one.mebibytes)),
  };
}

void main();
