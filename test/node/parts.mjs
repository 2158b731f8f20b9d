import { join } from "node:path";
import { containerdSocket, policySocket, ports } from "./configuration.mjs";
import { describeInstance, insideStateDir, nodeName } from "./instance.mjs";
import { enter, toolsPath } from "./namespaces.mjs";
import { findProgram } from "./prerequisites.mjs";

/** @typedef {import("../../scripts/local/parts.mjs").Part} Part */

/** Every process of the node apart from its containers. */
export const partNames = /** @type {const} */ ([
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "network-policy",
  "local-volumes",
  "containerd",
  "kubelet",
  "kube-proxy",
]);

/** @typedef {(typeof partNames)[number]} PartName */

/**
 * @param {object} plan
 * @param {string} plan.stateDir
 * @param {Record<string, string>} plan.engines path of each binary by its name
 * @param {import("./namespaces.mjs").Namespaces} plan.namespaces
 * @param {import("./instance.mjs").Addresses} plan.addresses
 * @param {import("./certificates.mjs").Certificates} plan.certificates
 * @param {ReturnType<import("../../scripts/local/credentials.mjs").credentialFiles>} plan.credentials
 * @param {ReturnType<import("./configuration.mjs").writeConfiguration>} plan.configuration
 * @param {string} plan.kubeconfig
 * @returns {Record<PartName, Part>}
 */
export function describeParts({
  stateDir,
  engines,
  namespaces,
  addresses,
  certificates,
  credentials,
  configuration,
  kubeconfig,
}) {
  const [markerName = "", markerValue = ""] = describeInstance(stateDir).marker.split("=");
  const etcd = "http://127.0.0.1:2379";
  const onNode = (/** @type {number} */ port) => `${addresses.node}:${port}`;
  const asAdministrator = [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
  ];
  const serving = [
    `--tls-cert-file=${certificates.server.certificate}`,
    `--tls-private-key-file=${certificates.server.key}`,
  ];

  /**
   * @param {PartName} name
   * @param {string} health
   * @param {string[]} args
   * @returns {[PartName, Part]}
   */
  const part = (name, health, args) => {
    const command = [engines[name] ?? findProgram(name) ?? name, ...args];
    const env = { PATH: toolsPath(), [markerName]: markerValue };
    return [name, { name, ...enter(namespaces, command), env, ports: [], health }];
  };

  return /** @type {Record<PartName, Part>} */ (
    Object.fromEntries([
      part("etcd", `http://${onNode(ports.etcdHealth)}/readyz`, [
        `--data-dir=${join(insideStateDir, "etcd")}`,
        `--listen-client-urls=${etcd}`,
        `--advertise-client-urls=${etcd}`,
        `--listen-metrics-urls=http://${onNode(ports.etcdHealth)}`,
        // The data may be lost with the machine's power; in return a write does not wait for the disk.
        "--unsafe-no-fsync",
        "--log-level=warn",
      ]),
      part("kube-apiserver", `https://${onNode(ports.apiServer)}/readyz`, [
        `--etcd-servers=${etcd}`,
        `--secure-port=${ports.apiServer}`,
        `--advertise-address=${addresses.node}`,
        ...serving,
        `--client-ca-file=${certificates.authority}`,
        `--token-auth-file=${credentials.tokens}`,
        `--kubelet-certificate-authority=${certificates.authority}`,
        `--kubelet-client-certificate=${certificates.kubeletClient.certificate}`,
        `--kubelet-client-key=${certificates.kubeletClient.key}`,
        "--kubelet-preferred-address-types=InternalIP",
        "--authorization-mode=Node,RBAC",
        // PodSecurity is among the plugins that are on by default; named here because the product relies on
        // it.
        "--enable-admission-plugins=NodeRestriction,PodSecurity",
        // For processorPolicy (cluster-objects.mjs).
        "--feature-gates=MutatingAdmissionPolicy=true",
        "--runtime-config=admissionregistration.k8s.io/v1beta1=true",
        "--allow-privileged=true",
        `--service-cluster-ip-range=${addresses.services}`,
        "--service-account-issuer=https://kubernetes.default.svc",
        `--service-account-signing-key-file=${credentials.serviceAccountKey}`,
        `--service-account-key-file=${credentials.serviceAccountPublicKey}`,
      ]),
      part("kube-controller-manager", `https://${onNode(ports.controllerManager)}/healthz`, [
        ...asAdministrator,
        ...serving,
        "--leader-elect=false",
        // Its controllers start at once, not one after the other as their tokens are made.
        "--use-service-account-credentials=false",
        "--kube-api-qps=200",
        "--kube-api-burst=400",
        `--service-account-private-key-file=${credentials.serviceAccountKey}`,
        `--root-ca-file=${certificates.authority}`,
        "--allocate-node-cidrs=false",
        `--cluster-cidr=${addresses.pods}`,
        // It would make this folder in its usual place.
        "--flex-volume-plugin-dir=/run/flex-volume-plugins",
      ]),
      part("kube-scheduler", `https://${onNode(ports.scheduler)}/healthz`, [
        ...asAdministrator,
        ...serving,
        "--leader-elect=false",
      ]),
      part("network-policy", `http://${onNode(ports.networkPolicyHealth)}/healthz`, [
        `--kubeconfig=${kubeconfig}`,
        `--pod-range=${addresses.pods}`,
        `--socket=${policySocket}`,
        "--state=/run/network-policy.json",
        `--health=${onNode(ports.networkPolicyHealth)}`,
      ]),
      part("local-volumes", `http://${onNode(ports.volumesHealth)}/healthz`, [
        `--kubeconfig=${kubeconfig}`,
        `--folder=${join(insideStateDir, "volumes")}`,
        `--health=${onNode(ports.volumesHealth)}`,
      ]),
      part("containerd", `http://${onNode(ports.containerdMetrics)}/v1/metrics`, [
        `--config=${configuration.containerd}`,
      ]),
      part("kubelet", `http://${onNode(ports.kubeletHealth)}/healthz`, [
        `--config=${configuration.kubelet}`,
        `--kubeconfig=${configuration.kubeletKubeconfig}`,
        `--root-dir=${join(insideStateDir, "kubelet")}`,
        `--hostname-override=${nodeName}`,
        `--node-ip=${addresses.node}`,
        "--node-labels=topology.kubernetes.io/region=local,topology.kubernetes.io/zone=local-a",
      ]),
      part("kube-proxy", `http://${onNode(ports.kubeProxyHealth)}/healthz`, [
        `--config=${configuration.kubeProxy}`,
        `--hostname-override=${nodeName}`,
      ]),
    ])
  );
}

/** The container runtime's client, as a command of the node. */
export const containerdClient = ["ctr", "--address", containerdSocket, "--namespace", "k8s.io"];
