import { maximum, serverSeries } from "../promql";
import type { Alert, AlertContext } from "./alert";

const sentinels =
  "Agents that certctl registers for its own scans are never online, and are left out (monitoring.rules.sentinelAgents).";

function expected(context: AlertContext): string {
  const registered = maximum(serverSeries("certctl_agent_total", context));
  return context.sentinelAgents > 0 ? `(${registered} - ${context.sentinelAgents})` : registered;
}

function offline(context: AlertContext): string {
  return `${expected(context)} - ${maximum(serverSeries("certctl_agent_online", context))}`;
}

export const agentAlerts = {
  CertctlAgentOffline: {
    severity: "warning",
    for: "1h",
    threshold: { default: 0 },
    expression: (context, threshold) => `${offline(context)} > ${threshold}`,
    summary: "{{ $value }} agents of {{ $labels.namespace }} are offline",
    description: `They sent no heartbeat for five minutes. ${sentinels}`,
  },
  CertctlAgentsOfflineShare: {
    severity: "critical",
    for: "15m",
    threshold: { default: 0.2, isShare: true },
    expression: (context, threshold) => `(${offline(context)}) / ${expected(context)} > ${threshold}`,
    summary: "{{ $value | humanizePercentage }} of the agents of {{ $labels.namespace }} are offline",
    description: `So many at once have a common cause: the network, the fleet key, or the server's certificate. ${sentinels}`,
  },
} satisfies Record<string, Alert>;
