import { mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../../scripts/lib/files.mjs";
import { clusterDomain, describeInstance, insideStateDir } from "./instance.mjs";
import { networkPluginFolder } from "./prerequisites.mjs";

/** @typedef {import("./instance.mjs").Addresses} Addresses */
/** @typedef {import("./certificates.mjs").Certificates} Certificates */

export const containerdSocket = "/run/containerd/containerd.sock";
export const policySocket = "/run/network-policy.sock";

/** Ports on the node's own address; the node has a network of its own, so none can be taken. */
export const ports = {
  apiServer: 6443,
  etcdHealth: 2381,
  containerdMetrics: 1338,
  controllerManager: 10257,
  scheduler: 10259,
  kubelet: 10250,
  kubeletHealth: 10248,
  kubeProxyHealth: 10256,
  networkPolicyHealth: 9881,
  volumesHealth: 9882,
};

/**
 * Writes the configuration files of the node's parts.
 * @param {object} options
 * @param {string} options.stateDir
 * @param {Addresses} options.addresses
 * @param {Certificates} options.certificates
 * @param {string} options.pauseImage
 * @param {Record<string, string>} options.engines
 */
export function writeConfiguration({ stateDir, addresses, certificates, pauseImage, engines }) {
  const folder = join(stateDir, "configuration");
  mkdirSync(join(folder, "cni"), { recursive: true });
  linkNetworkPlugins(join(folder, "cni-plugins"), engines["network-policy"] ?? "");
  const json = (/** @type {unknown} */ content) => `${JSON.stringify(content, undefined, 2)}\n`;
  const files = {
    containerd: join(folder, "containerd.toml"),
    kubelet: join(folder, "kubelet.yaml"),
    kubeProxy: join(folder, "kube-proxy.yaml"),
    kubeletKubeconfig: join(folder, "kubelet.kubeconfig"),
    kubeProxyKubeconfig: join(folder, "kube-proxy.kubeconfig"),
  };
  writeFileAtomic(files.containerd, containerd({ pauseImage, addresses }));
  writeFileAtomic(join(folder, "cni", "10-node.conflist"), json(network({ addresses })));
  // JSON is YAML.
  writeFileAtomic(files.kubelet, json(kubelet({ stateDir, addresses, certificates })));
  writeFileAtomic(files.kubeProxy, json(kubeProxy({ addresses, kubeconfig: files.kubeProxyKubeconfig })));
  const server = `https://${addresses.node}:${ports.apiServer}`;
  const { authority } = certificates;
  writeFileAtomic(
    files.kubeletKubeconfig,
    json(kubeconfig({ server, authority, client: certificates.kubelet })),
  );
  writeFileAtomic(
    files.kubeProxyKubeconfig,
    json(kubeconfig({ server, authority, client: certificates.kubeProxy })),
  );
  return files;
}

/**
 * The container runtime looks for plugins in one folder only.
 * @param {string} folder
 * @param {string} ownPlugin
 */
function linkNetworkPlugins(folder, ownPlugin) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const installed = networkPluginFolder() ?? "";
  for (const name of readdirSync(installed)) symlinkSync(join(installed, name), join(folder, name));
  symlinkSync(ownPlugin, join(folder, "network-policy"));
}

/** @param {{ pauseImage: string, addresses: Addresses }} options */
function containerd({ pauseImage, addresses }) {
  return `version = 2
root = "${insideStateDir}/containerd"
state = "/run/containerd"

[grpc]
  address = "${containerdSocket}"

[metrics]
  address = "${addresses.node}:${ports.containerdMetrics}"

[plugins."io.containerd.internal.v1.opt"]
  path = "/run/containerd-opt"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  disable_apparmor = true
  # Root may lack CAP_SYS_RESOURCE (in a virtual machine or container that was made without), and no sandbox would start.
  restrict_oom_score_adj = true

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${insideStateDir}/configuration/cni-plugins"
    conf_dir = "${insideStateDir}/configuration/cni"

  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"

    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
`;
}

/**
 * Each pod has a link of its own to the node (ptp), so that everything between pods is routed, and passes the
 * rules of the network policies. The second plugin makes those rules hold before the pod's first container
 * runs.
 * @param {{ addresses: Addresses }} options
 */
function network({ addresses }) {
  return {
    cniVersion: "0.4.0",
    name: "node",
    plugins: [
      {
        type: "ptp",
        ipMasq: false,
        ipam: {
          type: "host-local",
          dataDir: "/run/cni-addresses",
          ranges: [[{ subnet: addresses.pods }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
      { type: "network-policy", socket: policySocket },
    ],
  };
}

/** @param {{ stateDir: string, addresses: Addresses, certificates: Certificates }} options */
function kubelet({ stateDir, addresses, certificates }) {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: addresses.node,
    port: ports.kubelet,
    healthzBindAddress: addresses.node,
    healthzPort: ports.kubeletHealth,
    tlsCertFile: certificates.kubelet.certificate,
    tlsPrivateKeyFile: certificates.kubelet.key,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: certificates.authority },
    },
    authorization: { mode: "Webhook" },
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    failCgroupV1: false,
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${describeInstance(stateDir).cgroup}`,
    failSwapOn: false,
    clusterDNS: [addresses.dns],
    clusterDomain,
    resolvConf: "",
    makeIPTablesUtilChains: false,
    podLogsDir: `${insideStateDir}/pod-logs`,
    volumePluginDir: `${insideStateDir}/kubelet/volume-plugins`,
    // An image that was removed could not be pulled again, and this machine's disk is not only the node's.
    imageGCHighThresholdPercent: 100,
    evictionHard: {
      "memory.available": "100Mi",
      "nodefs.available": "1%",
      "imagefs.available": "1%",
      "nodefs.inodesFree": "1%",
    },
    nodeStatusUpdateFrequency: "5s",
    serializeImagePulls: false,
    registryPullQPS: 0,
  };
}

/** @param {{ addresses: Addresses, kubeconfig: string }} options */
function kubeProxy({ addresses, kubeconfig: path }) {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "nftables",
    bindAddress: "0.0.0.0",
    clientConnection: { kubeconfig: path },
    clusterCIDR: addresses.pods,
    healthzBindAddress: `${addresses.node}:${ports.kubeProxyHealth}`,
    metricsBindAddress: "127.0.0.1:10249",
    nodePortAddresses: [`${addresses.node}/32`],
    // Limits of the whole machine, which are not the node's to change.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
    // A Service follows its pods at once.
    nftables: { minSyncPeriod: "0s", syncPeriod: "30s" },
  };
}

/** @param {{ server: string, authority: string, client: { certificate: string, key: string } }} options */
function kubeconfig({ server, authority, client }) {
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "node", cluster: { server, "certificate-authority": authority } }],
    users: [{ name: "node", user: { "client-certificate": client.certificate, "client-key": client.key } }],
    contexts: [{ name: "node", context: { cluster: "node", user: "node" } }],
    "current-context": "node",
  };
}
