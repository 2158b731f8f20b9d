import type { RunningNode } from "../node.mjs" with { "resolution-mode": "import" };

export const prometheusNamespace = "monitoring";
export const prometheusName = "k8s";

const namespace = prometheusNamespace;
/** What kube-prometheus-stack looks for, and prod-ha says. */
const selected = { matchLabels: { release: "kube-prometheus-stack" } };
const serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * The Prometheus Operator, and what a platform team gives it to do: a Prometheus that also has the metrics of
 * objects and of the kubelet.
 */
export function prometheusObjects(node: RunningNode, objectMetrics: string): object[] {
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    ...account("prometheus-operator", [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]),
    ...account("prometheus", [
      { apiGroups: [""], resources: ["services", "endpoints", "pods"], verbs: ["get", "list", "watch"] },
      { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
    ]),
    operator(node.images.prometheusOperator.tag),
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "other-scrapes", namespace },
      stringData: { "scrapes.yaml": otherScrapes(node, objectMetrics) },
    },
    {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "Prometheus",
      metadata: { name: prometheusName, namespace },
      spec: {
        version: node.images.prometheus.tag.replace(/.*:/, ""),
        serviceAccountName: "prometheus",
        securityContext: { fsGroup: 2000, runAsNonRoot: true, runAsUser: 1000 },
        serviceMonitorSelector: selected,
        serviceMonitorNamespaceSelector: {},
        ruleSelector: selected,
        ruleNamespaceSelector: {},
        additionalScrapeConfigs: { name: "other-scrapes", key: "scrapes.yaml" },
      },
    },
  ];
}

function account(name: string, rules: object[]): object[] {
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name }, rules },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
  ];
}

function operator(image: string): object {
  const name = "prometheus-operator";
  const labels = { "app.kubernetes.io/name": name };
  const container = {
    name,
    image,
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { serviceAccountName: name, containers: [container] } },
    },
  };
}

/** Their samples name the objects that they are about. JSON is YAML. */
function otherScrapes({ nodeAddress }: RunningNode, objectMetrics: string): string {
  const common = { honor_labels: true, scrape_interval: "2s", scrape_timeout: "2s" };
  return JSON.stringify([
    { ...common, job_name: "kube-state-metrics", static_configs: [{ targets: [objectMetrics] }] },
    {
      ...common,
      job_name: "kubelet",
      scheme: "https",
      authorization: { credentials_file: `${serviceAccountFolder}/token` },
      tls_config: { ca_file: `${serviceAccountFolder}/ca.crt` },
      static_configs: [{ targets: [`${nodeAddress}:10250`] }],
    },
  ]);
}
