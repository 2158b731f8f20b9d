import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import type { AnalyzerInfo } from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

const root = join(__dirname, "../..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  version: string;
  main: string;
  types: string;
  exports: Record<string, string | { types: string; default: string }>;
};

describe("the package", function () {
  this.timeout(120_000);
  let files: string[];
  let cache: string;

  before(() => {
    cache = mkdtempSync(join(tmpdir(), "certctl-npm-cache-"));
    execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: ["ignore", 2, 2] });
    const command = ["pack", "--dry-run", "--json", "--ignore-scripts", "--offline", "--cache", cache];
    const output = execFileSync("npm", command, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const [packed] = JSON.parse(output) as { files: { path: string }[] }[];
    files = (packed?.files ?? []).map(({ path }) => path);
  });
  after(() => rmSync(cache, { recursive: true, force: true }));

  it("every entry point is in it, with its declarations", () => {
    const entries = Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === "string" ? [entry] : [entry.types, entry.default],
    );
    for (const path of [manifest.main, manifest.types, ...entries]) assert.ok(files.includes(path.replace("./", "")), path);
  });

  it("each module of src has JavaScript, declarations and maps in dist, but for the stack program", () => {
    const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
    const modules = sources.filter((path) => path.endsWith(".ts") && path !== "main.ts").map((path) => path.slice(0, -".ts".length));
    assert.ok(modules.includes("index"));
    for (const path of modules)
      for (const suffix of [".js", ".js.map", ".d.ts", ".d.ts.map"]) assert.ok(files.includes(`dist/${path}${suffix}`), path);
    assert.ok(!files.some((path) => path.startsWith("dist/main.")));
  });

  it("the files that the code reads at run time are in it, as they are in src", () => {
    const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
    const assets = sources.filter((path) => extname(path) !== "" && extname(path) !== ".ts");
    assert.ok(assets.some((path) => path.endsWith(".sh")));
    for (const path of assets) {
      assert.ok(files.includes(`dist/${path}`), path);
      assert.equal(readFileSync(join(root, "dist", path), "utf8"), readFileSync(join(root, "src", path), "utf8"));
    }
  });

  it("source maps lead to the source, which they contain", () => {
    const map = JSON.parse(readFileSync(join(root, "dist/index.js.map"), "utf8")) as { sources: string[]; sourcesContent?: string[] };
    assert.deepEqual(map.sources, ["../src/index.ts"]);
    assert.equal(map.sourcesContent?.[0], readFileSync(join(root, "src/index.ts"), "utf8"));
  });

  it("licence, changelog and readme are in it, and nothing that only this repository needs", () => {
    const expected = ["LICENSE", "CHANGELOG.md", "README.md"].filter((path) => path !== "README.md" || existsSync(join(root, path)));
    for (const path of expected) assert.ok(files.includes(path), path);
    const folders = new Set(files.filter((path) => path.includes("/")).map((path) => path.split("/")[0]));
    assert.deepEqual([...folders].sort(), ["dist", "schemas"]);
    assert.deepEqual(
      files.filter((path) => /\.test\.|(^|\/)(test|scripts)\/|Pulumi\.|eslint|\.local/.test(path)),
      [],
    );
  });

  it("what it exports is there when it is required", () => {
    const script = "console.log(JSON.stringify(Object.keys(require(process.argv[1]))))";
    const exported = JSON.parse(execFileSync(process.execPath, ["-e", script, root], { encoding: "utf8" })) as string[];
    assert.ok(exported.includes("Certctl"));
  });

  it("loads nothing of @pulumi/aws, unless the entry point for AWS is required", () => {
    const script = "require(process.argv[1]); console.log(Object.keys(require.cache).filter((file) => /@pulumi.aws\\b/.test(file)).length)";
    const loaded = (entry: string): number => Number(execFileSync(process.execPath, ["-e", script, entry], { encoding: "utf8" }));
    assert.equal(loaded(root), 0);
    assert.ok(loaded(join(root, "dist/aws/index.js")) > 0);
  });

  it("has the policy pack in a folder that Pulumi can run, which serves every policy of the entry point", async () => {
    const folder = join(root, "dist/policy");
    for (const file of ["PulumiPolicy.yaml", "package.json", "pack.js"]) assert.ok(files.includes(`dist/policy/${file}`), file);
    const pack = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
    assert.equal(pack.version, manifest.version);
    const runner = join(root, "node_modules/@pulumi/pulumi/cmd/run-policy-pack");
    const child = spawn(process.execPath, [runner, "127.0.0.1:1", "."], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
    try {
      const [port] = (await once(child.stdout, "data")) as [Buffer];
      const info = await analyzerInfo(Number(port.toString()));
      assert.equal(info.name, "certctl");
      assert.equal(info.version, manifest.version);
      const script = "console.log(JSON.stringify(require('pulumi-certctl/policy').certctlPolicies.map(({ name }) => name)))";
      const exported = JSON.parse(execFileSync(process.execPath, ["-e", script], { cwd: root, encoding: "utf8" })) as string[];
      assert.deepEqual(info.policies, exported);
      assert.ok(exported.length > 20);
    } finally {
      child.kill();
    }
  });

  it("loads nothing of @pulumi/policy, unless the policies are required", () => {
    const script =
      "require(process.argv[1]); console.log(Object.keys(require.cache).filter((file) => /@pulumi.policy\\b/.test(file)).length)";
    assert.equal(execFileSync(process.execPath, ["-e", script, root], { encoding: "utf8" }).trim(), "0");
  });

  it("exports the bucket for backups where @pulumi/aws is", () => {
    const script = "console.log(JSON.stringify(Object.keys(require('pulumi-certctl/aws'))))";
    const exported = JSON.parse(execFileSync(process.execPath, ["-e", script], { cwd: root, encoding: "utf8" })) as string[];
    assert.ok(exported.includes("BackupBucket"));
  });
});

/** What a running policy pack says of itself. */
async function analyzerInfo(port: number): Promise<{ name: string; version: string; policies: string[] }> {
  const client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
  try {
    const info = await new Promise<AnalyzerInfo>((resolve, reject) => {
      client.getAnalyzerInfo(new Empty(), (error, answer) => (error ? reject(error) : resolve(answer)));
    });
    const policies = info.getPoliciesList().map((policy) => policy.getName());
    return { name: info.getName(), version: info.getVersion(), policies };
  } finally {
    client.close();
  }
}
