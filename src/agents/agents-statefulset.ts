import type * as k8s from "@pulumi/kubernetes";
import { objectLabels, selectorLabels } from "../kubernetes/labels";
import { readyTimeout } from "../kubernetes/ready-timeout";
import { preferOtherNodes } from "../kubernetes/scheduling";
import type { AgentManifestInput } from "./agents-manifests";
import { agentPodTemplate, stateVolume } from "./agents-manifests";

/**
 * Agents with identity and keys on a claim each. Claims outlive pods, scaling and the StatefulSet: a lost key
 * is a lost certificate.
 */
export function agentStatefulSet(input: AgentManifestInput): k8s.types.input.apps.v1.StatefulSet {
  const selector = selectorLabels(input, "agents");
  const { size, storageClass } = input.settings.storage;
  return {
    metadata: {
      name: input.name,
      namespace: input.namespace,
      labels: objectLabels(input, "agents"),
      ...readyTimeout(input.readyTimeoutSeconds),
    },
    spec: {
      // No such Service exists, and none is needed: nothing connects to an agent.
      serviceName: input.name,
      replicas: input.settings.replicas,
      podManagementPolicy: "Parallel",
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      selector: { matchLabels: selector },
      template: agentPodTemplate(input, {
        nameField: "metadata.name",
        volumes: [],
        discovery: { directories: input.settings.discoveryDirectories, mounts: [] },
        initContainers: [],
        affinity: preferOtherNodes(selector),
      }),
      volumeClaimTemplates: [
        {
          metadata: { name: stateVolume, labels: selector },
          spec: {
            accessModes: ["ReadWriteOnce"],
            resources: { requests: { storage: size } },
            ...(storageClass && { storageClassName: storageClass }),
          },
        },
      ],
    },
  };
}
