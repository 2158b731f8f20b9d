import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { contentHash, hashedName, secretChecksum } from "../../src/kubernetes/hash";

const settled = <T>(value: pulumi.Input<T>): Promise<pulumi.Unwrap<T>> =>
  new Promise((resolve) => void pulumi.output(value).apply(resolve));

describe("a hash of content", () => {
  it("is eight hexadecimal digits, good for a Kubernetes name", () => {
    assert.match(contentHash({ a: 1 }), /^[0-9a-f]{8}$/);
    assert.equal(hashedName("certctl-migrate", { a: 1 }), `certctl-migrate-${contentHash({ a: 1 })}`);
  });

  it("does not depend on the order of keys, at any depth", () => {
    assert.equal(contentHash({ a: 1, b: [{ c: 2, d: 3 }] }), contentHash({ b: [{ d: 3, c: 2 }], a: 1 }));
  });

  it("depends on everything else: names, values, their types and the order of lists", () => {
    const contents = [
      { a: 1 },
      { a: "1" },
      { b: 1 },
      { a: [1, 2] },
      { a: [2, 1] },
      { a: null },
      {},
      "a",
      ["a"],
    ];
    assert.equal(new Set(contents.map(contentHash)).size, contents.length);
  });

  it("ignores what is undefined, as a manifest does", () => {
    assert.equal(contentHash({ a: 1, b: undefined }), contentHash({ a: 1 }));
  });

  it("is plain for plain content, and waits for Outputs", async () => {
    assert.equal(typeof hashedName("x", { a: "1" }), "string");
    assert.equal(await settled(hashedName("x", { a: pulumi.output("1") })), hashedName("x", { a: "1" }));
  });
});

describe("a checksum of secrets", () => {
  it("may be shown, and changes with a value", async () => {
    const [one, two] = [
      secretChecksum({ key: pulumi.secret("one") }),
      secretChecksum({ key: pulumi.secret("two") }),
    ];
    assert.deepEqual([await pulumi.isSecret(one), await pulumi.isSecret(two)], [false, false]);
    assert.notEqual(await settled(one), await settled(two));
    assert.equal(await settled(one), await settled(secretChecksum({ key: "one" })));
  });
});
