import type * as pulumi from "@pulumi/pulumi";
import type { Cidr, Port } from "../kubernetes/types";

/**
 * Network policies: one for each kind of pod, which refuses every connection, in and out, that is not listed.
 * What the parts of the instance need of each other is open; what is outside of it is named here. Connections
 * from the pod's own node, such as probes and `kubectl port-forward`, always pass. Policies select pods of
 * the instance only, and have no effect in a cluster whose network plugin does not enforce them.
 */
export interface NetworkSettings {
  /** Whether the policies are created. @default true */
  enabled?: boolean;
  /**
   * Who connects to the server, besides agents, the provisioning Job, those that carry out `exposure`, and
   * Prometheus with `monitoring`: portals, pipelines, agents in other clusters. Ports: `server.port`. With
   * `server.service.type` `NodePort` or `LoadBalancer` its port is open to every address, because nodes may
   * replace the caller's address by their own; the load balancer's firewall decides then. With
   * `server.service.externalTrafficPolicy: Local` they do not, and it is open to `sourceRanges` only.
   *
   * @default []
   */
  serverCallers?: NetworkPeer[];
  /**
   * Where the server connects to, besides its database and what its arguments name (`server.smtp.port`, the
   * ports of `server.issuer.acme.directoryUrl`, `server.issuer.stepCa.url` and
   * `server.notifiers.webhook.url`): issuers, identity providers and webhooks in private address ranges or on
   * other ports, networks to scan, collectors of traces. Ports: 443.
   *
   * @default []; always open are public addresses on port 443, which leave out private, shared and link-local
   * ranges
   */
  serverDestinations?: NetworkPeer[];
  /**
   * Where agents connect to, besides the server: appliances on which they install certificates, or a proxy.
   * Ports: 443.
   *
   * @default []
   */
  agentDestinations?: NetworkPeer[];
  /**
   * Where the external database is; only with `database.mode: external`. Ports: `database.external.port`.
   *
   * @default the address in `database.external.host`; where that is a name, its port at every address,
   * because policies know no names
   */
  databaseDestinations?: NetworkPeer[];
  /**
   * Where the store of backups is, and with IRSA also AWS STS; only with `backup.sink.mode: s3`. Ports: that
   * of `backup.sink.s3.endpoint`, and 443 without one.
   *
   * @default public addresses on port 443; with an endpoint the address in it, and where that is a name, its
   * port at every address
   */
  bucketDestinations?: NetworkPeer[];
  /**
   * Who answers DNS queries, over UDP and TCP. A DNS cache on the node (NodeLocal DNSCache) is `cidr:
   * 169.254.20.10/32`. Ports: 53.
   *
   * @default pods with the label `k8s-app: kube-dns` in the namespace kube-system
   */
  dns?: NetworkPeer[];
}

/** Who is at the other end of a connection: pods, by labels, or addresses, by `cidr`. */
export interface NetworkPeer {
  /**
   * Labels of the pods' namespace; its name is the label `kubernetes.io/metadata.name`.
   *
   * @default the namespace of the policy
   */
  namespaceLabels?: Record<string, string>;
  /** Labels of the pods. @default every pod of the namespaces */
  podLabels?: Record<string, string>;
  /**
   * Addresses, instead of labels. Pods are matched by their labels only: network plugins disagree on whether
   * addresses select them.
   */
  cidr?: pulumi.Input<Cidr>;
  /** Addresses in `cidr` that are left out. @default [] */
  except?: Cidr[];
  /**
   * Ports of the pod or address that is connected to, after any translation by a Service.
   *
   * @default see where the peer is listed
   */
  ports?: Port[];
}
