import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { satisfies, subset } from "semver";

const root = join(__dirname, "../..");
const read = (name: string): string => readFileSync(join(root, name), "utf8");
const { engines } = JSON.parse(read("package.json")) as { engines: { node: string } };

interface LockedPackage {
  engines?: { node?: string };
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
}
const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, LockedPackage> };
const needed = Object.entries(packages).filter(([, { optional }]) => optional !== true);

describe("npm ci", () => {
  it("works on every platform: a package for one of them is optional", () => {
    const bound = needed.filter(([, { os, cpu, libc }]) => os ?? cpu ?? libc).map(([path]) => path);
    assert.deepEqual(bound, []);
  });

  it("prints no EBADENGINE on a Node.js that package.json names, the SDK's own demand included", () => {
    assert.ok(packages["node_modules/@pulumi/pulumi"]?.engines?.node);
    const narrower = needed.flatMap(([path, { engines: { node } = {} }]) =>
      node === undefined || subset(engines.node, node) ? [] : [`${path} asks for Node.js ${node}`],
    );
    assert.deepEqual(narrower, []);
  });
});

describe("the commands", () => {
  it("run on a Node.js that package.json names, and on no other", async () => {
    const { nodeVersionProblem } = await import("../../scripts/lib/node-version.mjs");
    const majors = Array.from({ length: 20 }, (_, index) => index + 12);
    for (const version of majors.flatMap((major) => [`${major}.0.0`, `${major}.12.3`, `${major}.19.0`]))
      assert.equal(nodeVersionProblem(version) === undefined, satisfies(version, engines.node), version);
  });

  it("ask for the Node.js that README names", async () => {
    const { neededNode } = await import("../../scripts/lib/node-version.mjs");
    assert.match(read("README.md"), new RegExp(`Needed: .*${neededNode.replaceAll(".", "\\.")}`));
  });
});
