import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../../src/policy/rules";

const page = readFileSync(join(__dirname, "../../docs/policy-pack.md"), "utf8");

/** Cells of the rows of the table under a heading. */
function table(heading: string): string[][] {
  const [, section = ""] = page.split(`\n## ${heading}\n`);
  const rows = (section.split("\n## ")[0] ?? "").split("\n").filter((line) => line.startsWith("| `"));
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe("the page about the policy pack", () => {
  it("lists every rule with its level and its fix, as the pack has them", () => {
    const expected = rules.map(({ name, enforcementLevel = "mandatory", description, fix }) => [
      `\`${name}\``,
      enforcementLevel,
      description,
      fix,
    ]);
    assert.deepEqual(table("Rules"), expected);
  });

  it("lists every setting with its default", () => {
    const expected = rules.flatMap(({ name, settings = {} }) =>
      Object.entries(settings).map(([key, setting]) => [
        `\`${name}\``,
        `\`${key}\``,
        `\`${String(setting.default)}\``,
        setting.description,
      ]),
    );
    assert.deepEqual(table("Settings"), expected);
  });

  it("tells nobody of something that is not a rule", () => {
    const named = [...page.matchAll(/[`"](certctl-[a-z-]+)[`"]/g)].map(([, name = ""]) => name);
    const known = rules.map(({ name }) => name);
    assert.deepEqual(
      named.filter((name) => !known.includes(name)),
      [],
    );
  });
});
