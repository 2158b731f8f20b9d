import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Manifest } from "../../scripts/render/capture";
import { renderArgs } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { localContainer, manifestOf, podSpec } from "./pods";

const nobody = 65534;
const isRoot = process.getuid?.() === 0;

/** How a pod ended: like the kubelet, the first container that fails ends it. */
export interface PodResult {
  status: number | null;
  signal: NodeJS.Signals | null;
  /** The container that was the last to run. */
  container: string;
  stdout: string;
  stderr: string;
}

/** Programs that the images hold, where an unprivileged user can run them. */
export class ImagePrograms {
  readonly folder = mkdtempSync(join(tmpdir(), "certctl-programs-"));

  private constructor(serverBin: string) {
    chmodSync(this.folder, 0o755);
    this.path = [serverBin, join(this.folder, "clients/pgserver/pginstall/bin")].join(":");
  }

  readonly path: string;

  static async prepare(serverBin: string): Promise<ImagePrograms> {
    const { postgresClients } = await import("./postgres-clients.mjs");
    const programs = new ImagePrograms(serverBin);
    const copy = 'cp -al "$1" "$2" 2> /dev/null || { rm -rf "$2"; cp -a "$1" "$2"; }; chmod -R a+rX "$2"';
    execFileSync("sh", ["-c", copy, "sh", postgresClients(), join(programs.folder, "clients")]);
    return programs;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs the pods that an instance's manifests describe: their own scripts, as an unprivileged user, with the volumes in a folder. */
export class BackupPods {
  readonly folder = mkdtempSync(join(tmpdir(), "certctl-backup-"));
  private runs = 0;

  private constructor(
    readonly manifests: Manifest[],
    private readonly programs: ImagePrograms,
    private readonly changes: Record<string, string>,
  ) {
    chmodSync(this.folder, 0o755);
  }

  /** `changes` replaces what stands in the environment, such as the name of a Service. */
  static async render(args: CertctlArgs, programs: ImagePrograms, changes: Record<string, string>): Promise<BackupPods> {
    return new BackupPods(await renderArgs(args), programs, changes);
  }

  /** The volume with the backups. */
  get volume(): string {
    return join(this.folder, "backups");
  }

  /** Names of the backups on the volume, oldest first: what has a manifest. */
  listed(): string[] {
    if (!existsSync(this.volume)) return [];
    const files = readdirSync(this.volume);
    return files
      .filter((file) => file.endsWith(".json"))
      .map((file) => file.replace(/\.json$/, ""))
      .sort();
  }

  manifest(name: string): Record<string, unknown> {
    return JSON.parse(readFileSync(join(this.volume, `${name}.json`), "utf8")) as Record<string, unknown>;
  }

  /** Runs a pod to its end, with new emptyDirs. */
  async run(kind: string, prefix: string): Promise<PodResult> {
    const workload = manifestOf(this.manifests, kind, prefix);
    const pod = podSpec(workload);
    this.runs += 1;
    const own = join(this.folder, `pod-${String(this.runs)}`);
    for (const { name } of [...(pod.initContainers ?? []), ...pod.containers]) localContainer(this.manifests, workload, name, own);
    this.mountBackups(own);
    if (isRoot) execFileSync("chown", ["-R", `${String(nobody)}:${String(nobody)}`, own]);
    let result: PodResult = { status: 0, signal: null, container: "", stdout: "", stderr: "" };
    try {
      for (const { name } of [...(pod.initContainers ?? []), ...pod.containers]) {
        const { command, env } = localContainer(this.manifests, workload, name, own);
        result = await this.runContainer(name, command, { ...env, POD_NAME: `pod-${String(this.runs)}` });
        if (result.status !== 0) return result;
      }
      return result;
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  }

  /** The volume outlives the pods. */
  private mountBackups(own: string): void {
    const mountPoint = join(own, "backups");
    if (!existsSync(mountPoint)) return;
    mkdirSync(this.volume, { recursive: true });
    if (isRoot) execFileSync("chown", [`${String(nobody)}:${String(nobody)}`, this.volume]);
    rmSync(mountPoint, { recursive: true });
    execFileSync("ln", ["-s", this.volume, mountPoint]);
  }

  private runContainer(name: string, [program = "", ...args]: string[], given: Record<string, string>): Promise<PodResult> {
    const changed = Object.fromEntries(
      Object.entries(given).map(([key, value]) => [
        key,
        Object.entries(this.changes).reduce((text, [from, to]) => text.replaceAll(from, to), value),
      ]),
    );
    const path = [this.programs.path, process.env.PATH].join(":");
    const user = isRoot ? { uid: nobody, gid: nobody } : {};
    // A group of its own, as a container's processes end together.
    const child = spawn(program, args, {
      cwd: "/",
      env: { PATH: path, ...changed },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      ...user,
    });
    const text = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text.stdout += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (text.stderr += chunk));
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status, signal) => {
        endGroup(child);
        resolve({ status, signal, container: name, ...text });
      });
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Ends a container as the kernel does: all of its processes. */
function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  } catch {
    // They have ended already.
  }
}
