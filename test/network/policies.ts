import type { CertctlArgs } from "../../src/certctl-args";
import { instanceSettings } from "../../src/instance/instance-settings";
import { instanceTraffic } from "../../src/instance/instance-traffic";
import type { Component, PodComponent } from "../../src/kubernetes/labels";
import { selectorLabels } from "../../src/kubernetes/labels";
import { internet } from "../../src/network/edges";
import { networkPolicy } from "../../src/network/policy-manifests";
export const shared = { instance: "certctl", namespace: "pki", commonLabels: { team: "pki" } };

/** The rules of one policy, as plain data: who, on which ports. */
export function rules(args: CertctlArgs, part: PodComponent): { ingress: unknown; egress: unknown } {
  const { ingress = [], egress = [] } = plain(
    networkPolicy(
      part,
      instanceTraffic(instanceSettings({ ...args, namespace: shared.namespace }, "certctl"), shared),
    ).spec,
  );
  return { ingress, egress };
}

export function plain(value: unknown): { ingress?: unknown; egress?: unknown } {
  return JSON.parse(JSON.stringify(value)) as { ingress?: unknown; egress?: unknown };
}

export const pods = (component: Component): object => ({
  podSelector: { matchLabels: selectorLabels(shared, component) },
});
export const namespace = (name: string): object => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});
export const everyInternetAddress = internet.map(({ cidr, except }) => ({ ipBlock: { cidr, except } }));
export const dns = {
  to: [{ ...namespace("kube-system"), podSelector: { matchLabels: { "k8s-app": "kube-dns" } } }],
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};
