import assert from "node:assert/strict";
import { durationSeconds } from "../../src/kubernetes/units";

describe("a Go duration", () => {
  it("is the sum of its parts, in seconds", () => {
    const cases = {
      "30s": 30,
      "5m": 300,
      "1h30m": 5400,
      "1.5h": 5400,
      "1h1m1s": 3661,
      "1500ms": 1.5,
      "250us": 0.00025,
      "250µs": 0.00025,
      "0s": 0,
    };
    for (const [text, seconds] of Object.entries(cases))
      assert.ok(Math.abs(durationSeconds(text) - seconds) < 1e-12, text);
  });

  it("has units, no signs, no spaces and no days", () => {
    for (const text of ["", "60", "1d", "-5m", "1 h", "h", "1h30", ".5h", "1..5h", "1H"])
      assert.ok(Number.isNaN(durationSeconds(text)), text);
  });
});
