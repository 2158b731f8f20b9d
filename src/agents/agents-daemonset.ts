import type * as k8s from "@pulumi/kubernetes";
import type { Volume, VolumeMount } from "../kubernetes/environment";
import { objectLabels, selectorLabels } from "../kubernetes/labels";
import { readyTimeout } from "../kubernetes/ready-timeout";
import { scriptResources } from "../kubernetes/resources";
import { restrictedContainer } from "../kubernetes/security";
import type { AgentManifestInput } from "./agents-manifests";
import { agentPodTemplate, stateVolume } from "./agents-manifests";

/** Where the node's own directories appear in the agent's container. */
const hostRoot = "/host";

/** Name of the container that gives an agent the directory of its state. */
export const ownStateName = "own-state";

/** One agent per node, named after it, with identity, keys and the scanned directories on host paths. */
export function agentDaemonSet(input: AgentManifestInput): k8s.types.input.apps.v1.DaemonSet {
  const { node } = input.settings;
  const scanned = node.discoveryDirectories;
  const hostVolumes = scanned.map((path, index): Volume => ({
    name: `host-${index}`,
    hostPath: { path, type: "Directory" },
  }));
  const hostMounts = scanned.map((path, index): VolumeMount => ({
    name: `host-${index}`,
    mountPath: hostRoot + path,
    readOnly: true,
  }));
  return {
    metadata: {
      name: input.name,
      namespace: input.namespace,
      labels: objectLabels(input, "agents"),
      ...readyTimeout(input.readyTimeoutSeconds),
    },
    spec: {
      selector: { matchLabels: selectorLabels(input, "agents") },
      // Two live pods must not share an identity: the old one goes first.
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      template: agentPodTemplate(input, {
        nameField: "spec.nodeName",
        volumes: [
          {
            name: stateVolume,
            hostPath: { path: node.stateDirectory, type: "DirectoryOrCreate" },
          },
          ...hostVolumes,
        ],
        discovery: {
          directories: [...scanned.map((path) => hostRoot + path), ...input.settings.discoveryDirectories],
          mounts: hostMounts,
        },
        initContainers: [ownStateContainer(input)],
      }),
    },
  };
}

/**
 * The only root container of the project, with the one capability that it needs: fsGroup does not apply to
 * host paths.
 */
function ownStateContainer(input: AgentManifestInput): k8s.types.input.core.v1.Container {
  return {
    name: ownStateName,
    image: input.images.agent,
    imagePullPolicy: input.images.pullPolicy,
    terminationMessagePolicy: "FallbackToLogsOnError",
    command: ["sh", "/scripts/own-state.sh"],
    securityContext: {
      ...restrictedContainer(),
      runAsUser: 0,
      runAsNonRoot: false,
      capabilities: { drop: ["ALL"], add: ["CHOWN"] },
    },
    resources: scriptResources,
    volumeMounts: [
      { name: stateVolume, mountPath: "/state" },
      { name: "scripts", mountPath: "/scripts", readOnly: true },
    ],
  };
}
