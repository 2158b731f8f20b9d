import type * as k8s from "@pulumi/kubernetes";
import type { PodComponent } from "../kubernetes/labels";
import { policyName } from "../kubernetes/names";
import { objectLabels, selectorLabels } from "../kubernetes/labels";
import type { Edge, End, PolicyPeer, PolicyPort } from "./edges";
import { accepter, anywhere, isPart, opener } from "./edges";
import type { Traffic } from "./traffic";

/** What one rule lets through; without peers, everybody. */
interface Rule {
  peers?: PolicyPeer[];
  ports: PolicyPort[];
}

/** The policy of one kind of pod: it may do what its edges say, and nothing else. */
export function networkPolicy(
  part: PodComponent,
  traffic: Traffic,
): k8s.types.input.networking.v1.NetworkPolicy {
  const edges = presentEdges(traffic);
  const ends = (rules: [End, PolicyPort[]][]): Rule[] =>
    joinedRules(rules.map(([end, ports]) => ruleFor(end, ports, part, traffic)));
  const ingress = ends(edges.filter(({ to }) => to === part).map((edge) => [opener(edge), edge.ports]));
  const egress = ends(edges.filter(({ from }) => from === part).map((edge) => [accepter(edge), edge.ports]));
  return {
    metadata: {
      name: policyName(traffic.instance, part),
      namespace: namespaceOf(part, traffic),
      labels: objectLabels(traffic, part),
    },
    spec: {
      podSelector: { matchLabels: selectorLabels(traffic, part) },
      // Both, always: a direction without a rule is closed.
      policyTypes: ["Ingress", "Egress"],
      ...(ingress.length && {
        ingress: ingress.map(({ peers, ports }) => ({ ...(peers && { from: peers }), ports })),
      }),
      ...(egress.length && {
        egress: egress.map(({ peers, ports }) => ({ ...(peers && { to: peers }), ports })),
      }),
    },
  };
}

function presentEdges({ edges, parts }: Traffic): Edge[] {
  const present = (end: End): boolean => !isPart(end) || parts.includes(end);
  return edges.filter((edge) => present(opener(edge)) && present(accepter(edge)));
}

function namespaceOf(part: PodComponent, { elsewhere, namespace }: Traffic): Traffic["namespace"] {
  return elsewhere?.[part] ?? namespace;
}

function ruleFor(end: End, ports: PolicyPort[], part: PodComponent, traffic: Traffic): Rule {
  if (end === anywhere) return { ports };
  if (!isPart(end)) return { peers: [end], ports };
  const podSelector = { matchLabels: selectorLabels(traffic, end) };
  if (traffic.elsewhere?.[end] === traffic.elsewhere?.[part]) return { peers: [{ podSelector }], ports };
  const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": namespaceOf(end, traffic) } };
  return { peers: [{ namespaceSelector, podSelector }], ports };
}

/** One rule for all peers with the same ports. */
function joinedRules(rules: readonly Rule[]): Rule[] {
  const byPorts = new Map<string, Rule>();
  for (const { peers, ports } of rules) {
    const key = `${peers ? "peers" : "everybody"} ${JSON.stringify(ports)}`;
    byPorts.set(key, { ports, ...(peers && { peers: [...(byPorts.get(key)?.peers ?? []), ...peers] }) });
  }
  return [...byPorts.values()];
}
