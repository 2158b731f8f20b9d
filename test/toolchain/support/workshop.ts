import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A row of the engine table, as ../engines.mjs has them. */
export interface Engine {
  name: string;
  module: string;
  package: string;
  place?: "pulumi" | "path";
  files?: { module: string; folder: string; as: string };
}

/** What the stand-in for Go wrote down. */
export interface JournalEntry {
  event: "start" | "end";
  package: string;
  module: string;
  pid: number;
}

/** How a build ended. */
export interface BuildResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Engines one and two share a module. */
export const engines: Engine[] = [
  { name: "one", module: "first", package: "example.test/one", place: "pulumi" },
  { name: "two", module: "first", package: "example.test/two", place: "path" },
  { name: "three", module: "second", package: "example.test/three" },
  { name: "four", module: "third", package: "." },
];

/** A folder with small Go modules, a stand-in for Go, and a cache to build into. */
export class Workshop {
  public readonly folder = mkdtempSync(join(tmpdir(), "certctl-toolchain-"));
  public readonly cacheFolder = join(this.folder, "cache");
  public readonly modulesFolder = join(this.folder, "modules");
  public readonly logsFolder = join(this.cacheFolder, "logs");
  private readonly journalFile = join(this.folder, "journal");
  private readonly binFolder = join(this.folder, "bin");

  public constructor(goDirective = "1.25.6") {
    for (const module of new Set(engines.map((engine) => engine.module))) {
      mkdirSync(join(this.modulesFolder, module), { recursive: true });
      writeFileSync(
        join(this.modulesFolder, module, "go.mod"),
        `module example.test/${module}\n\ngo ${goDirective}\n`,
      );
    }
    mkdirSync(this.binFolder);
    symlinkSync(join(__dirname, "fake-go.sh"), join(this.binFolder, "go"));
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Starts a build; the variables go to it and to the stand-in for Go. */
  public start(
    variables: Record<string, string> = {},
    options: { engines?: Engine[]; only?: string[] } = {},
  ): Build {
    const { cacheFolder, modulesFolder } = this;
    const argument = JSON.stringify({ engines, cacheFolder, modulesFolder, ...options });
    const env = {
      ...process.env,
      PATH: `${this.binFolder}:/usr/bin:/bin`,
      FAKE_GO_JOURNAL: this.journalFile,
      ...variables,
    };
    return new Build(
      spawn(process.execPath, [join(__dirname, "build.mjs"), argument], {
        env,
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
  }

  public build(...args: Parameters<Workshop["start"]>): Promise<BuildResult> {
    return this.start(...args).result;
  }

  public get journal(): JournalEntry[] {
    if (!existsSync(this.journalFile)) return [];
    const lines = readFileSync(this.journalFile, "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line) as JournalEntry);
  }

  /** Packages that were compiled, in order. */
  public get compiled(): string[] {
    return this.journal.filter(({ event }) => event === "start").map((entry) => entry.package);
  }

  /** Waits until this many compilers were started. */
  public async compilersStarted(count: number): Promise<number[]> {
    for (;;) {
      const started = this.journal.filter(({ event }) => event === "start");
      if (started.length >= count) return started.map(({ pid }) => pid);
      await sleep(20);
    }
  }

  /** What is in the cache, apart from logs: a lock, engines, and what a build left half-made. */
  public get cached(): string[] {
    const list = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
    const engineFolders = list(join(this.cacheFolder, "engines"));
    return [
      ...list(this.cacheFolder).filter((name) => name !== "engines" && name !== "logs"),
      ...engineFolders,
    ].sort();
  }
}

/** A build under way. */
export class Build {
  public readonly result: Promise<BuildResult>;

  public constructor(public readonly process: ChildProcess) {
    let stdout = "";
    let stderr = "";
    process.stdout?.on("data", (data: Buffer) => (stdout += data.toString()));
    process.stderr?.on("data", (data: Buffer) => (stderr += data.toString()));
    this.result = new Promise((resolve) =>
      process.once("close", (code) => resolve({ code, stdout, stderr })),
    );
  }
}

/** Whether a process runs, and is more than an entry that nobody has collected yet. */
export function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return (
      process.platform !== "linux" || !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))
    );
  } catch {
    return false;
  }
}
