import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execute, type Command } from "../../scripts/lib/command.cjs";

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

/**
 * Runs commands of the project with a stand-in for the Pulumi CLI, which the npm package `pulumi` finds in a
 * folder of its own.
 */
export class CommandFolder {
  public readonly path = mkdtempSync(join(tmpdir(), "certctl-command-test-"));

  constructor() {
    const bin = join(this.path, "home/versions", version, "bin");
    mkdirSync(bin, { recursive: true });
    copyFileSync(join(__dirname, "fake-pulumi.cjs"), join(bin, "pulumi"));
    chmodSync(join(bin, "pulumi"), 0o755);
  }

  /** Runs a command as `npm run` does. */
  public run(script: string, args: readonly string[], env: Record<string, string> = {}): Run {
    const result = spawnSync(process.execPath, ["--require", "ts-node/register", script, ...args], {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, ...this.variables, ...env },
    });
    return { code: result.status, stdout: result.stdout, stderr: result.stderr };
  }

  /** Runs a command in this process, which is quicker. */
  public async call(
    command: Command,
    args: readonly string[],
    env: Record<string, string> = {},
  ): Promise<Run> {
    const variables = { ...this.variables, ...env };
    const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
    Object.assign(process.env, variables);
    const run = { stdout: "", stderr: "" };
    try {
      const output = {
        stdout: (text: string) => void (run.stdout += text),
        stderr: (text: string) => void (run.stderr += text),
      };
      const code = await execute(command, args, output);
      return { code, ...run };
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = value;
      }
    }
  }

  private get variables(): Record<string, string> {
    return {
      PULUMI_HOME: join(this.path, "home"),
      PULUMI_OPTION_CONFIG_FILE: "",
      FAKE_PULUMI_CALLS: join(this.path, "calls.json"),
      FAKE_PULUMI_YAML: resolver.resolve("yaml"),
    };
  }

  public calls(): Call[] {
    const path = join(this.path, "calls.json");
    return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Call[]) : [];
  }

  public remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
