import assert from "node:assert/strict";
import type { Manifest } from "../../scripts/render/capture";
import { renderArgs, toYaml } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { configurations } from "../boot/configurations";
import { goldenManifests, renderMatrix } from "../render/matrix";
import { generateSecrets } from "../support/secrets";
import { committed } from "../support/stack-files";
import { kubectl, kubectlApply } from "./support/cluster";
import { useEngine } from "./support/engine";

describe("the API server, with Pod Security admission,", function () {
  this.timeout(900_000);
  const namespaces = new Map<string, Manifest>();
  let secrets: CertctlArgs;

  before(async () => {
    await useEngine();
    secrets = await generateSecrets();
    const manifests = [
      ...(await renderArgs({ ...secrets, agents: { kind: "DaemonSet" } })),
      ...renderMatrix.flatMap(goldenManifests),
    ];
    for (const manifest of manifests)
      if (manifest.kind === "Namespace") namespaces.set(manifest.metadata.name, manifest);
    await kubectlApply(toYaml([...namespaces.values()]));
  });

  after(async () => {
    await kubectl("delete", "namespace", ...namespaces.keys(), "--wait=false");
  });

  const admits = async (manifests: readonly Manifest[]): Promise<void> => {
    const { stdout, stderr } = await kubectlApply(toYaml(manifests), "--dry-run=server");
    assert.equal(stderr, "");
    assert.equal(stdout.trim().split("\n").length, manifests.length);
  };

  for (const [name, given] of Object.entries({
    "the stack dev": committed("dev"),
    "the stack prod-ha": committed("prod-ha"),
    ...configurations,
  })) {
    it(`admits every object of ${name}, and every pod of it without a warning`, async () => {
      const manifests = await renderArgs({ ...secrets, ...given, namespace: "certctl" });
      await admits(manifests);
    });
  }

  for (const row of renderMatrix) {
    it(`admits the reviewed manifests of ${row.name}, and every pod of them without a warning`, async () => {
      await admits(withSecrets(goldenManifests(row), secrets));
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
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "root", namespace: "certctl" },
      spec: template.spec,
    };
    await kubectlApply(toYaml([pod]), "--dry-run=server");
    const asRoot = { ...pod, spec: { ...template.spec, securityContext: { runAsUser: 0 } } };
    await assert.rejects(
      kubectlApply(toYaml([asRoot]), "--dry-run=server"),
      /violates PodSecurity "restricted/,
    );
  });
});

/** The manifests with secrets in the place of their placeholders: the API server looks into those of TLS. */
function withSecrets(manifests: readonly Manifest[], secrets: CertctlArgs): Manifest[] {
  const valueAt = (path: string): unknown =>
    path
      .split(".")
      .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], secrets);
  return manifests.map((manifest) => {
    const values = Object.entries((manifest.stringData ?? {}) as Record<string, string>).map(
      ([key, value]) => {
        const [, path] = /^<secret certctl:([\w.]+)>$/.exec(value) ?? [];
        return [key, path === undefined ? value : (valueAt(path) ?? value)];
      },
    );
    return manifest.stringData === undefined
      ? manifest
      : { ...manifest, stringData: Object.fromEntries(values) };
  });
}
