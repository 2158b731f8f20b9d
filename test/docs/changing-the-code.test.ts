import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };

const guides = ["CONTRIBUTING.md", "docs/changing-the-code.md"];
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
];

describe("the guide to changes", () => {
  it("draws the floors that the linter keeps", () => {
    const [, list = ""] = /const floors = (\[[\s\S]*?\n\]);/.exec(read(".dependency-cruiser.cjs")) ?? [];
    const kept = JSON.parse(list.replace(/,(?=\s*\])/g, "")) as string[][];
    const [, drawing = ""] = /```text\n([\s\S]*?)```/.exec(read("docs/changing-the-code.md")) ?? [];
    const drawn = drawing
      .trim()
      .split("\n")
      .map((line) => (line.split(/ {2,}/)[0] ?? "").split(", "));
    assert.deepEqual(drawn, kept);
  });

  for (const guide of guides) {
    it(`names files and folders that exist: ${guide}`, () => {
      const named = [...read(guide).matchAll(/`((?:src|scripts|test|toolchain|schemas|docs)\/[\w./-]+)`/g)];
      assert.ok(named.length > 3);
      assert.deepEqual(
        named.map(([, path = ""]) => path).filter((path) => !existsSync(join(root, path))),
        [],
      );
    });
  }
});

describe("the commands in the documentation", () => {
  it("are scripts of the package", () => {
    const named = pages.flatMap((page) =>
      [...read(page).matchAll(/\bnpm run (?:-s )?([a-z][\w:]*)/g)].map(([, script = ""]) => ({
        page,
        script,
      })),
    );
    assert.ok(named.length > 30, `${named.length} commands`);
    assert.deepEqual(
      named.filter(({ script }) => scripts[script] === undefined),
      [],
    );
  });

  it("ask npm test for suites that there are", async () => {
    const { suites } = (await import("../../scripts/test/steps.mjs")) as { suites: string[] };
    const named = pages.flatMap((page) =>
      [...read(page).matchAll(/npm test -- --only ([a-z,]+)/g)].flatMap(([, list = ""]) => list.split(",")),
    );
    assert.ok(named.length > 0);
    assert.deepEqual(
      named.filter((suite) => !suites.includes(suite)),
      [],
    );
  });
});
