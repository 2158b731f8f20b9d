import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { anchorsOf } from "../support/markdown";

const root = resolve(__dirname, "../..");
const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".md"),
);
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "test/contract/README.md",
  ...docs.map((file) => `docs/${file}`),
];

describe("the documentation", () => {
  for (const page of pages) {
    it(`links to files that exist: ${page}`, () => {
      const text = readFileSync(join(root, page), "utf8");
      const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target = ""]) => target);
      const missing = targets.filter((target) => !existsSync(join(root, dirname(page), target)));
      assert.deepEqual(missing, []);
    });
  }

  for (const page of pages) {
    it(`links to headings that exist: ${page}`, () => {
      const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)].map(
        ([, target = "", anchor = ""]) => ({ target: target && join(dirname(page), target), anchor }),
      );
      const missing = links.filter(({ target, anchor }) => !anchorsOf(read(target || page)).includes(anchor));
      assert.deepEqual(missing, []);
    });
  }

  it("names proofs of certctl's requirements that exist", () => {
    const text = readFileSync(join(root, "docs/certctl-requirements.md"), "utf8");
    const proofs = [...text.matchAll(/`([\w/-]+\.test\.ts|checks\/invalid)`/g)].map(
      ([, proof = ""]) => proof,
    );
    assert.ok(proofs.length > 20);
    assert.deepEqual(
      proofs.filter((proof) => !existsSync(join(root, "test", proof))),
      [],
    );
  });

  it("answers each of certctl's defects that concern these parts", () => {
    const text = readFileSync(join(root, "docs/certctl-requirements.md"), "utf8");
    const rows = [...text.matchAll(/^\| +(\d+) +\|/gm)].map(([, row]) => Number(row));
    assert.deepEqual(rows, [
      ...Array.from({ length: 18 }, (_, index) => index + 1),
      22,
      23,
      24,
      26,
      27,
      28,
      29,
      31,
      32,
      33,
    ]);
  });
});

function read(page: string): string {
  return readFileSync(join(root, page), "utf8");
}
