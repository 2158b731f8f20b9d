import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images/images";
import { pullSecretFields } from "../images/images";
import { configMapVolume, memoryVolume, secretVolume } from "../kubernetes/environment";
import type { Volume, VolumeMount } from "../kubernetes/environment";
import { objectLabels } from "../kubernetes/labels";
import type { LabelSource } from "../kubernetes/labels";
import { scriptResources } from "../kubernetes/resources";
import { certctlUser, restrictedContainer, restrictedPod } from "../kubernetes/security";
import { schedulingFields } from "../kubernetes/scheduling";
import type { Affinity } from "../kubernetes/types";
import { trustFiles } from "../tls/trust";
import type { Trust } from "../tls/trust";
import { agentEnvironment, enrollEnvironment } from "./agent-variables";
import type { AgentEnvironment } from "./agent-variables";
import type { ResolvedAgents } from "./agents-settings";

type Container = k8s.types.input.core.v1.Container;
type PodTemplate = k8s.types.input.core.v1.PodTemplateSpec;

/** What the manifests of agents are made from. */
export interface AgentManifestInput extends LabelSource {
  name: string;
  namespace: pulumi.Input<string>;
  images: Images;
  settings: ResolvedAgents;
  readyTimeoutSeconds?: number;
  serverUrl: pulumi.Input<string>;
  trust: Trust;
  /** Secret with the keys `enroll` and `fleet`. */
  keys: pulumi.Input<string>;
  /** Changes when the keys do. */
  keysChecksum: pulumi.Input<string>;
  /** ConfigMap with enroll.sh, run-agent.sh and own-state.sh. */
  scripts: pulumi.Input<string>;
}

/** Name of the volume that keeps identity and keys. */
export const stateVolume = "state";

/** What differs between agents on claims and agents on nodes. */
export interface AgentPlacement {
  /** Field of the pod that names the agent for good. */
  nameField: string;
  /** Volumes besides those of every agent; `stateVolume` keeps identity and keys. */
  volumes: Volume[];
  /** Directories that are scanned, and their mounts. */
  discovery: { directories: string[]; mounts: VolumeMount[] };
  initContainers: Container[];
  affinity?: Affinity;
}

// facts: key-directory
/**
 * One level above the keys: the agent makes `keys` itself, because a mount point cannot be made private.
 */
const agentHome = "/var/lib/certctl";

/** The pod of an agent. The enroll key is given to the init container only; no pod sees the admin key. */
export function agentPodTemplate(input: AgentManifestInput, placement: AgentPlacement): PodTemplate {
  const trust = trustFiles(input.trust);
  return {
    metadata: {
      labels: objectLabels(input, "agents"),
      annotations: { "certctl.io/keys-checksum": input.keysChecksum },
    },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...pullSecretFields(input.images),
      ...schedulingFields(input.settings.scheduling, placement.affinity),
      terminationGracePeriodSeconds: 60,
      securityContext: restrictedPod(certctlUser),
      initContainers: [...placement.initContainers, enrollContainer(input, placement)],
      containers: [agentContainer(input, placement)],
      volumes: [
        ...placement.volumes,
        secretVolume("enroll-key", input.keys, { enroll: "enroll" }),
        configMapVolume("scripts", input.scripts),
        ...trust.volumes,
        memoryVolume("enroll-tmp", "8Mi"),
        { name: "tmp", emptyDir: {} },
      ],
    },
  };
}

function enrollContainer(input: AgentManifestInput, placement: AgentPlacement): Container {
  return {
    name: "enroll",
    image: input.images.agent,
    imagePullPolicy: input.images.pullPolicy,
    terminationMessagePolicy: "FallbackToLogsOnError",
    command: ["sh", "/scripts/enroll.sh"],
    env: enrollEnvironment(environmentOf(input, placement)),
    securityContext: restrictedContainer(),
    resources: scriptResources,
    volumeMounts: [
      { name: stateVolume, mountPath: agentHome },
      { name: "enroll-key", mountPath: "/etc/certctl/keys", readOnly: true },
      { name: "scripts", mountPath: "/scripts", readOnly: true },
      ...trustFiles(input.trust).mounts,
      { name: "enroll-tmp", mountPath: "/tmp" },
    ],
  };
}

function agentContainer(input: AgentManifestInput, placement: AgentPlacement): Container {
  const { mounts } = placement.discovery;
  return {
    name: "agent",
    image: input.images.agent,
    imagePullPolicy: input.images.pullPolicy,
    terminationMessagePolicy: "FallbackToLogsOnError",
    command: ["sh", "/scripts/run-agent.sh"],
    env: agentEnvironment(environmentOf(input, placement)),
    securityContext: restrictedContainer(),
    resources: input.settings.resources,
    volumeMounts: [
      { name: stateVolume, mountPath: agentHome },
      ...mounts,
      { name: "scripts", mountPath: "/scripts", readOnly: true },
      ...trustFiles(input.trust).mounts,
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
}

function environmentOf(input: AgentManifestInput, placement: AgentPlacement): AgentEnvironment {
  const { settings, serverUrl, keys } = input;
  return {
    settings,
    serverUrl,
    keys,
    nameField: placement.nameField,
    home: agentHome,
    caBundle: trustFiles(input.trust).path,
    discoveryDirectories: placement.discovery.directories,
  };
}
