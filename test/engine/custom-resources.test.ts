import assert from "node:assert/strict";
import { kubectl, kubectlApply } from "./support/cluster";
import { TestStack } from "./support/stack";

const missing = "resource 'certificates.cert-manager.io' does not exist";

describe("a stack that needs a CustomResourceDefinition", function () {
  this.timeout(180_000);
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.create("test-kinds", "kinds", {
      "certctl:tls": { mode: "certManager", certManager: { issuerRef: { name: "private-ca" } } },
    });
  });

  after(async () => {
    await stack.destroy();
    await kubectl("delete", "crd", "certificates.cert-manager.io", "--ignore-not-found");
    await kubectl("delete", "namespace", "kinds", "--wait=false", "--ignore-not-found");
  });

  it("that the cluster lacks fails at preview, and says which and what for", async () => {
    const preview = await stack.preview();
    assert.notEqual(preview.code, 0, preview.text);
    assert.match(preview.text, /certctl needs certificates\.cert-manager\.io for tls\.mode certManager/);
    assert.ok(preview.text.includes(missing), preview.text);
  });

  it("that the cluster lacks changes nothing, when there was no preview", async () => {
    const update = await stack.tryUp();
    assert.notEqual(update.code, 0, update.text);
    assert.ok(update.text.includes(missing), update.text);
    assert.equal(await kubectl("get", "namespace", "kinds", "--ignore-not-found"), "");
    assert.deepEqual(
      (await stack.resources()).filter(({ type }) => type.startsWith("kubernetes:")),
      [],
    );
  });

  it("of which the cluster serves another version says which it needs", async () => {
    await kubectlApply(definition("v1beta1"));
    await kubectl("wait", "--for=condition=Established", "crd/certificates.cert-manager.io");
    const preview = await stack.preview();
    assert.notEqual(preview.code, 0, preview.text);
    assert.match(
      preview.text,
      /tls\.mode certManager needs version v1 of certificates\.cert-manager\.io, and the cluster serves v1beta1: install a newer release/,
    );
    await kubectl("delete", "crd", "certificates.cert-manager.io");
  });

  it("goes on where it is there, and reads it again without a change", async () => {
    await kubectlApply(definition("v1"));
    await kubectl("wait", "--for=condition=Established", "crd/certificates.cert-manager.io");
    const preview = await stack.preview();
    assert.equal(preview.code, 0, preview.text);
  });

  it("does not look for it when told so", async () => {
    await kubectl("delete", "crd", "certificates.cert-manager.io");
    stack.configure({ "certctl:checkCustomResources": false });
    const preview = await stack.preview();
    assert.equal(preview.code, 0, preview.text);
  });
});

/** A definition of the kind as cert-manager names it, without its schema. */
function definition(version: string): string {
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  return JSON.stringify({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "certificates.cert-manager.io" },
    spec: {
      group: "cert-manager.io",
      scope: "Namespaced",
      names: { plural: "certificates", singular: "certificate", kind: "Certificate" },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  });
}
