import { BlockList, isIPv6 } from "node:net";

/** A NetworkPolicy of networking.k8s.io/v1, as rendered. */
export interface NetworkPolicy {
  metadata: { namespace: string };
  spec: {
    podSelector: Selector;
    policyTypes?: readonly string[];
    ingress?: readonly Rule[];
    egress?: readonly Rule[];
  };
}

interface Rule {
  from?: readonly Peer[];
  to?: readonly Peer[];
  ports?: readonly RulePort[];
}

interface Peer {
  ipBlock?: { cidr: string; except?: readonly string[] };
  namespaceSelector?: Selector;
  podSelector?: Selector;
}

interface RulePort {
  protocol?: string;
  port?: number | string;
  endPort?: number;
}

interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[];
}

/** A pod, or, without a namespace, an address that no policy governs. */
export interface Endpoint {
  address: string;
  namespace?: string;
  labels?: Record<string, string>;
  /** Ports by name, of a pod. */
  namedPorts?: Record<string, number>;
}

/** What policies are evaluated in. */
export interface Cluster {
  policies: readonly NetworkPolicy[];
  /** Labels of each namespace, besides that of its name. */
  namespaces?: Record<string, Record<string, string>>;
}

/**
 * Whether a connection is allowed, as the Kubernetes API defines it: the source's egress and the
 * destination's ingress must both allow it. A direction that no policy selects the pod for is open; otherwise
 * the rules of all that do are added up.
 */
export function mayConnect(
  from: Endpoint,
  to: Endpoint,
  port: { protocol: string; port: number },
  cluster: Cluster,
): boolean {
  return allows("Egress", from, to, to, port, cluster) && allows("Ingress", to, from, to, port, cluster);
}

function allows(
  direction: "Ingress" | "Egress",
  own: Endpoint,
  other: Endpoint,
  listener: Endpoint,
  port: { protocol: string; port: number },
  cluster: Cluster,
): boolean {
  const governing = cluster.policies.filter((policy) => governs(policy, direction, own));
  if (governing.length === 0) return true;
  return governing.some(({ metadata, spec }) =>
    ((direction === "Ingress" ? spec.ingress : spec.egress) ?? []).some((rule) => {
      const peers = direction === "Ingress" ? rule.from : rule.to;
      const peerFits =
        !peers?.length || peers.some((peer) => isPeer(peer, other, metadata.namespace, cluster));
      const portFits = !rule.ports?.length || rule.ports.some((one) => isPort(one, port, listener));
      return peerFits && portFits;
    }),
  );
}

function governs({ metadata, spec }: NetworkPolicy, direction: string, pod: Endpoint): boolean {
  const directions = spec.policyTypes ?? ["Ingress", ...(spec.egress?.length ? ["Egress"] : [])];
  return (
    directions.includes(direction) &&
    pod.namespace === metadata.namespace &&
    selects(spec.podSelector, pod.labels ?? {})
  );
}

function isPeer(peer: Peer, endpoint: Endpoint, ownNamespace: string, cluster: Cluster): boolean {
  if (peer.ipBlock) {
    const { cidr, except = [] } = peer.ipBlock;
    return covers(cidr, endpoint.address) && !except.some((range) => covers(range, endpoint.address));
  }
  if (endpoint.namespace === undefined) return false;
  const labels = {
    ...cluster.namespaces?.[endpoint.namespace],
    "kubernetes.io/metadata.name": endpoint.namespace,
  };
  const inNamespace = peer.namespaceSelector
    ? selects(peer.namespaceSelector, labels)
    : endpoint.namespace === ownNamespace;
  return inNamespace && selects(peer.podSelector ?? {}, endpoint.labels ?? {});
}

function isPort(
  rule: RulePort,
  { protocol, port }: { protocol: string; port: number },
  listener: Endpoint,
): boolean {
  if ((rule.protocol ?? "TCP") !== protocol) return false;
  if (rule.port === undefined) return true;
  if (typeof rule.port === "string") return listener.namedPorts?.[rule.port] === port;
  return rule.port <= port && port <= (rule.endPort ?? rule.port);
}

function selects(
  { matchLabels = {}, matchExpressions = [] }: Selector,
  labels: Record<string, string>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      const among = value !== undefined && values.includes(value);
      const answers: Record<string, boolean> = {
        In: among,
        NotIn: !among,
        Exists: value !== undefined,
        DoesNotExist: value === undefined,
      };
      const answer = answers[operator];
      if (answer === undefined) throw new Error(`${operator} is no operator of a selector`);
      return answer;
    })
  );
}

function covers(cidr: string, address: string): boolean {
  const [network = "", length = ""] = cidr.split("/");
  if (isIPv6(network) !== isIPv6(address)) return false;
  const block = new BlockList();
  block.addSubnet(network, Number(length), isIPv6(network) ? "ipv6" : "ipv4");
  return block.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
