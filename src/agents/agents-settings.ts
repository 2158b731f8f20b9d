import { fleetProfile } from "../fleet-size/fleet-size";
import type { FleetSize } from "../fleet-size/fleet-size-args";
import { mergeResources } from "../kubernetes/resources";
import type { ContainerResources } from "../kubernetes/resources";
import type { StorageSettings } from "../kubernetes/types";
import { AgentLogLevel, AgentsKind } from "./agents-args";
import type { AgentSettings, NodeAgentSettings } from "./agents-args";

/** What agents are, unless the settings say so. */
export const agentDefaults = {
  kind: AgentsKind.StatefulSet,
  replicas: 1,
  storageSize: "64Mi",
  stateDirectory: "/var/lib/certctl-agent",
  logLevel: AgentLogLevel.Info,
} as const;

/** Settings of agents with every default filled in. */
export interface ResolvedAgents extends AgentSettings {
  kind: AgentsKind;
  replicas: number;
  storage: StorageSettings & { size: string };
  node: ResolvedNodeAgents;
  discoveryDirectories: string[];
  logLevel: AgentLogLevel;
  resources: ContainerResources;
}

/** Settings of agents on nodes with every default filled in; the namespace follows from the instance's. */
export interface ResolvedNodeAgents extends NodeAgentSettings {
  stateDirectory: string;
  discoveryDirectories: string[];
}

/** Fills in the defaults. */
export function resolveAgents(given: AgentSettings, fleetSize: FleetSize | undefined): ResolvedAgents {
  return {
    ...given,
    kind: given.kind ?? agentDefaults.kind,
    replicas: given.replicas ?? agentDefaults.replicas,
    storage: { ...given.storage, size: given.storage?.size ?? agentDefaults.storageSize },
    node: {
      ...given.node,
      stateDirectory: given.node?.stateDirectory ?? agentDefaults.stateDirectory,
      discoveryDirectories: given.node?.discoveryDirectories ?? [],
    },
    discoveryDirectories: given.discoveryDirectories ?? [],
    logLevel: given.logLevel ?? agentDefaults.logLevel,
    resources: mergeResources(fleetProfile(fleetSize).agents.resources, given.resources),
  };
}
