import type * as k8s from "@pulumi/kubernetes";
import { objectLabels, selectorLabels } from "../kubernetes/labels";
import type { ServerManifestInput } from "./server-input";

/**
 * The PodDisruptionBudget of several server pods; none for a single one, which a drain could then never move.
 */
export function serverDisruptionBudget(
  input: ServerManifestInput,
): k8s.types.input.policy.v1.PodDisruptionBudget | undefined {
  const { replicas, podDisruptionBudget: { enabled = true, maxUnavailable = 1 } = {} } = input.settings;
  if (!enabled || replicas < 2) return undefined;
  return {
    metadata: metadata(input),
    spec: {
      maxUnavailable,
      selector: { matchLabels: selectorLabels(input, "server") },
      // A pod that is not ready serves nobody; without this it could block the drain of its node for ever.
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    },
  };
}

/** The autoscaler, if the settings ask for one. */
export function serverAutoscaler(
  input: ServerManifestInput,
): k8s.types.input.autoscaling.v2.HorizontalPodAutoscaler | undefined {
  const { autoscaling, replicas } = input.settings;
  if (!autoscaling) return undefined;
  return {
    metadata: metadata(input),
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: input.name },
      minReplicas: replicas,
      maxReplicas: autoscaling.maxReplicas,
      metrics: [
        // Of the server alone: the sidecar's request is so small that any use of it is a large share.
        {
          type: "ContainerResource",
          containerResource: {
            name: "cpu",
            container: "server",
            target: { type: "Utilization", averageUtilization: autoscaling.targetCpuPercent ?? 70 },
          },
        },
      ],
      behavior: {
        // Pods that start together do the same background work twice (facts: several-servers).
        scaleUp: { policies: [{ type: "Pods", value: 1, periodSeconds: 60 }] },
        scaleDown: {
          stabilizationWindowSeconds: 300,
          policies: [{ type: "Pods", value: 1, periodSeconds: 60 }],
        },
      },
    },
  };
}

function metadata(input: ServerManifestInput): k8s.types.input.meta.v1.ObjectMeta {
  return { name: input.name, namespace: input.namespace, labels: objectLabels(input, "server") };
}
