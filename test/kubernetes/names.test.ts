import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { instanceNames } from "../../src/kubernetes/names";

describe("the names of an instance", () => {
  it("are different for each part, and begin with the instance's", () => {
    const names = Object.values(instanceNames("pki"));
    assert.equal(new Set(names).size, names.length);
    assert.ok(names.every((name) => name.startsWith("pki-")));
  });

  it("are spelled in one place only", () => {
    const src = join(__dirname, "../../src");
    const spelled = readdirSync(src, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && file !== join("kubernetes", "names.ts"))
      .filter((file) => /\$\{[\w.]*instance\}-/.test(readFileSync(join(src, file), "utf8")));
    assert.deepEqual(spelled, []);
  });
});
