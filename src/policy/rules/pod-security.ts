import { nodeIssues } from "../../agents/agents-checks";
import { ownStateName } from "../../agents/agents-daemonset";
import { stateVolume } from "../../agents/agents-manifests";
import { formatIssues, show } from "../../checks/issues";
import { containersOf, podOf } from "../instance";
import type { Pod, StackObject } from "../instance";
import type { Container } from "../objects";
import type { ObjectRule } from "../rule";

/** A value as it is shown in a message. */
const given = (value: unknown): string => (value === undefined ? "not set" : show(value));

/** A rule about every container of a pod. */
function containerRule(
  text: Pick<ObjectRule, "name" | "description" | "fix">,
  problems: (container: Container, pod: Pod) => string[],
): ObjectRule {
  return {
    ...text,
    checkObject(object) {
      const pod = podOf(object);
      if (!pod) return [];
      return containersOf(pod).flatMap((container) =>
        problems(container, pod).map((problem) => `container ${container.name ?? ""}: ${problem}`),
      );
    },
  };
}

/**
 * The one container of the project that runs as root: it gives an agent on a node the directory of its state.
 */
function ownsNodeState(container: Container, { object, component }: Pod): boolean {
  return component === "agents" && object.kind === "DaemonSet" && container.name === ownStateName;
}

const nonRoot = containerRule(
  {
    name: "certctl-non-root",
    description: "No container runs as root, but for the one that gives an agent its directory on a node.",
    fix: "Set runAsNonRoot: true and a runAsUser other than 0 in the security context of the pod.",
  },
  (container, pod) => {
    if (ownsNodeState(container, pod)) return [];
    const { runAsNonRoot, runAsUser } = { ...pod.spec.securityContext, ...container.securityContext };
    return [
      ...(runAsUser === 0 ? ["runAsUser is 0, which is root; use another user"] : []),
      ...(runAsNonRoot === true ? [] : [`runAsNonRoot is ${given(runAsNonRoot)}; set it to true`]),
    ];
  },
);

const noPrivileges = containerRule(
  {
    name: "certctl-no-privileges",
    description: "No container has a privilege or a capability of the kernel, or can gain one.",
    fix: "Set allowPrivilegeEscalation: false and capabilities.drop: [ALL] in the security context of the container, and add none.",
  },
  (container, pod) => {
    const {
      allowPrivilegeEscalation,
      privileged = false,
      capabilities: { add = [], drop = [] } = {},
    } = container.securityContext ?? {};
    const surplus = ownsNodeState(container, pod) ? add.filter((capability) => capability !== "CHOWN") : add;
    return [
      ...(privileged ? ["privileged is true; remove it"] : []),
      ...(allowPrivilegeEscalation === false
        ? []
        : [`allowPrivilegeEscalation is ${given(allowPrivilegeEscalation)}; set it to false`]),
      ...(drop.includes("ALL") ? [] : [`capabilities.drop is ${show(drop)}; set it to ["ALL"]`]),
      ...(surplus.length === 0 ? [] : [`capabilities.add is ${show(surplus)}; remove it`]),
    ];
  },
);

const readOnlyRoot = containerRule(
  {
    name: "certctl-read-only-root",
    description: "The root file system of every container is read-only.",
    fix: "Set readOnlyRootFilesystem: true in the security context of the container, and mount an emptyDir where it writes.",
  },
  ({ securityContext: { readOnlyRootFilesystem } = {} }) =>
    readOnlyRootFilesystem === true
      ? []
      : [`readOnlyRootFilesystem is ${given(readOnlyRootFilesystem)}; set it to true`],
);

const seccomp = containerRule(
  {
    name: "certctl-seccomp",
    description: "The system calls of every container are filtered.",
    fix: "Set seccompProfile.type: RuntimeDefault in the security context of the pod.",
  },
  (container, pod) => {
    const { seccompProfile } = { ...pod.spec.securityContext, ...container.securityContext };
    const type = seccompProfile?.type;
    return type === "RuntimeDefault" || type === "Localhost"
      ? []
      : [`seccompProfile.type is ${given(type)}; set it to RuntimeDefault`];
  },
);

