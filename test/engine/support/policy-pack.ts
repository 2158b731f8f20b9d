import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { root, run, useEngine } from "./engine";
import type { Answer } from "./engine";

const source = join(root, "src/policy");

/** The policy pack in a folder of its own, as the test's engine can start it. */
export class TestPolicyPack {
  private constructor(readonly folder: string) {}

  static async create(): Promise<TestPolicyPack> {
    const { workFolder } = await useEngine();
    const folder = join(workFolder, "policy-pack");
    mkdirSync(folder);
    const project = readFileSync(join(source, "PulumiPolicy.yaml"), "utf8");
    // The language host of the tests cannot run packs, so the engine looks for a program that is named after
    // the runtime.
    writeFileSync(
      join(folder, "PulumiPolicy.yaml"),
      project.replace("runtime: nodejs", "runtime: nodepolicy"),
    );
    const manifest = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as object;
    writeFileSync(join(folder, "package.json"), JSON.stringify({ ...manifest, main: "index.cjs" }));
    const swc = { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } };
    const program = [
      // Pulumi's runner checks the types of a pack in TypeScript at each start. A published pack is JavaScript.
      `const { transformFileSync } = require(${JSON.stringify(join(root, "node_modules/@swc/core"))});`,
      `require.extensions[".ts"] = (module, file) =>`,
      `  module._compile(transformFileSync(file, ${JSON.stringify(swc)}).code, file);`,
      `require(${JSON.stringify(join(source, "pack.ts"))});`,
    ];
    writeFileSync(join(folder, "index.cjs"), program.join("\n"));
    return new TestPolicyPack(folder);
  }

  /** Runs a command of the CLI that asks the pack, with the settings that a platform team may give it. */
  async pulumi(
    args: readonly string[],
    options: { cwd?: string; env?: NodeJS.ProcessEnv; settings?: object } = {},
  ): Promise<Answer> {
    const { env } = await useEngine();
    const path = [join(root, "test/support/policy"), env.PATH ?? ""].join(delimiter);
    const settings = join(this.folder, "settings.json");
    writeFileSync(settings, JSON.stringify(options.settings ?? {}));
    const pack = ["--policy-pack", this.folder, "--policy-pack-config", settings, "--non-interactive"];
    return run("pulumi", [...args, ...pack], { ...env, ...options.env, PATH: path }, { cwd: options.cwd });
  }
}
