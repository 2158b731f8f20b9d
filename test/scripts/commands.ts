import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "../..");
const resolver = createRequire(__filename);
const { version } = resolver("pulumi/package.json") as { version: string };

/** How a command ended. */
export interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** How the stand-in for the Pulumi CLI was called. */
export interface Call {
  args: string[];
  input: string;
}

/** Runs commands of the project with a stand-in for the Pulumi CLI, which the npm package `pulumi` finds in a folder of its own. */
export class CommandFolder {
  public readonly path = mkdtempSync(join(tmpdir(), "certctl-command-test-"));

  constructor() {
    const bin = join(this.path, "home/versions", version, "bin");
    mkdirSync(bin, { recursive: true });
    copyFileSync(join(__dirname, "fake-pulumi.cjs"), join(bin, "pulumi"));
    chmodSync(join(bin, "pulumi"), 0o755);
  }

  public run(script: string, args: readonly string[], env: Record<string, string> = {}): Run {
    const result = spawnSync(process.execPath, ["--require", "./scripts/register-typescript.cjs", script, ...args], {
      cwd: root,
      encoding: "utf8",
      env: {
        ...process.env,
        PULUMI_HOME: join(this.path, "home"),
        PULUMI_OPTION_CONFIG_FILE: "",
        FAKE_PULUMI_CALLS: join(this.path, "calls.json"),
        FAKE_PULUMI_YAML: resolver.resolve("yaml"),
        ...env,
      },
    });
    return { code: result.status, stdout: result.stdout, stderr: result.stderr };
  }

  public calls(): Call[] {
    const path = join(this.path, "calls.json");
    return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Call[]) : [];
  }

  public remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