const noNodeAccess: ObjectRule = {
  name: "certctl-no-node-access",
  description: "No pod shares the network, the processes or a port of its node.",
  fix: "Remove hostNetwork, hostPID, hostIPC and hostPort.",
  checkObject(object) {
    const pod = podOf(object);
    if (!pod) return [];
    const shared = (["hostNetwork", "hostPID", "hostIPC"] as const).filter((field) => pod.spec[field]);
    const open = containersOf(pod).flatMap(({ name = "", ports = [] }) =>
      ports.flatMap(({ hostPort }) => (hostPort ? [{ name, hostPort }] : [])),
    );
    return [
      ...shared.map((field) => `${field} is true; remove it`),
      ...open.map(({ name, hostPort }) => `container ${name}: hostPort is ${hostPort}; remove it`),
    ];
  },
};

const hostPaths: ObjectRule = {
  name: "certctl-host-paths",
  description: "Only agents on nodes see directories of a node, and they write nothing but their own state.",
  fix: "Remove the hostPath volume, or mount it with readOnly: true in agents of kind DaemonSet.",
  checkObject(object) {
    const pod = podOf(object);
    if (!pod) return [];
    const volumes = (pod.spec.volumes ?? []).flatMap(({ name, hostPath }) =>
      hostPath ? [{ name, path: hostPath.path ?? "" }] : [],
    );
    if (pod.component !== "agents" || object.kind !== "DaemonSet") {
      return volumes.map(
        ({ path }) =>
          `hostPath ${show(path)} is a directory of the node; only agents of kind DaemonSet may see one`,
      );
    }
    const discovery = volumes.filter(({ name }) => name !== stateVolume);
    const directories = {
      stateDirectory: volumes.find(({ name }) => name === stateVolume)?.path,
      discoveryDirectories: discovery.map(({ path }) => path),
    };
    return [
      ...nodeIssues(directories).map((issue) => formatIssues([issue])),
      ...discovery.flatMap((volume) => writers(volume, pod)),
    ];
  },
};

/** Where a pod may write to a directory of its node. */
function writers({ name, path }: { name?: string; path: string }, pod: Pod): string[] {
  return containersOf(pod)
    .filter(({ volumeMounts = [] }) =>
      volumeMounts.some((mount) => mount.name === name && mount.readOnly !== true),
    )
    .map(
      (container) =>
        `container ${container.name ?? ""} may write to ${show(path)} of the node; set readOnly: true`,
    );
}

const noApiToken: ObjectRule = {
  name: "certctl-no-api-token",
  description: "No pod has a token for the Kubernetes API, which certctl does not use.",
  fix: "Set automountServiceAccountToken: false in the pod and in the ServiceAccount.",
  checkObject(object) {
    const pod = podOf(object);
    const sources = pod?.spec.volumes?.flatMap(({ projected }) => projected?.sources ?? []) ?? [];
    const automount = pod ? pod.spec.automountServiceAccountToken : accountAutomount(object);
    return [
      ...(automount === false
        ? []
        : [`automountServiceAccountToken is ${given(automount)}; set it to false`]),
      ...(sources.some(({ serviceAccountToken }) => serviceAccountToken)
        ? ["a projected volume holds a serviceAccountToken; remove it"]
        : []),
    ];
  },
};

/** False for an object that is no ServiceAccount, too. */
function accountAutomount({ kind, resource }: StackObject): unknown {
  return kind === "ServiceAccount" ? resource.props.automountServiceAccountToken : false;
}

const imageDigests: ObjectRule = {
  name: "certctl-image-digests",
  description: "Every image is named by its digest, so that what was tested is what runs.",
  fix: "Name the images with @sha256:… in certctl:images.",
  // A tag is good enough to try things out. For production a platform team makes it mandatory.
  enforcementLevel: "advisory",
  checkObject(object) {
    const pod = podOf(object);
    const images = new Set(
      (pod ? containersOf(pod) : [])
        .map(({ image = "" }) => image)
        .filter((image) => !/@sha256:[0-9a-f]{64}$/.test(image)),
    );
    return [...images].map((image) => `image ${show(image)} has no digest; name it with @sha256:…`);
  },
};

/** What every pod of an instance keeps to. */
export const podRules = [
  nonRoot,
  noPrivileges,
  readOnlyRoot,
  seccomp,
  noNodeAccess,
  hostPaths,
  noApiToken,
  imageDigests,
];
