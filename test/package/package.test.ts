import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
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
  this.timeout(300_000);
  let files: string[];
  let cache: string;

  before(() => {
    cache = mkdtempSync(join(tmpdir(), "certctl-npm-cache-"));
    execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: ["ignore", 2, 2] });
    const command = ["pack", "--dry-run", "--json", "--ignore-scripts", "--offline", "--cache", cache];
    const output = execFileSync("npm", command, {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [packed] = JSON.parse(output) as { files: { path: string }[] }[];
    files = (packed?.files ?? []).map(({ path }) => path);
  });
  after(() => rmSync(cache, { recursive: true, force: true }));

  it("every entry point is in it, with its declarations", () => {
    const entries = Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === "string" ? [entry] : [entry.types, entry.default],
    );
    for (const path of [manifest.main, manifest.types, ...entries])
      assert.ok(files.includes(path.replace("./", "")), path);
  });

  it("each module of src has JavaScript, declarations and maps in dist, but for the stack program", () => {
    const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
    const modules = sources
      .filter((path) => path.endsWith(".ts") && path !== "main.ts")
      .map((path) => path.slice(0, -".ts".length));
    assert.ok(modules.includes("index"));
    for (const path of modules)
      for (const suffix of [".js", ".js.map", ".d.ts", ".d.ts.map"])
        assert.ok(files.includes(`dist/${path}${suffix}`), path);
    assert.ok(!files.some((path) => path.startsWith("dist/main.")));
  });

  it("the files that the code reads at run time are in it, as they are in src", () => {
    const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
    const assets = sources.filter((path) => extname(path) !== "" && extname(path) !== ".ts");
    assert.ok(assets.some((path) => path.endsWith(".sh")));
    for (const path of assets) {
      assert.ok(files.includes(`dist/${path}`), path);
      assert.equal(
        readFileSync(join(root, "dist", path), "utf8"),
        readFileSync(join(root, "src", path), "utf8"),
      );
    }
  });

  it("source maps lead to the source, which they contain", () => {
    const map = JSON.parse(readFileSync(join(root, "dist/index.js.map"), "utf8")) as {
      sources: string[];
      sourcesContent?: string[];
    };
    assert.deepEqual(map.sources, ["../src/index.ts"]);
    assert.equal(map.sourcesContent?.[0], readFileSync(join(root, "src/index.ts"), "utf8"));
  });

  it("licence, changelog and readme are in it, and nothing that only this repository needs", () => {
    const expected = ["LICENSE", "CHANGELOG.md", "README.md"].filter(
      (path) => path !== "README.md" || existsSync(join(root, path)),
    );
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
    const exported = JSON.parse(
      execFileSync(process.execPath, ["-e", script, root], { encoding: "utf8" }),
    ) as string[];
    assert.ok(exported.includes("Certctl"));
  });

  it("loads nothing of @pulumi/aws, unless the entry point for AWS is required", () => {
    const script =
      "require(process.argv[1]); console.log(Object.keys(require.cache).filter((file) => /@pulumi.aws\\b/.test(file)).length)";
    const loaded = (entry: string): number =>
      Number(execFileSync(process.execPath, ["-e", script, entry], { encoding: "utf8" }));
    assert.equal(loaded(root), 0);
    assert.ok(loaded(join(root, "dist/aws/index.js")) > 0);
  });

  it("has the policy pack in a folder that Pulumi can run, with the policies of the entry point", async () => {
    const pack = await runPolicyPack(join(root, "dist/policy"));
    assert.equal(pack.name, "certctl");
    assert.equal(pack.version, manifest.version);
    const script =
      "console.log(JSON.stringify(require('pulumi-certctl/policy').certctlPolicies.map(({ name }) => name)))";
    assert.deepEqual(
      pack.policies,
      JSON.parse(execFileSync(process.execPath, ["-e", script], { cwd: root, encoding: "utf8" })),
    );
    assert.ok(pack.policies.length > 20);
    assert.ok(files.includes("dist/policy/PulumiPolicy.yaml"));
  });

  it("has policies for a pack of one's own, as the documentation shows", async () => {
    const page = readFileSync(join(root, "docs/policy-pack.md"), "utf8");
    const [, example = ""] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
    const folder = mkdtempSync(join(tmpdir(), "certctl-own-pack-"));
    try {
      mkdirSync(join(folder, "node_modules"));
      symlinkSync(root, join(folder, "node_modules/pulumi-certctl"));
      symlinkSync(join(root, "node_modules/@pulumi"), join(folder, "node_modules/@pulumi"));
      writeFileSync(join(folder, "index.ts"), example);
      writeFileSync(join(folder, "package.json"), JSON.stringify({ version: "1.2.3", main: "index.ts" }));
      const pack = await runPolicyPack(folder);
      assert.equal(pack.name, "platform");
      assert.ok(pack.policies.length > 20);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("exports the bucket for backups where @pulumi/aws is", () => {
    const script = "console.log(JSON.stringify(Object.keys(require('pulumi-certctl/aws'))))";
    const exported = JSON.parse(
      execFileSync(process.execPath, ["-e", script], { cwd: root, encoding: "utf8" }),
    ) as string[];
    assert.ok(exported.includes("BackupBucket"));
  });
});

interface RunningPack {
  name: string;
  version: string;
  policies: string[];
}

/** Starts a policy pack as Pulumi does, and asks what it is. */
async function runPolicyPack(folder: string): Promise<RunningPack> {
  const runner = join(root, "node_modules/@pulumi/pulumi/cmd/run-policy-pack");
  const child = spawn(process.execPath, [runner, "127.0.0.1:1", "."], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [port] = (await once(child.stdout, "data")) as [Buffer];
    return await askPolicyPack(Number(port.toString()));
  } finally {
    child.kill();
  }
}

async function askPolicyPack(port: number): Promise<RunningPack> {
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
