import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { parseAllDocuments } from "yaml";
import { captureManifests } from "../../scripts/render/capture";
import { toYaml } from "../../scripts/render/render-stack";

function configMap(
  name: string,
  data: pulumi.Input<Record<string, pulumi.Input<string>>>,
  dependsOn?: pulumi.Resource,
): k8s.core.v1.ConfigMap {
  return new k8s.core.v1.ConfigMap(name, { metadata: { name, namespace: "n" }, data }, { dependsOn });
}

describe("capture of manifests", () => {
  it("an object that another depends on comes first, and what is inside a component is there", async () => {
    const manifests = await captureManifests(() => {
      const component = new pulumi.ComponentResource("certctl:index:Test", "test");
      const first = new k8s.core.v1.ConfigMap(
        "first",
        { metadata: { name: "first" } },
        { parent: component },
      );
      configMap("third", { name: first.metadata.name }, configMap("second", {}, component));
    });
    assert.deepEqual(
      manifests.map(({ metadata }) => metadata.name),
      ["first", "second", "third"],
    );
    assert.deepEqual(manifests[2], {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "third", namespace: "n" },
      data: { name: "first" },
    });
  });

  it("a resource that is made when an Output arrives is there", async () => {
    const manifests = await captureManifests(() => {
      configMap("outer", {}).metadata.name.apply((name) => configMap(`${name}-inner`, {}));
    });
    assert.deepEqual(
      manifests.map(({ metadata }) => metadata.name),
      ["outer", "outer-inner"],
    );
  });

  it("secret values are plain values, at any depth", async () => {
    const [manifest] = await captureManifests(() => {
      configMap("secret", { whole: pulumi.secret("a"), part: pulumi.interpolate`x-${pulumi.secret("b")}` });
    });
    assert.deepEqual(manifest?.data, { whole: "a", part: "x-b" });
  });

  it("two captures at the same time keep apart", async () => {
    const capture = (name: string) => captureManifests(() => void configMap(name, {}));
    const captured = await Promise.all([capture("first"), capture("second")]);
    assert.deepEqual(
      captured.map((manifests) => manifests.map(({ metadata }) => metadata.name)),
      [["first"], ["second"]],
    );
  });

  it("a failure in the program, or in one of its Outputs, fails the capture, and the next one works", async () => {
    const thrown = captureManifests(() => {
      throw new Error("at once");
    });
    await assert.rejects(thrown, /at once/);
    const late = captureManifests(() => {
      const data = pulumi.output(1).apply((): Record<string, string> => {
        throw new Error("later");
      });
      configMap("late", data);
    });
    await assert.rejects(late, /later/);
    assert.equal((await captureManifests(() => void configMap("next", {}))).length, 1);
  });

  it("YAML keeps texts that an older parser would take for something else", async () => {
    const data = {
      on: "on",
      number: "1_000",
      octal: "0644",
      time: "12:30:45",
      yes: "y",
      nothing: "~",
      lines: "a\n b\n",
    };
    const manifests = await captureManifests(() => void configMap("texts", data));
    const text = toYaml([...manifests, ...manifests]);
    for (const version of ["1.1", "1.2"] as const) {
      const documents = parseAllDocuments(text, { version }).map(
        (document) => document.toJS() as { data: unknown },
      );
      assert.deepEqual(
        documents.map((document) => document.data),
        [data, data],
      );
    }
  });
});
