import assert from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { BackupBucketArgs } from "../../../src/aws";
import type { Moto } from "../../support/aws/moto.mjs" with { "resolution-mode": "import" };
import { root, run } from "./engine";
import type { Answer } from "./engine";
import type { StateResource } from "./stack";

/** Folder of the stand-in for the AWS provider, which the engine finds on PATH. */
export const providerFolder = join(root, "test/support/aws/provider");

/** What the AWS provider needs to work against moto. */
export function awsEnvironment(env: NodeJS.ProcessEnv, moto: Moto, region = "us-east-1"): NodeJS.ProcessEnv {
  return { ...env, ...moto.env, AWS_REGION: region, PATH: [providerFolder, env.PATH ?? ""].join(delimiter) };
}

/**
 * A program with one `BackupBucket` called `backups`, on the real engine without a cluster, with the AWS
 * provider's stand-in and moto.
 */
export class BucketStack {
  private constructor(
    private readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async create(
    name: string,
    args: BackupBucketArgs,
    moto: Moto,
    region?: string,
  ): Promise<BucketStack> {
    const { ensureToolchain, toolchainEnvironment } = await import("../../../toolchain/toolchain.mjs");
    const toolchain = await ensureToolchain({ log: () => undefined });
    const folder = mkdtempSync(join(tmpdir(), `certctl-bucket-${name}-`));
    const env = {
      ...process.env,
      ...toolchainEnvironment(toolchain),
      PULUMI_BACKEND_URL: `file://${join(folder, "backend")}?create_dir=true`,
      PULUMI_CONFIG_PASSPHRASE: "engine tests",
      NO_COLOR: "1",
    };
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "Pulumi.yaml"), "name: bucket\nruntime: nodejs\nmain: index.cjs\n");
    const program = [
      `const { BackupBucket } = require(${JSON.stringify(join(root, "src/aws/index.ts"))});`,
      `const bucket = new BackupBucket("backups", require("./args.json"));`,
      `module.exports = { sink: bucket.sink, replica: bucket.replica };`,
    ];
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: join(root, "tsconfig.json") }));
    writeFileSync(join(folder, "index.cjs"), program.join("\n"));
    const stack = new BucketStack(folder, awsEnvironment(env, moto, region));
    stack.configure(args);
    await stack.must("stack", "init", name);
    return stack;
  }

  configure(args: BackupBucketArgs): void {
    writeFileSync(join(this.folder, "args.json"), JSON.stringify(args));
  }

  /** Runs the CLI. */
  async pulumi(...args: string[]): Promise<Answer> {
    return run("pulumi", [...args, "--non-interactive"], this.env, { cwd: this.folder });
  }

  /** Runs the CLI, which must work. */
  async must(...args: string[]): Promise<Answer> {
    const answer = await this.pulumi(...args);
    assert.equal(answer.code, 0, answer.text);
    return answer;
  }

  /** Forgets the stack, and leaves in moto what it made. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async up(): Promise<Answer> {
    return this.must("up", "--yes", "--skip-preview");
  }

  /** A preview, and a refresh, that find nothing to do. */
  async isSettled(): Promise<void> {
    await this.must("preview", "--expect-no-changes");
    await this.must("refresh", "--yes", "--skip-preview", "--expect-no-changes");
  }

  async outputs(): Promise<{ sink: Record<string, string>; replica?: string }> {
    const { stdout } = await this.must("stack", "output", "--json");
    return JSON.parse(stdout) as { sink: Record<string, string>; replica?: string };
  }

  async resources(): Promise<StateResource[]> {
    const { stdout } = await this.must("stack", "export");
    return (JSON.parse(stdout) as { deployment: { resources?: StateResource[] } }).deployment.resources ?? [];
  }
}
