import { execFileSync } from "node:child_process";
import { rmSync, symlinkSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { BackupDatabase } from "./backup-database";
import { BackupPods, endGroup } from "./backup-pods";
import type { ImagePrograms, PodResult, RunOptions } from "./backup-pods";

/**
 * Variables of the restore's containers that a test sets: what the option would have said, and which database
 * it is about.
 */
export type RestoreVariables = Partial<
  Record<
    "RESTORE_ID" | "BACKUP" | "BACKUP_DIR" | "OVERWRITE_DATABASE" | "PGDATABASE" | "PGUSER" | "PGPASSWORD",
    string
  >
>;

/** The restore Job of an instance, with the backups that its CronJob has published. */
export class RestorePods {
  private constructor(
    private readonly pods: BackupPods,
    private readonly database: BackupDatabase,
  ) {}

  static async render(
    database: BackupDatabase,
    programs: ImagePrograms,
    backups: BackupPods,
    backup: string,
  ): Promise<RestorePods> {
    const args = {
      ...database.args,
      backup: { enabled: true },
      restore: { backup, overwriteDatabase: "certctl" },
    };
    const pods = await BackupPods.render(args, programs, database.here);
    symlinkSync(backups.volume, pods.volume);
    return new RestorePods(pods, database);
  }

  /** Runs the Job's pod once. */
  async run(env: RestoreVariables = {}, options: Omit<RunOptions, "env"> = {}): Promise<PodResult> {
    return this.pods.run("Job", this.job, { ...options, env: env });
  }

  /**
   * Runs the Job's pod, and kills whatever runs after some milliseconds. Returns when PostgreSQL has noticed.
   */
  async runKilled(env: RestoreVariables, milliseconds: number): Promise<PodResult> {
    const timer = new AbortController();
    let running: Parameters<typeof endGroup>[0] | undefined;
    const kill = delay(milliseconds, undefined, { signal: timer.signal }).then(
      () => running && endGroup(running, "SIGKILL"),
      () => undefined,
    );
    const result = await this.run(env, { started: (_container, process) => (running = process) });
    timer.abort();
    await kill;
    while (await this.hasSessions()) await delay(50);
    return result;
  }

  private async hasSessions(): Promise<boolean> {
    const [row] = await this.database.query(
      "select count(*)::int as open from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
      "postgres",
    );
    return row?.open !== 0;
  }

  private get job(): string {
    const found = this.pods.manifests.find(
      ({ kind, metadata }) => kind === "Job" && /^certctl-restore-[0-9a-f]{8}$/.test(metadata.name),
    );
    return found?.metadata.name ?? "certctl-restore";
  }

  remove(): void {
    execFileSync("unlink", [this.pods.volume]);
    rmSync(this.pods.folder, { recursive: true, force: true });
  }
}
