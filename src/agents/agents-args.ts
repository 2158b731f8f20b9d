import type { AbsolutePath, ObjectName, Resources, Scheduling, StorageSettings } from "../kubernetes/types";
/** How agents run. The chart's Deployment has no durable identity and is not offered. */
export const AgentsKind = {
  /** A number of agents, each with identity and keys on a claim of its own. */
  StatefulSet: "StatefulSet",
  /** One agent per node, to see the node's files; needs host paths, so a privileged namespace of its own. */
  DaemonSet: "DaemonSet",
} as const;
export type AgentsKind = (typeof AgentsKind)[keyof typeof AgentsKind];

// facts: agent-settings
/** What an agent logs; only `debug` differs from `info`. */
export const AgentLogLevel = { Debug: "debug", Info: "info" } as const;
export type AgentLogLevel = (typeof AgentLogLevel)[keyof typeof AgentLogLevel];

/** The agents. */
export interface AgentSettings {
  /** Whether agents are deployed. @default true */
  enabled?: boolean;
  /** How agents run. @default StatefulSet */
  kind?: AgentsKind;
  /**
   * Number of agents; only with `kind: StatefulSet`.
   *
   * @default 1
   * @asType integer
   * @minimum 0
   * @maximum 1000
   */
  replicas?: number;
  /** Claim of each agent; only with `kind: StatefulSet`. */
  storage?: StorageSettings;
  /** Host paths and namespace; only with `kind: DaemonSet`. */
  node?: NodeAgentSettings;
  /**
   * Directories that are scanned for certificates, at start and every six hours (`CERTCTL_DISCOVERY_DIRS`).
   * With `kind: DaemonSet` use `node.discoveryDirectories` for the node's own.
   *
   * @default []
   */
  discoveryDirectories?: AbsolutePath[];
  /** Log level (`CERTCTL_LOG_LEVEL`). @default info */
  logLevel?: AgentLogLevel;
  /**
   * CPU and memory of each agent.
   *
   * @default 50m and 64Mi requested, 200m and 256Mi at most; more for larger fleets
   */
  resources?: Resources;
  /**
   * Further environment variables, of the Go runtime and proxies only: every variable that the agent itself
   * reads has an argument.
   *
   * @default {}
   */
  env?: Record<string, string>;
  /** Where the pods may run. */
  scheduling?: Scheduling;
}

/** Agents on every node. */
export interface NodeAgentSettings {
  /**
   * Namespace of the agents; created with the privileged pod security level, which host paths need.
   *
   * @default the instance's namespace and `-agents`
   */
  namespace?: ObjectName;
  /** Directory of the node that keeps the agent's identity and keys. @default /var/lib/certctl-agent */
  stateDirectory?: AbsolutePath;
  /** Directories of the node that are scanned for certificates; mounted read-only. @default [] */
  discoveryDirectories?: AbsolutePath[];
}
