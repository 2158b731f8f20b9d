import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { anchorsOf } from "../support/markdown";

const root = resolve(__dirname, "../..");
const page = readFileSync(join(root, "docs/certctl-facts.md"), "utf8");
const anchors = anchorsOf(page);

const files = ["src", "scripts", "test", "toolchain"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|[mc]?js|go|sql|sh|ya?ml|md)$/.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
    // The golden files hold the pods' scripts; generated files are no place for comments.
    .filter((file) => !file.startsWith("test/render/golden/")),
);
const texts = new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8")]));

/** Old references are left in the pods' scripts alone, whose text is in manifests. */
const isPodScript = (file: string): boolean => file.startsWith("src/") && file.endsWith(".sh");

/** `(facts: migrations)`, `// facts: rate-limits, http-surface`; a long one goes on after a line break. */
function pointersIn(text: string): string[] {
  const pointers = text.matchAll(/(?:\(|\/\/ |-- |# )facts:\s+(?:\/\/ )?([a-z0-9-]+(?:, [a-z0-9-]+)*)/g);
  return [...pointers].flatMap(([, names = ""]) => names.split(", "));
}

/** References by number, of the sheet that this page took the place of. */
function numbersIn(text: string): string[] {
  const references = text.matchAll(/(?:certctl facts|\(facts|\bfacts)[\s/*#]+(\d+(?:\.\d+)?)/gi);
  return [...references].map(([, number = ""]) => number);
}

describe("what is known of certctl", () => {
  it("has a section for each pointer in code and tests", () => {
    const pointers = files.flatMap((file) =>
      pointersIn(texts.get(file) ?? "").map((name) => ({ file, name })),
    );
    assert.ok(pointers.length > 100, `${pointers.length} pointers`);
    assert.deepEqual(
      pointers.filter(({ name }) => !anchors.includes(name)),
      [],
    );
  });

  it("is pointed to by name, not by number", () => {
    const numbered = files
      .filter((file) => !isPodScript(file))
      .filter((file) => numbersIn(texts.get(file) ?? "").length > 0);
    assert.deepEqual(numbered, []);
  });

  it("explains the numbers in the pods' scripts, and no others", () => {
    const table = new Map(
      [...page.matchAll(/^\| (\d+\.\d+) +\| \[.*\]\(#([a-z0-9-]+)\)/gm)].map(([, number = "", name = ""]) => [
        number,
        name,
      ]),
    );
    const numbers = files.filter(isPodScript).flatMap((file) => numbersIn(texts.get(file) ?? ""));
    assert.deepEqual([...table.keys()], [...new Set(numbers)].sort(byNumber));
    assert.deepEqual(
      [...table.values()].filter((name) => !anchors.includes(name)),
      [],
    );
  });

  it("has each heading once, because headings are names", () => {
    assert.deepEqual(
      anchors.filter((name, index) => anchors.indexOf(name) !== index),
      [],
    );
  });

  it("is found by these patterns", () => {
    const text = (example: string): string => example.replaceAll("§", "facts");
    assert.deepEqual(pointersIn(text("// so (§:\n// the-encryption-key). /* (§: a, b) */ // §: c")), [
      "the-encryption-key",
      "a",
      "b",
      "c",
    ]);
    assert.deepEqual(numbersIn(text("(certctl § 1.2). (certctl §\n * 2.7) § 4: (§ 9, row 3)")), [
      "1.2",
      "2.7",
      "4",
      "9",
    ]);
  });
});

function byNumber(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}
