import assert from "node:assert/strict";
import type { types } from "@pulumi/kubernetes";
import type { Manifest } from "../../scripts/render/capture";
import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { manifestOf } from "../support/pods";

const render = (args: CertctlArgs): Promise<Manifest[]> => renderArgs({ ...placeholderArgs({}), ...args });
const kinds = (manifests: Manifest[]): string[] => manifests.map(({ kind }) => kind);
const deployment = (manifests: Manifest[]) =>
  manifestOf(manifests, "Deployment", "certctl-server").spec as types.output.apps.v1.DeploymentSpec;

describe("the disruption budget of servers", () => {
  it("is not there for a single pod, whose node could then never be drained", async () => {
    assert.ok(!kinds(await render({ server: { replicas: 1 } })).includes("PodDisruptionBudget"));
    const scaledToOne = await render({ server: { autoscaling: { minReplicas: 1, maxReplicas: 3 } } });
    assert.ok(!kinds(scaledToOne).includes("PodDisruptionBudget"));
  });

  for (const replicas of [2, 3, 50]) {
    it(`lets a drain take one of ${String(replicas)} pods, and any that is not ready`, async () => {
      const manifests = await render({ server: { replicas } });
      assert.deepEqual(manifestOf(manifests, "PodDisruptionBudget", "certctl-server").spec, {
        maxUnavailable: 1,
        selector: { matchLabels: deployment(manifests).selector.matchLabels },
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      });
    });
  }
});

describe("a rollout of servers", () => {
  it("makes one new pod at a time, and takes none away before it is ready", async () => {
    assert.deepEqual(deployment(await render({ server: { replicas: 3 } })).strategy, {
      type: "RollingUpdate",
      rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
    });
  });

  it("cannot get stuck: where pods should run is a preference, and each revision is spread over zones and nodes by itself", async () => {
    const { template } = deployment(await render({ server: { replicas: 3 } }));
    const constraints = template.spec.topologySpreadConstraints;
    assert.deepEqual(
      constraints.map(({ topologyKey, whenUnsatisfiable, matchLabelKeys }) => [
        topologyKey,
        whenUnsatisfiable,
        matchLabelKeys,
      ]),
      [
        ["topology.kubernetes.io/zone", "ScheduleAnyway", ["pod-template-hash"]],
        ["kubernetes.io/hostname", "ScheduleAnyway", ["pod-template-hash"]],
      ],
    );
    const affinity = template.spec.affinity as unknown as Record<string, object>;
    assert.ok(
      Object.values(affinity).every((terms) => !("requiredDuringSchedulingIgnoredDuringExecution" in terms)),
    );
  });
});

describe("the autoscaler of servers", () => {
  const autoscaling = { minReplicas: 3, maxReplicas: 5 };

  it("is not there unless it is asked for", async () => {
    assert.ok(!kinds(await render({ fleetSize: "large" })).includes("HorizontalPodAutoscaler"));
  });

  it("scales the Deployment by the server container's CPU, one pod a minute", async () => {
    const manifests = await render({ server: { autoscaling } });
    const { spec } = manifestOf(
      manifests,
      "HorizontalPodAutoscaler",
      "certctl-server",
    ) as unknown as types.output.autoscaling.v2.HorizontalPodAutoscaler;
    assert.deepEqual(spec.scaleTargetRef, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      name: "certctl-server",
    });
    assert.deepEqual([spec.minReplicas, spec.maxReplicas], [3, 5]);
    assert.deepEqual(spec.metrics[0]?.containerResource, {
      name: "cpu",
      container: "server",
      target: { type: "Utilization", averageUtilization: 70 },
    });
    assert.deepEqual(spec.behavior.scaleUp.policies, [{ type: "Pods", value: 1, periodSeconds: 60 }]);
  });

  it("may fill every pool: the database accepts those of the greatest number of pods", async () => {
    const database = JSON.stringify(
      manifestOf(await render({ server: { autoscaling } }), "StatefulSet", "certctl-postgres").spec,
    );
    assert.match(database, /max_connections=270\b/);
  });
});
