import { isIP } from "node:net";
import type * as k8s from "@pulumi/kubernetes";
import { text } from "../checks/unseen";
import type { PodComponent } from "../kubernetes/labels";
import type { NetworkPeer } from "./network-args";

export type PolicyPeer = k8s.types.input.networking.v1.NetworkPolicyPeer;
/** A port of a rule. Plain, so that rules with the same ports can be told. */
export interface PolicyPort {
  protocol: "TCP" | "UDP";
  port: number;
}

/** Every address, in the cluster and outside. */
export const anywhere = "anywhere";

/** One end of a connection: the pods of a part of the instance, others, or everybody. */
export type End = PodComponent | PolicyPeer | typeof anywhere;

/** A connection: `from` opens it, `to` accepts it on these ports. The policies of both follow from it. */
export interface Edge {
  from: End;
  to: End;
  ports: PolicyPort[];
}

/** TCP ports. */
export function tcp(...ports: number[]): PolicyPort[] {
  return ports.map((port) => ({ protocol: "TCP", port }));
}

/** Whether an end is a part of the instance. */
export function isPart(end: End): end is PodComponent {
  return typeof end === "string" && end !== anywhere;
}

/** An edge from each of the peers, on its ports or the usual ones. */
export function fromPeers(peers: readonly NetworkPeer[] | undefined, to: End, usual: PolicyPort[]): Edge[] {
  return (peers ?? []).map((peer) => ({ from: policyPeer(peer), to, ports: portsOf(peer, usual) }));
}

/** An edge to each of the peers, on its ports or the usual ones. */
export function toPeers(from: End, peers: readonly NetworkPeer[] | undefined, usual: PolicyPort[]): Edge[] {
  return (peers ?? []).map((peer) => ({ from, to: policyPeer(peer), ports: portsOf(peer, usual) }));
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
export function hostEnd(host: unknown): End {
  const address = text(host)?.replace(/^\[(.*)\]$/, "$1") ?? "";
  const family = isIP(address);
  if (family === 0) return anywhere;
  return { ipBlock: { cidr: `${address}/${family === 4 ? "32" : "128"}` } };
}

/** A value as a URL; undefined when it is none, or not known yet. */
export function urlOf(value: unknown): URL | undefined {
  const given = text(value) ?? "";
  return URL.canParse(given) ? new URL(given) : undefined;
}
