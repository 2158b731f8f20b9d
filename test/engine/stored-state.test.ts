import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { TestStack } from "./support/stack";

const folder = join(__dirname, "stored-states");

/**
 * What earlier versions left in the state of an instance without secrets of its own: three servers, the bundled
 * database, agents, an Ingress, monitoring and the exporter. No object of it is in the cluster of the tests.
 */
describe("a stack that an earlier version deployed", function () {
  this.timeout(300_000);

  it("has no change in the preview of this one: 0.1.0", async () => {
    const state = gunzipSync(readFileSync(join(folder, "0.1.0.json.gz")));
    const stack = await TestStack.stored("stored", join(folder, "0.1.0.yaml"), state);
    const preview = await stack.preview("--diff", "--expect-no-changes");
    assert.equal(preview.code, 0, preview.text);
    assert.match(preview.text, /\b40 unchanged\b/);
  });
});
