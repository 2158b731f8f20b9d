import assert from "node:assert/strict";
import type { types } from "@pulumi/kubernetes";
import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";
import { mergeAffinity, preferOtherNodes, schedulingFields } from "../../src/kubernetes/scheduling";
import type { Affinity, Scheduling } from "../../src/kubernetes/types";
import { manifestOf } from "../support/pods";

const nodeTerms = {
  requiredDuringSchedulingIgnoredDuringExecution: {
    nodeSelectorTerms: [{ matchExpressions: [{ key: "disk", operator: "Exists" }] }],
  },
};
const near = (app: string) => ({
  labelSelector: { matchLabels: { app } },
  topologyKey: "topology.kubernetes.io/zone",
});
const preferred = (app: string) => ({ weight: 1, podAffinityTerm: near(app) });

describe("where pods may run", () => {
  it("is linux on amd64 by default, for which the images are published", () => {
    assert.deepEqual(schedulingFields(), {
      nodeSelector: { "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64" },
    });
  });

  it("is what the user's node selector says alone", () => {
    assert.deepEqual(schedulingFields({ nodeSelector: { pool: "pki" } }).nodeSelector, { pool: "pki" });
    assert.deepEqual(schedulingFields({ nodeSelector: {} }).nodeSelector, {});
  });

  it("follows tolerations and the priority class", () => {
    const tolerations: Scheduling["tolerations"] = [
      { key: "dedicated", operator: "Exists", effect: "NoSchedule" },
    ];
    const { nodeSelector: _selector, ...fields } = schedulingFields({
      tolerations,
      priorityClassName: "high",
    });
    assert.deepEqual(fields, { tolerations, priorityClassName: "high" });
  });
});

describe("affinity terms", () => {
  const own = preferOtherNodes({ app: "certctl" });

  it("of every kind are kept besides the component's own", () => {
    const given: Affinity = {
      nodeAffinity: nodeTerms,
      podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [near("db")] },
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [near("noise")] },
    };
    assert.deepEqual(mergeAffinity(own, given), {
      nodeAffinity: nodeTerms,
      podAffinity: given.podAffinity,
      podAntiAffinity: { ...own.podAntiAffinity, ...given.podAntiAffinity },
    });
  });

  it("of the same kind are appended", () => {
    const given = {
      podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [preferred("a"), preferred("b")] },
    };
    const { podAntiAffinity } = mergeAffinity(own, given);
    assert.deepEqual(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution, [
      {
        weight: 100,
        podAffinityTerm: {
          labelSelector: { matchLabels: { app: "certctl" } },
          topologyKey: "kubernetes.io/hostname",
        },
      },
      preferred("a"),
      preferred("b"),
    ]);
  });

  it("are not changed by being merged", () => {
    const [left, right] = [preferOtherNodes({ app: "certctl" }), preferOtherNodes({ app: "other" })];
    mergeAffinity(left, right);
    assert.deepEqual(
      [left, right],
      [preferOtherNodes({ app: "certctl" }), preferOtherNodes({ app: "other" })],
    );
  });

  it("of the server between pods are not those of its Jobs, which run on its nodes", async () => {
    const podAntiAffinity = { requiredDuringSchedulingIgnoredDuringExecution: [near("certctl")] };
    const scheduling: Scheduling = {
      affinity: { nodeAffinity: nodeTerms, podAntiAffinity },
      priorityClassName: "high",
    };
    const manifests = await renderArgs({ ...placeholderArgs({}), server: { scheduling } });
    for (const job of ["certctl-migrate", "certctl-provision"]) {
      const { template } = manifestOf(manifests, "Job", job).spec as types.output.batch.v1.JobSpec;
      assert.deepEqual(
        [template.spec.affinity, template.spec.priorityClassName],
        [{ nodeAffinity: nodeTerms }, "high"],
      );
    }
  });

  it("are the component's own when the user has none, or an empty one", () => {
    for (const affinity of [undefined, {}, { nodeAffinity: undefined }])
      assert.deepEqual(mergeAffinity(own, affinity ?? {}), own);
  });

  for (const [kind, name, argument] of [
    ["Deployment", "certctl-server", "server"],
    ["StatefulSet", "certctl-agents", "agents"],
  ] as const) {
    it(`are all in the ${kind}, which prefers other nodes and zones than its own pods' are in`, async () => {
      const affinity: Affinity = {
        nodeAffinity: nodeTerms,
        podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [preferred("db")] },
        podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [preferred("noise")] },
      };
      const manifests = await renderArgs({
        ...placeholderArgs({}),
        [argument]: { scheduling: { affinity } },
      });
      const spec = manifestOf(manifests, kind, name).spec as types.output.apps.v1.DeploymentSpec;
      const { matchLabels } = spec.selector;
      assert.deepEqual(spec.template.spec.affinity, mergeAffinity(preferOtherNodes(matchLabels), affinity));
      assert.equal(
        spec.template.spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution.length,
        2,
      );
    });
  }
});
