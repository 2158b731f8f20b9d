import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { components } from "./component-cases";
import { corpus } from "./corpus";

const source = join(__dirname, "../../src");

/** What components say that are used on their own; no stack file leads there. */
const ofComponents = Object.values(components).flatMap(({ nothing, wrong }) => [
  ...nothing,
  ...wrong.map(([, refused]) => refused),
]);

describe("the invalid corpus", () => {
  const printed = [...corpus("invalid").flatMap(({ expected }) => expected), ...ofComponents];

  it("has a case for every message of the checks", () => {
    const texts = files().flatMap((file) => messages(file).map((pattern) => ({ file, pattern })));
    assert.ok(texts.length > 100, `only ${texts.length} messages were found`);
    const missing = texts.filter(({ pattern }) => !printed.some((line) => pattern.test(line)));
    assert.deepEqual(
      missing.map(({ file, pattern }) => `${file}: ${pattern.source}`),
      [],
    );
  });
});

function files(): string[] {
  const checks = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith("-checks.ts"),
  );
  return [
    ...checks,
    "tls/pem.ts",
    "checks/schema-check.ts",
    "stack/stack-config.ts",
    "checks/unknown-keys.ts",
    "checks/missing-secret.ts",
  ].sort();
}

/** Texts of several words, as patterns in which whatever is inserted matches anything. */
function messages(file: string): RegExp[] {
  const found: RegExp[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isThrowStatement(node) || ts.isImportDeclaration(node)) return;
    if (ts.isTemplateExpression(node)) {
      const parts = [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
      if (parts.some((part) => / \S+ /.test(part))) found.push(new RegExp(parts.map(escape).join("[^]*")));
    } else if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
      if (/ \S+ /.test(node.text)) found.push(new RegExp(escape(node.text)));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(join(source, file), "utf8"), ts.ScriptTarget.ES2022, true));
  return found;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
