import { availableParallelism } from "node:os";
import { loopbackRequest } from "../../scripts/local/loopback-request.mjs";
import { clusterDomain } from "./instance.mjs";

/**
 * How to reach the API server.
 * @typedef {{ server: string, token: string, certificateAuthority: string }} ApiAccess
 */

/** Made for every claim: folders of the machine's disk, which can hold more than was claimed. */
const defaultStorageClass = storageClass("standard", {
  "storageclass.kubernetes.io/is-default-class": "true",
});
/**
 * For tests that fill a volume: as large as claimed. They are in memory, and empty after a restart of the
 * node.
 */
const sizedStorageClass = storageClass("sized", {}, { sized: "true" });

/**
 * @param {string} name
 * @param {Record<string, string>} annotations
 * @param {Record<string, string>} [parameters] not even an empty list may be changed later
 */
function storageClass(name, annotations, parameters) {
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name, annotations },
    provisioner: "node.certctl.local/volume",
    parameters,
    reclaimPolicy: "Delete",
    volumeBindingMode: "WaitForFirstConsumer",
    allowVolumeExpansion: true,
  };
}

/**
 * Processors that the node says it has: stacks for large clusters ask for more than the machines have that
 * tests run on.
 */
const processors = String(Math.max(8, availableParallelism()));

/**
 * Kubelet tells how many processors the machine has, and has no setting for it: what it tells is changed on
 * its way.
 */
const processorPolicy = [
  {
    apiVersion: "admissionregistration.k8s.io/v1beta1",
    kind: "MutatingAdmissionPolicy",
    metadata: { name: "node-processors" },
    spec: {
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: [""],
            apiVersions: ["v1"],
            operations: ["CREATE", "UPDATE"],
            resources: ["nodes", "nodes/status"],
          },
        ],
      },
      matchConditions: [
        {
          name: "has-resources",
          expression: "has(object.status.capacity) && has(object.status.allocatable)",
        },
      ],
      failurePolicy: "Fail",
      reinvocationPolicy: "Never",
      mutations: [
        {
          patchType: "JSONPatch",
          jsonPatch: {
            expression: `["/status/capacity/cpu", "/status/allocatable/cpu"].map(field, JSONPatch{op: "add", path: field, value: "${processors}"})`,
          },
        },
      ],
    },
  },
  {
    apiVersion: "admissionregistration.k8s.io/v1beta1",
    kind: "MutatingAdmissionPolicyBinding",
    metadata: { name: "node-processors" },
    spec: { policyName: "node-processors" },
  },
];

const corefile = `.:53 {
    errors
    health
    ready
    kubernetes ${clusterDomain} in-addr.arpa ip6.arpa {
        ttl 5
    }
    cache 5
}
`;

/**
 * The cluster's DNS is a pod with the usual label: network policies name it by that.
 * @param {{ image: string, address: string }} options
 */
function dnsObjects({ image, address }) {
  const name = "coredns";
  const namespace = "kube-system";
  const labels = { "k8s-app": "kube-dns" };
  const rules = [
    { apiGroups: [""], resources: ["endpoints", "namespaces", "pods", "services"], verbs: ["list", "watch"] },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
  ];
  const container = {
    name,
    image,
    args: ["-conf", "/etc/coredns/Corefile"],
    ports: [
      { name: "dns", containerPort: 53, protocol: "UDP" },
      { name: "dns-tcp", containerPort: 53, protocol: "TCP" },
    ],
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsUser: 0,
      capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
    },
    readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 1 },
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "170Mi" } },
    volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
  };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: `system:${name}` },
      rules,
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: `system:${name}` },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: `system:${name}` },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data: { Corefile: corefile } },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "kube-dns", namespace, labels },
      spec: {
        clusterIP: address,
        selector: labels,
        ports: [
          { name: "dns", port: 53, protocol: "UDP" },
          { name: "dns-tcp", port: 53, protocol: "TCP" },
        ],
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, namespace },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: name,
            dnsPolicy: "Default",
            priorityClassName: "system-cluster-critical",
            terminationGracePeriodSeconds: 1,
            containers: [container],
            volumes: [{ name: "config", configMap: { name } }],
          },
        },
      },
    },
  ];
}

/**
 * Makes the objects that a cluster needs, where they are missing, or makes them what they should be.
 * @param {ApiAccess} access
 * @param {{ dnsImage: string, dnsAddress: string }} options
 */
export async function ensureClusterObjects(access, { dnsImage, dnsAddress }) {
  const objects = [
    ...processorPolicy,
    defaultStorageClass,
    sizedStorageClass,
    ...dnsObjects({ image: dnsImage, address: dnsAddress }),
  ];
  await Promise.all(objects.map((object) => apply(access, object)));
}

/** @type {Record<string, string>} */
const plurals = {
  ServiceAccount: "serviceaccounts",
  ClusterRole: "clusterroles",
  ClusterRoleBinding: "clusterrolebindings",
  ConfigMap: "configmaps",
  Service: "services",
  Deployment: "deployments",
  MutatingAdmissionPolicy: "mutatingadmissionpolicies",
  MutatingAdmissionPolicyBinding: "mutatingadmissionpolicybindings",
  StorageClass: "storageclasses",
};

/**
 * @param {ApiAccess} access
 * @param {{ apiVersion: string, kind: string, metadata: { name: string, namespace?: string } }} object
 */
async function apply({ server, token, certificateAuthority }, object) {
  const { name, namespace } = object.metadata;
  const group = object.apiVersion === "v1" ? "/api/v1" : `/apis/${object.apiVersion}`;
  const path = `${group}${namespace === undefined ? "" : `/namespaces/${namespace}`}/${plurals[object.kind]}/${name}`;
  const answer = await loopbackRequest(`${server}${path}?fieldManager=certctl-node&force=true`, {
    method: "PATCH",
    contentType: "application/apply-patch+yaml",
    token,
    certificateAuthority,
    body: object,
  });
  if (answer.status !== 200 && answer.status !== 201)
    throw new Error(`${object.kind} ${name} could not be applied: ${answer.text}`);
}

/**
 * @param {ApiAccess} access
 * @param {string} name
 * @returns {Promise<boolean>}
 */
export async function isNodeReady({ server, token, certificateAuthority }, name) {
  const answer = await loopbackRequest(`${server}/api/v1/nodes/${name}`, { token, certificateAuthority });
  if (answer.status !== 200) return false;
  /** @type {{ status: { conditions?: { type: string, status: string }[], allocatable?: { cpu?: string } } }} */
  const { status } = JSON.parse(answer.text);
  const isReady =
    status.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True") ??
    false;
  return isReady && status.allocatable?.cpu === processors;
}
