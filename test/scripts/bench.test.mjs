import assert from "node:assert/strict";
import { byTurns, median } from "../../scripts/bench/figures.mjs";
import { table } from "../../scripts/bench/main.mjs";

describe("npm run bench", () => {
  it("takes the median, so that one slow run does not count", () => {
    assert.equal(median([1, 9, 2]), 2);
    assert.equal(median([4, 1, 2, 90]), 3);
  });

  it("measures by turns, and leaves the first round out", async () => {
    /** @type {string[]} */
    const order = [];
    const measure = (/** @type {string} */ name, /** @type {number[]} */ values) => () => {
      order.push(name);
      return Promise.resolve(values.shift() ?? NaN);
    };
    const medians = await byTurns(3, { a: measure("a", [100, 1, 2, 3]), b: measure("b", [100, 5, 4, 6]) });
    assert.deepEqual(medians, { a: 2, b: 5 });
    assert.equal(order.join(""), "abababab");
  });

  it("its table says which figures are over their limit", () => {
    const text = table([
      { name: "render", value: 1.2, unit: "s", limit: 5 },
      { name: "ratio of previews", value: 3.01, unit: "", limit: 3 },
    ]);
    assert.equal(
      text,
      "render             1.2 s  at most 5 s  pass\nratio of previews  3.01   at most 3    over\n",
    );
  });
});
