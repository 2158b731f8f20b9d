import assert from "node:assert/strict";
import { createPatch } from "diff";
import { instanceSettings } from "../../src/instance/instance-settings";
import { neededKinds } from "../../src/instance/needed-kinds";
import { golden, goldenManifests, goldenNames, matrixArgs, renderMatrix, rendered } from "./matrix";

/** Lines of a difference that are shown: the first say what changed. */
const shownLines = 60;

describe("the render matrix", function () {
  this.timeout(300_000);

  for (const row of renderMatrix) {
    it(`renders ${row.name} as it was reviewed`, async () => {
      const difference = differenceOf(row.name, golden(row), await rendered(row));
      assert.ok(difference === undefined, difference);
    });

    it(`looks for each kind of another product that ${row.name} makes objects of`, () => {
      const made = goldenManifests(row).flatMap(({ apiVersion, kind }) =>
        isBuiltIn(apiVersion) ? [] : [`${kind} ${apiVersion}`],
      );
      const looked = neededKinds(instanceSettings(matrixArgs(row), "certctl")).map(
        ({ definition, version }) => {
          const [plural = "", ...group] = definition.split(".");
          return { plural, apiVersion: `${group.join(".")}/${version}` };
        },
      );
      for (const object of made) {
        const [kind = "", apiVersion] = object.split(" ");
        const found = looked.some(
          (needed) => needed.apiVersion === apiVersion && pluralOf(kind) === needed.plural,
        );
        assert.ok(found, `${object} is made, and its definition is not looked for`);
      }
    });
  }

  it("has no reviewed file without a row", () => {
    assert.deepEqual(
      goldenNames(),
      renderMatrix.map(({ name }) => name),
    );
  });

  it("shows where a file differs, in a few lines", () => {
    const lines = Array.from({ length: 100 }, (_, index) => `line ${String(index)}`);
    const changed = lines.map((line) => (line === "line 50" ? "another line" : line)).join("\n");
    const difference = differenceOf("example", lines.join("\n"), changed) ?? "";
    assert.match(difference, /^test\/render\/golden\/example\.yaml differs from what is rendered/);
    assert.match(difference, /^-line 50\n\+another line$/m);
    assert.ok(difference.split("\n").length < 20, difference);
  });
});

/** What a person needs to see where a file is not what is rendered; nothing when it is. */
function differenceOf(name: string, reviewed: string, now: string): string | undefined {
  if (reviewed === now) return undefined;
  const file = `test/render/golden/${name}.yaml`;
  const patch = createPatch(file, reviewed, now, "reviewed", "rendered").split("\n").slice(2);
  const rest = patch.length - shownLines;
  return [
    `${file} differs from what is rendered. If that is meant: npm run golden, and review the difference in git.`,
    ...patch.slice(0, shownLines),
    ...(rest > 0 ? [`… and ${String(rest)} more lines`] : []),
  ].join("\n");
}

/** Groups of Kubernetes itself have no domain, or one below k8s.io, where the Gateway API has its own. */
function isBuiltIn(apiVersion: string): boolean {
  const [group = ""] = apiVersion.split("/");
  return !group.includes(".") || (group.endsWith(".k8s.io") && group !== "gateway.networking.k8s.io");
}

function pluralOf(kind: string): string {
  return kind.toLowerCase().replace(/y$/, "ie") + "s";
}
