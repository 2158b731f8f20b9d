import assert from "node:assert/strict";
import { applyDefinitions, kubectl, kubectlApply } from "./support/cluster";
import { onControlPlaneOfItsOwn } from "./support/engine";
import type { Answer } from "./support/engine";
import { TestStack } from "./support/stack";

const certificates = "certificates.cert-manager.io";
const ofTheOperator = ["servicemonitors.monitoring.coreos.com", "prometheusrules.monitoring.coreos.com"];

describe("a stack that needs a CustomResourceDefinition", function () {
  this.timeout(900_000);
  // The definitions that it deletes are those of every namespace.
  onControlPlaneOfItsOwn("kinds");
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.create("test-kinds", "kinds", {
      "certctl:tls": { mode: "certManager", certManager: { issuerRef: { name: "private-ca" } } },
    });
    await kubectl("delete", "crd", certificates, ...ofTheOperator);
  });

  it("that the cluster lacks fails at preview, and says which, what for, and what to do", async () => {
    refuses(
      await stack.preview(),
      certificates,
      "certctl needs certificates.cert-manager.io for tls.mode certManager: install cert-manager, or choose another tls.mode",
    );
  });

  it("that the cluster lacks changes nothing, when there was no preview", async () => {
    refuses(
      await stack.tryUp(),
      certificates,
      "certctl needs certificates.cert-manager.io for tls.mode certManager",
    );
    assert.equal(await kubectl("get", "namespace", "kinds", "--ignore-not-found"), "");
    assert.deepEqual(
      (await stack.resources()).filter(({ type }) => type.startsWith("kubernetes:")),
      [],
    );
  });

  it("of which the cluster serves another version says which it needs", async () => {
    await kubectlApply(definition("v1beta1"));
    await kubectl("wait", "--for=condition=Established", `crd/${certificates}`);
    const preview = await stack.preview();
    assert.notEqual(preview.code, 0, preview.text);
    assert.match(
      preview.text,
      /tls\.mode certManager needs version v1 of certificates\.cert-manager\.io, and the cluster serves v1beta1: install a newer release of cert-manager/,
    );
    await kubectl("delete", "crd", certificates);
  });

  it("goes on where it is there", async () => {
    await applyDefinitions(certificates);
    const preview = await stack.preview();
    assert.equal(preview.code, 0, preview.text);
  });

  for (const [kind, feature] of [
    ["servicemonitors.monitoring.coreos.com", "monitoring.serviceMonitor"],
    ["prometheusrules.monitoring.coreos.com", "monitoring.rules"],
  ] as const) {
    it(`of the Prometheus Operator does without it where the setting is off that the message names: ${feature}`, async () => {
      await applyDefinitions(...ofTheOperator.filter((name) => name !== kind));
      stack.configure({ "certctl:monitoring": { enabled: true } });
      const fix = `install the Prometheus Operator, or set ${feature}.enabled: false`;
      refuses(await stack.preview(), kind, `certctl needs ${kind} for ${feature}: ${fix}`);

      stack.configure({
        "certctl:monitoring": { enabled: true, [feature.replace("monitoring.", "")]: { enabled: false } },
      });
      const preview = await stack.preview();
      assert.equal(preview.code, 0, preview.text);
      await kubectl("delete", "crd", ...ofTheOperator, "--ignore-not-found");
    });
  }

  it("does not look for it when told so", async () => {
    await kubectl("delete", "crd", certificates);
    stack.configure({ "certctl:checkCustomResources": false });
    const preview = await stack.preview();
    assert.equal(preview.code, 0, preview.text);
  });
});

/** The definition is missed by name, with what needs it. */
function refuses(answer: Answer, definition: string, message: string): void {
  assert.notEqual(answer.code, 0, answer.text);
  for (const part of [message, `resource '${definition}' does not exist`])
    assert.ok(answer.text.includes(part), answer.text);
}

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
