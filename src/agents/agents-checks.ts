import type { Issue } from "../checks/issues";
import { issueIf, joinPath, show, under } from "../checks/issues";
import { text } from "../checks/unseen";
import { closestName } from "../checks/unknown-keys";
import { resourceIssues, schedulingIssues, storageIssues } from "../kubernetes/kubernetes-checks";
import { runtimeVariables } from "../server/variables/discovery";
import { agentVariables } from "./agent-variables";
import { AgentsKind } from "./agents-args";
import type { AgentSettings, NodeAgentSettings } from "./agents-args";
import { agentDefaults } from "./agents-settings";

/** What is wrong with the settings of agents. */
export function agentsIssues(settings: AgentSettings): Issue[] {
  const kind = settings.kind ?? agentDefaults.kind;
  const onNodes = kind === AgentsKind.DaemonSet;
  return [
    ...issueIf(
      onNodes && settings.replicas !== undefined,
      "replicas",
      "is only for kind StatefulSet; a DaemonSet has one agent per node",
    ),
    ...issueIf(
      onNodes && settings.storage !== undefined,
      "storage",
      "is only for kind StatefulSet; see node.stateDirectory",
    ),
    ...issueIf(
      kind === AgentsKind.StatefulSet && settings.node !== undefined,
      "node",
      "is only for kind DaemonSet; set agents.kind: DaemonSet",
    ),
    ...under("storage", storageIssues(settings.storage)),
    ...under("node", nodeIssues(settings.node ?? {})),
    ...under("discoveryDirectories", ownDirectoryIssues(settings.discoveryDirectories ?? [])),
    ...under("resources", resourceIssues(settings.resources)),
    ...under("scheduling", schedulingIssues(settings.scheduling)),
    ...under("env", environmentIssues(settings.env ?? {})),
  ];
}

/**
 * Directories of a node that belong to the system: the agent's state must not be mixed with what is there.
 */
const systemDirectories = [
  "/bin",
  "/boot",
  "/dev",
  "/etc",
  "/home",
  "/lib",
  "/opt",
  "/proc",
  "/root",
  "/run",
  "/sbin",
  "/sys",
  "/tmp",
  "/usr",
  "/var",
];
const wholeDirectories = [
  "/var/lib",
  "/var/log",
  "/var/run",
  "/var/lib/kubelet",
  "/var/lib/containerd",
  "/var/lib/docker",
  "/var/lib/etcd",
];

/** What is wrong with the directories of nodes that agents see. */
export function nodeIssues(node: NodeAgentSettings): Issue[] {
  const state = normalPath(text(node.stateDirectory) ?? agentDefaults.stateDirectory);
  const forbidden =
    [...systemDirectories, ...wholeDirectories].includes(state) ||
    ["/proc", "/sys", "/dev"].some((one) => overlaps(state, one));
  return [
    ...issueIf(
      state === "/" || forbidden,
      "stateDirectory",
      `${show(node.stateDirectory)} belongs to the system; choose a directory of its own, such as /var/lib/certctl-agent`,
    ),
    ...under("discoveryDirectories", nodeDirectoryIssues(node.discoveryDirectories ?? [], state)),
  ];
}

function nodeDirectoryIssues(directories: readonly string[], state: string): Issue[] {
  return directories.flatMap((directory, index) => {
    const path = `[${String(index)}]`;
    const normal = normalPath(text(directory) ?? "?");
    if (normal === "/")
      return [
        {
          path,
          message: `"/" is the whole node; name the directories that hold certificates, such as /etc/ssl`,
        },
      ];
    return [
      ...issueIf(
        overlaps(normal, state),
        path,
        `${show(directory)} overlaps ${state}, which keeps the agent's own keys`,
      ),
      ...repeated(directories, index, path),
    ];
  });
}

function ownDirectoryIssues(directories: readonly string[]): Issue[] {
  return directories.flatMap((directory, index) => {
    const path = `[${String(index)}]`;
    const normal = normalPath(text(directory) ?? "?");
    return [
      ...issueIf(
        overlaps(normal, "/var/lib/certctl"),
        path,
        `${show(directory)} overlaps /var/lib/certctl, which keeps the agent's own keys`,
      ),
      ...repeated(directories, index, path),
    ];
  });
}

function repeated(directories: readonly string[], index: number, path: string): Issue[] {
  const directory = directories[index];
  return issueIf(directories.indexOf(directory ?? "") < index, path, `${show(directory)} is there twice`);
}

function normalPath(path: string): string {
  return path.replace(/\/+/g, "/").replace(/(.)\/$/, "$1");
}

function overlaps(one: string, other: string): boolean {
  return (
    one === other ||
    one === "/" ||
    other === "/" ||
    one.startsWith(`${other}/`) ||
    other.startsWith(`${one}/`)
  );
}

function environmentIssues(env: Record<string, string>): Issue[] {
  const allowed = runtimeVariables.map(({ name }) => name);
  return Object.entries(env).flatMap(([name, value]) => {
    const path = joinPath("", name);
    const row = agentVariables.find((one) => one.name === name);
    if (row) return [{ path, message: row.refusal }];
    if (allowed.includes(name))
      return issueIf(value === "", path, "is empty, which means not set; remove it");
    const suggestion = closestName(name, [...allowed, ...agentVariables.map((one) => one.name)]);
    const advice =
      suggestion === undefined ? `it reads ${allowed.join(", ")}` : `did you mean ${suggestion}?`;
    return [{ path, message: `the agent does not read this variable; ${advice}` }];
  });
}
