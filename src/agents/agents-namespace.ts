import type * as pulumi from "@pulumi/pulumi";
import { derive } from "../kubernetes/inputs";
import type { AgentSettings } from "./agents-args";
import { AgentsKind } from "./agents-args";

/** Namespace of the agents: the instance's, or one of their own for agents on nodes. */
export function agentsNamespace(
  settings: AgentSettings,
  namespace: pulumi.Input<string>,
): pulumi.Input<string> {
  if (settings.kind !== AgentsKind.DaemonSet) return namespace;
  return settings.node?.namespace ?? derive([namespace], (own) => `${own}-agents`);
}
