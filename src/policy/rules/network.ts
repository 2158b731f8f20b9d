import { show } from "../../checks/issues";
import { readRange } from "../../kubernetes/ip-ranges";
import { ofKind, podsOf, selectorOf, specOf, variableOf } from "../instance";
import type { Instance, Pod, StackObject } from "../instance";
import { selects } from "../objects";
import type { LabelSelector, NetworkPolicySpec, ServiceSpec } from "../objects";
import type { InstanceRule, ObjectRule } from "../rule";

const networkPolicies: InstanceRule = {
  name: "certctl-network-policies",
  description: "A network policy selects every pod, in both directions, and opens neither to everything.",
  fix: "Remove certctl:network.enabled: false, and name peers and ports in certctl:network.",
  checkInstance: ({ pods, stack }) =>
    pods.flatMap((pod) => {
      const policies = policiesFor(pod, stack);
      const closed = new Set(policies.flatMap(({ policyTypes = ["Ingress"] }) => policyTypes));
      const open = ["Ingress", "Egress"].filter((direction) => !closed.has(direction));
      const everything = policies.some(({ ingress = [], egress = [] }) =>
        [...ingress, ...egress].some(opensEverything),
      );
      return [
        ...open.map((direction) => ({
          object: pod.object,
          problem: `no network policy with policyTypes ${direction} selects its pods; add one`,
        })),
        ...(everything
          ? [
              {
                object: pod.object,
                problem: "a network policy of its pods opens every port to everybody; name peers or ports",
              },
            ]
          : []),
      ];
    }),
};

function policiesFor(pod: Pod, stack: readonly StackObject[]): Partial<NetworkPolicySpec>[] {
  return ofKind(stack, "NetworkPolicy")
    .filter(({ namespace }) => namespace === pod.object.namespace)
    .map((policy) => specOf<NetworkPolicySpec>(policy))
    .filter(({ podSelector = {} }) => selects(podSelector, pod.labels));
}

function opensEverything({
  from = [],
  to = [],
  ports = [],
}: NonNullable<NetworkPolicySpec["ingress"]>[number]): boolean {
  return from.length === 0 && to.length === 0 && ports.length === 0;
}

const closedServices: ObjectRule<{ shortestPrefix: number; allowNodePorts: boolean }> = {
  name: "certctl-closed-services",
  description: "No Service is open to every address.",
  fix: "Use type ClusterIP behind an Ingress or a Gateway, or type LoadBalancer with certctl:server.service.sourceRanges.",
  settings: {
    shortestPrefix: {
      type: "integer",
      minimum: 1,
      maximum: 128,
      default: 8,
      description: "Length in bits of the shortest prefix that a source range of a load balancer may have.",
    },
    allowNodePorts: {
      type: "boolean",
      default: false,
      description: "Whether a Service may open a port on every node.",
    },
  },
  checkObject(object, { shortestPrefix, allowNodePorts }) {
    if (object.kind !== "Service") return [];
    const {
      type = "ClusterIP",
      loadBalancerSourceRanges: ranges = [],
      externalIPs = [],
    } = specOf<ServiceSpec>(object);
    const wide = ranges.filter((range) => (readRange(range)?.length ?? 0) < shortestPrefix);
    return [
      ...(type === "NodePort" && !allowNodePorts
        ? ["type NodePort opens a port on every node to every address; use ClusterIP or LoadBalancer"]
        : []),
      ...(type === "LoadBalancer" && ranges.length === 0
        ? ["loadBalancerSourceRanges is not set, which admits every address; name the networks"]
        : []),
      ...wide.map(
        (range) =>
          `loadBalancerSourceRanges admits ${show(range)}; the prefix of a range has ${shortestPrefix} bits or more`,
      ),
      ...(externalIPs.length > 0
        ? [`externalIPs is ${show(externalIPs)}, which admits every address; remove it`]
        : []),
    ];
  },
};

const authentication: InstanceRule = {
  name: "certctl-authentication",
  description: "A server without authentication is reached from inside of the cluster only.",
  fix: "Set certctl:server.auth.type: api-key, or take away what leads to the server from outside.",
  checkInstance(instance) {
    const open = podsOf(instance, "server").filter(
      (pod) => variableOf(pod, "CERTCTL_AUTH_TYPE")?.value === "none",
    );
    return open.flatMap((pod) =>
      waysIn(pod, instance).map(({ kind, name }) => ({
        object: pod.object,
        problem: `CERTCTL_AUTH_TYPE is none, and ${kind} ${name} leads to it from outside; use api-key or oidc`,
      })),
    );
  },
};

/** What leads to a pod from outside of the cluster, and cannot ask who comes. */
function waysIn(pod: Pod, { stack }: Instance): StackObject[] {
  const services = servicesOf(pod, stack);
  const exposed = services.filter((service) =>
    ["LoadBalancer", "NodePort"].includes(specOf<ServiceSpec>(service).type ?? ""),
  );
  const routes = ofKind(stack, "Ingress", "TLSRoute").filter(({ namespace, resource }) => {
    const backends = backendNames(resource.props.spec);
    return namespace === pod.object.namespace && services.some(({ name }) => backends.includes(name));
  });
  return [...exposed, ...routes];
}

/** Names of the Services that an Ingress or a route leads to. */
function backendNames(spec: unknown): string[] {
  if (typeof spec !== "object" || spec === null) return [];
  if (Array.isArray(spec)) return spec.flatMap(backendNames);
  return Object.entries(spec).flatMap(([key, value]: [string, unknown]) => {
    const references = key === "service" ? [value] : key === "backendRefs" ? (value as unknown[]) : [];
    return [
      ...references.map((reference) => (reference as { name?: string }).name ?? ""),
      ...backendNames(value),
    ];
  });
}

/** The Services that lead to a pod. */
export function servicesOf(pod: Pod, stack: readonly StackObject[]): StackObject[] {
  return ofKind(stack, "Service").filter((service) => {
    const selector: LabelSelector | undefined = selectorOf(specOf<ServiceSpec>(service).selector);
    return (
      service.namespace === pod.object.namespace && selector !== undefined && selects(selector, pod.labels)
    );
  });
}

/** Who reaches what. */
export const networkRules = [networkPolicies, closedServices, authentication];
