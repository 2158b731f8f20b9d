import assert from "node:assert/strict";
import type { Manifest } from "../../scripts/render/capture";
import { renderArgs, toYaml } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { configurations } from "../boot/configurations";
import { generateSecrets } from "../support/secrets";
import { committed } from "../support/stack-files";
import { kubectl, kubectlApply } from "./support/cluster";
import { useEngine } from "./support/engine";

describe("the API server, with Pod Security admission,", function () {
  this.timeout(120_000);
  const namespaces = ["certctl", "certctl-agents"];
  let secrets: CertctlArgs;

  before(async () => {
    await useEngine();
    secrets = await generateSecrets();
    const manifests = await renderArgs({ ...secrets, agents: { kind: "DaemonSet" } });
    await kubectlApply(toYaml(manifests.filter(({ kind }) => kind === "Namespace")));
  });

  after(async () => {
    await kubectl("delete", "namespace", ...namespaces, "--wait=false");
  });

  for (const [name, given] of Object.entries({
    "the stack dev": committed("dev"),
    "the stack prod-ha": committed("prod-ha"),
    ...configurations,
  })) {
    it(`admits every object of ${name}, and every pod of it without a warning`, async () => {
      const manifests = await renderArgs({ ...secrets, ...given, namespace: "certctl" });
      const { stdout, stderr } = await kubectlApply(toYaml(manifests), "--dry-run=server");
      assert.equal(stderr, "");
      assert.equal(stdout.trim().split("\n").length, manifests.length);
    });
  }

  it("enforces the restricted level in the instance's namespace, so that a pod that asks for more is refused", async () => {
    const level = await kubectl(
      "get",
      "namespace",
      "certctl",
      "--output",
      "jsonpath={.metadata.labels.pod-security\\.kubernetes\\.io/enforce}",
    );
    assert.equal(level, "restricted");
    const manifests = await renderArgs(secrets);
    const job = manifests.find(({ kind }) => kind === "Job") as Manifest;
    const { template } = job.spec as { template: { metadata: object; spec: { securityContext: object } } };
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "root", namespace: "certctl" }, spec: template.spec };
    await kubectlApply(toYaml([pod]), "--dry-run=server");
    const asRoot = { ...pod, spec: { ...template.spec, securityContext: { runAsUser: 0 } } };
    await assert.rejects(kubectlApply(toYaml([asRoot]), "--dry-run=server"), /violates PodSecurity "restricted/);
  });
});
