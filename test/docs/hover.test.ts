import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import * as ts from "typescript";

const root = resolve(__dirname, "../..");
const { exports: entries, files: shipped } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  exports: Record<string, string | { default: string }>;
  files: string[];
};

/** What the package's entries are made of: src/index.ts, src/aws/index.ts, … and all that they import. */
const reachable = closure(
  Object.values(entries).flatMap((entry) =>
    typeof entry === "string"
      ? []
      : [join(root, entry.default.replace("./dist/", "src/").replace(/\.js$/, ".ts"))],
  ),
);

/** Folders and pages of this repository that the package does not bring along. */
const absent = ["docs", "src", "scripts", "test", "toolchain"].filter((folder) => !shipped.includes(folder));
const reference = new RegExp(
  [`\\bfacts\\b`, String.raw`(?<![\w./-])(?:${absent.join("|")})/\w`, String.raw`\bCONTRIBUTING\.md`].join(
    "|",
  ),
  "i",
);

describe("what an editor shows on hover", () => {
  it("is looked for in every file that the package's entries reach", () => {
    const names = reachable.map((file) => relative(root, file));
    for (const file of [
      "src/index.ts",
      "src/aws/index.ts",
      "src/policy/index.ts",
      "src/server/server-args.ts",
    ])
      assert.ok(names.includes(file), file);
    assert.ok(names.length > 100, `${names.length} files`);
  });

  it("refers to no facts and to no file that a user of the package does not have", () => {
    const comments = reachable.flatMap((file) =>
      docComments(file).map((text) => ({ file: relative(root, file), text })),
    );
    assert.ok(comments.length > 1000, `${comments.length} comments`);
    assert.deepEqual(
      comments.filter(({ text }) => reference.test(text)),
      [],
    );
  });

  it("says the same of keys in a stack file", () => {
    assert.doesNotMatch(readFileSync(join(root, "schemas/pulumi-stack.schema.json"), "utf8"), reference);
  });

  it("is told apart by this pattern", () => {
    for (const text of ["see docs/aws.md", "the facts tell", "(facts: versions)", "src/images/images.ts:"])
      assert.match(text, reference);
    for (const text of [
      "https://github.com/o/r/blob/main/docs/runbooks",
      "/usr/src/x",
      "artefacts",
      "a test",
    ])
      assert.doesNotMatch(text, reference);
  });
});

/** Every comment that TypeScript takes for documentation: of a declaration, a member, a value. */
function docComments(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    for (const comment of ts.getJSDocCommentsAndTags(node)) found.add(comment.getFullText(source));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...found];
}

function closure(start: readonly string[]): string[] {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { fileName } of ts.preProcessFile(readFileSync(file, "utf8")).importedFiles)
      if (fileName.startsWith("."))
        for (const next of sourcesOf(resolve(dirname(file), fileName))) visit(next);
  };
  start.forEach(visit);
  return [...seen];
}

function sourcesOf(path: string): string[] {
  return [`${path}.ts`, join(path, "index.ts")].filter((file) => existsSync(file));
}
