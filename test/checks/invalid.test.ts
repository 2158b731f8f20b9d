import assert from "node:assert/strict";
import { generateSecrets } from "../support/secrets";
import { completed, corpus, printed } from "./corpus";
import { wrongMaterial } from "./material";

describe("an invalid configuration prints exactly what is wrong", () => {
  let secrets: object;
  let material: Record<string, string>;

  before(async () => {
    [secrets, material] = await Promise.all([generateSecrets(), wrongMaterial()]);
  });

  const cases = corpus("invalid");

  it("in at least 60 cases", () => {
    assert.ok(cases.length >= 60, `${cases.length} cases`);
  });

  for (const one of cases) {
    it(one.name, () => {
      assert.ok(one.expected.length > 0, "the case expects nothing");
      assert.deepEqual(printed(one, completed(one.config, secrets, material)), one.expected);
    });
  }
});
