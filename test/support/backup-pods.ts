import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Manifest } from "../../scripts/render/capture";
import { renderArgs } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { localContainer, manifestOf, podSpec } from "./pods";
import { makeUserland, scriptImage } from "./userland";

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

/** What a test does to a pod that runs. */
export interface RunOptions {
  /** Variables that replace rendered ones, such as an address. */
  env?: Record<string, string>;
  /** Folders before all others on PATH: programs that stand for those of the image. */
  shims?: string[];
  /** Called when a container has started. */
  started?: (container: string, process: ChildProcess) => void;
}

/** Programs that the images hold, where an unprivileged user can run them. */
export class ImagePrograms {
  readonly folder = mkdtempSync(join(tmpdir(), "certctl-programs-"));

  private constructor(private readonly serverBin: string) {
    chmodSync(this.folder, 0o755);
  }

  /** All of them, without the systems of the images. */
  get path(): string {
    return [join(this.folder, "bin"), this.postgresPath].join(":");
  }

  private get postgresPath(): string {
    return [this.serverBin, join(this.folder, "clients/pgserver/pginstall/bin")].join(":");
  }

  /** What PATH finds in a container of an image: its programs and no others. */
  pathIn(image: string): string {
    const kind = scriptImage(image);
    const added = kind === "postgres" ? this.postgresPath : join(this.folder, "bin");
    return [added, makeUserland(kind, join(this.folder, "systems"))].join(":");
  }

  static async prepare(serverBin: string): Promise<ImagePrograms> {
    const [{ postgresClients }, { pythonPackages }] = await Promise.all([
      import("./postgres-clients.mjs"),
      import("./python/packages.mjs"),
    ]);
    const programs = new ImagePrograms(serverBin);
    const bin = join(programs.folder, "bin");
    mkdirSync(bin);
    for (const [name, source] of [
      ["clients", postgresClients()],
      ["awscli", pythonPackages("awscli")],
    ] as const) {
      const target = join(programs.folder, name);
      // Links where that can be: the CLI alone is 120 MB.
      execFileSync("sh", [
        "-c",
        'cp -al "$1" "$2" 2> /dev/null || { rm -rf "$2"; cp -a "$1" "$2"; }; chmod -R a+rX "$2"',
        "sh",
        source,
        target,
      ]);
    }
    const python = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
    programs.program("aws", `PYTHONPATH='${programs.folder}/awscli' exec ${python} -m awscli "$@"`);
    return programs;
  }

  /**
   * Makes a program of a shell script, in the image of the AWS CLI or in a folder of shims. Whatever the
   * image, the script has the programs of this machine.
   */
  program(name: string, script: string, folder = "bin"): string {
    const target = join(this.folder, folder);
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, name), `#!/bin/sh\nPATH='${process.env.PATH ?? ""}'\n${script}\n`);
    chmodSync(join(target, name), 0o755);
    return target;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * Runs the pods that an instance's manifests describe: their own scripts, as an unprivileged user, with the
 * volumes in a folder.
 */
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

  /**
   * `changes` replaces what stands in the environment, such as the name of a Service; `existing` are objects
   * that are not ours.
   */
  static async render(
    args: CertctlArgs,
    programs: ImagePrograms,
    changes: Record<string, string>,
    existing: Manifest[] = [],
  ): Promise<BackupPods> {
    return new BackupPods([...(await renderArgs(args)), ...existing], programs, changes);
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

  /** Runs a pod to its end, with new emptyDirs unless `keep` says so. */
  async run(kind: string, prefix: string, options: RunOptions = {}): Promise<PodResult> {
    const workload = manifestOf(this.manifests, kind, prefix);
    const pod = podSpec(workload);
    this.runs += 1;
    const podName = `pod-${String(this.runs)}`;
    const own = join(this.folder, podName);
    for (const { name } of [...(pod.initContainers ?? []), ...pod.containers])
      localContainer(this.manifests, workload, name, own);
    this.mountBackups(own);
    if (isRoot) execFileSync("chown", ["-R", `${String(nobody)}:${String(nobody)}`, own]);
    let result: PodResult = { status: 0, signal: null, container: "", stdout: "", stderr: "" };
    try {
      for (const { name } of [...(pod.initContainers ?? []), ...pod.containers]) {
        const container = localContainer(this.manifests, workload, name, own);
        const env = { PATH: this.programs.pathIn(container.image), ...container.env, POD_NAME: podName };
        result = await this.runContainer(name, container.command, env, options);
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

  private runContainer(
    name: string,
    [program = "", ...args]: string[],
    given: Record<string, string>,
    options: RunOptions,
  ): Promise<PodResult> {
    const changed = Object.fromEntries(
      Object.entries(given).map(([key, value]) => [
        key,
        Object.entries(this.changes).reduce((text, [from, to]) => text.replaceAll(from, to), value),
      ]),
    );
    const path = [...(options.shims ?? []), changed.PATH].join(":");
    const user = isRoot ? { uid: nobody, gid: nobody } : {};
    // A group of its own, as a container's processes end together.
    const child = spawn(program, args, {
      cwd: "/",
      env: { ...changed, ...options.env, PATH: path },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      ...user,
    });
    const text = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text.stdout += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (text.stderr += chunk));
    options.started?.(name, child);
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status, signal) => {
        endGroup(child, "SIGKILL");
        resolve({ status, signal, container: name, ...text });
      });
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Ends a container as the kernel does: all of its processes. */
export function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // They have ended already.
  }
}
