import { isIP } from "node:net";
import type * as k8s from "@pulumi/kubernetes";
import { text } from "../checks/unseen";
import type { PodComponent } from "../kubernetes/labels";
import type { NetworkPeer } from "./network-args";

export type PolicyPeer = k8s.types.input.networking.v1.NetworkPolicyPeer;

/** How a connection is made. */
export const Protocol = { Tcp: "TCP", Udp: "UDP" } as const;
export type Protocol = (typeof Protocol)[keyof typeof Protocol];

/** A port of a rule. Plain, so that rules with the same ports can be told. */
export interface PolicyPort {
  /** How a connection is made. */
  protocol: Protocol;
  /** Port of the pod or address that is connected to. */
  port: number;
}

/** Every address, in the cluster and outside. */
export const anywhere = "anywhere";

/** One end of a connection: the pods of a part of the instance, others, or everybody. */
export type End = PodComponent | PolicyPeer | typeof anywhere;

/**
 * A connection: one end opens it, the other accepts it on these ports. The policies of both follow from it.
 */
export interface Edge {
  /** The part of the instance that opens it, or `anywhere` for everybody; this or `fromPeer`. */
  from?: string;
  /** Who else opens it; this or `from`. */
  fromPeer?: PolicyPeer;
  /** The part of the instance that accepts it, or `anywhere` for everybody; this or `toPeer`. */
  to?: string;
  /** Who else accepts it; this or `to`. */
  toPeer?: PolicyPeer;
  /** Ports that it is made to. */
  ports: PolicyPort[];
}

/** TCP ports. */
export function tcp(...ports: number[]): PolicyPort[] {
  return ports.map((port) => ({ protocol: "TCP", port }));
}

/** Whether an end is a part of the instance. */
export function isPart(end: string | PolicyPeer | undefined): end is PodComponent {
  return typeof end === "string" && end !== anywhere;
}

/** Who opens a connection. The checks have seen that somebody does. */
export function opener({ from, fromPeer = {} }: Edge): End {
  return (from as PodComponent | undefined) ?? fromPeer;
}

/** Who accepts a connection. The checks have seen that somebody does. */
export function accepter({ to, toPeer = {} }: Edge): End {
  return (to as PodComponent | undefined) ?? toPeer;
}

/** An edge from each of the peers, on its ports or the usual ones. */
export function fromPeers(
  peers: readonly NetworkPeer[] | undefined,
  to: PodComponent,
  usual: PolicyPort[],
): Edge[] {
  return (peers ?? []).map((peer) => ({ fromPeer: policyPeer(peer), to, ports: portsOf(peer, usual) }));
}

/** An edge to each of the peers, on its ports or the usual ones. */
export function toPeers(
  from: PodComponent,
  peers: readonly NetworkPeer[] | undefined,
  usual: PolicyPort[],
): Edge[] {
  return (peers ?? []).map((peer) => ({ from, toPeer: policyPeer(peer), ports: portsOf(peer, usual) }));
}

/** Pods of a namespace, or of the policy's own. */
export function namedPods(namespace: string | undefined, podLabels: Record<string, string>): NetworkPeer {
  return {
    ...(namespace !== undefined && { namespaceLabels: { "kubernetes.io/metadata.name": namespace } }),
    podLabels,
  };
}

function portsOf({ ports }: NetworkPeer, usual: PolicyPort[]): PolicyPort[] {
  if (!ports?.length) return usual;
  const protocols = [...new Set(usual.map(({ protocol }) => protocol))];
  return protocols.flatMap((protocol) => ports.map((port) => ({ protocol, port })));
}

function policyPeer({ namespaceLabels, podLabels, cidr, except }: NetworkPeer): PolicyPeer {
  if (cidr !== undefined) return { ipBlock: { cidr, ...(except?.length && { except }) } };
  return {
    ...(namespaceLabels && { namespaceSelector: { matchLabels: namespaceLabels } }),
    ...(podLabels && { podSelector: { matchLabels: podLabels } }),
  };
}

/**
 * Private, shared and link-local ranges: where clusters keep pods, Services, nodes and the node's metadata.
 */
const privateAddresses = ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"];
const privateAddresses6 = ["fc00::/7", "fe80::/10"];

/** Addresses of the public internet. */
export const internet: NetworkPeer[] = [
  { cidr: "0.0.0.0/0", except: privateAddresses },
  { cidr: "::/0", except: privateAddresses6 },
];

/** A host as the end of a connection. Policies know no names: a name may be anywhere. */
export function toHost(host: unknown): Pick<Edge, "to" | "toPeer"> {
  const address = text(host)?.replace(/^\[(.*)\]$/, "$1") ?? "";
  const family = isIP(address);
  if (family === 0) return { to: anywhere };
  return { toPeer: { ipBlock: { cidr: `${address}/${family === 4 ? "32" : "128"}` } } };
}

/** A value as a URL; undefined when it is none, or not known yet. */
export function urlOf(value: unknown): URL | undefined {
  const given = text(value) ?? "";
  return URL.canParse(given) ? new URL(given) : undefined;
}
