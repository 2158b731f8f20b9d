import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dropExpiringCertificate } from "./credentials.mjs";

/**
 * One process of the control plane.
 * @typedef {object} Part
 * @property {string} name also the name of its log file
 * @property {string} command
 * @property {string[]} args
 * @property {Record<string, string>} [env]
 * @property {string[]} [reads] files that it reads only when it starts: other content means that it has to start again
 * @property {() => void} [beforeStart]
 * @property {PortName[]} ports those it listens on
 * @property {string} health a URL that answers 200 when the part does its work
 */

/** @typedef {"etcd" | "etcdPeer" | "apiServer" | "controllerManager" | "scheduler" | "kwok"} PortName */
/** @typedef {Record<PortName, number>} Ports */

/** @type {readonly PortName[]} */
export const portNames = ["etcd", "etcdPeer", "apiServer", "controllerManager", "scheduler", "kwok"];

/** Names in the order of starting; parts of one row need those of the rows before, not each other. */
export const partNames = [
  ["etcd"],
  ["kube-apiserver"],
  ["kube-controller-manager", "kube-scheduler", "kwok"],
];

/**
 * @param {object} plan
 * @param {Record<string, string>} plan.engines path of each binary by its name
 * @param {string} plan.kwokStages folder of the stage files that come with KWOK
 * @param {string} plan.stateDir
 * @param {string} plan.kubeconfig
 * @param {ReturnType<import("./credentials.mjs").credentialFiles>} plan.credentials
 * @param {Ports} plan.ports
 * @returns {Record<string, Part>}
 */
export function describeParts({ engines, kwokStages, stateDir, kubeconfig, credentials, ports }) {
  const etcdUrl = `http://127.0.0.1:${ports.etcd}`;
  const etcdPeerUrl = `http://127.0.0.1:${ports.etcdPeer}`;
  /**
   * Parts that serve HTTPS share the API server's certificate, which is for 127.0.0.1: one authority verifies
   * them all.
   */
  const servingCertificate = [
    "--bind-address=127.0.0.1",
    `--tls-cert-file=${credentials.serverCertificate}`,
    `--tls-private-key-file=${credentials.serverKey}`,
  ];
  const asClient = ["kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig"].map(
    (flag) => `--${flag}=${kubeconfig}`,
  );
  /** @param {string} name */
  const binary = (name) => engines[name] ?? name;
  const stages = stageFiles(kwokStages);

  /** @type {Part[]} */
  const parts = [
    {
      name: "etcd",
      command: binary("etcd"),
      args: [
        `--data-dir=${join(stateDir, "etcd")}`,
        `--listen-client-urls=${etcdUrl}`,
        `--advertise-client-urls=${etcdUrl}`,
        `--listen-peer-urls=${etcdPeerUrl}`,
        `--initial-advertise-peer-urls=${etcdPeerUrl}`,
        `--initial-cluster=default=${etcdPeerUrl}`,
        // The data may be lost with the machine's power; in return a write does not wait for the disk.
        "--unsafe-no-fsync",
        "--log-level=warn",
      ],
      ports: ["etcd", "etcdPeer"],
      health: `${etcdUrl}/readyz`,
    },
    {
      name: "kube-apiserver",
      command: binary("kube-apiserver"),
      args: [
        `--etcd-servers=${etcdUrl}`,
        `--secure-port=${ports.apiServer}`,
        "--bind-address=127.0.0.1",
        `--cert-dir=${credentials.folder}`,
        `--token-auth-file=${credentials.tokens}`,
        "--authorization-mode=RBAC",
        // PodSecurity is among the plugins that are on by default; named here because the product relies on
        // it.
        "--enable-admission-plugins=PodSecurity",
        "--allow-privileged=true",
        "--service-cluster-ip-range=10.96.0.0/16",
        "--service-account-issuer=https://kubernetes.default.svc",
        `--service-account-signing-key-file=${credentials.serviceAccountKey}`,
        `--service-account-key-file=${credentials.serviceAccountPublicKey}`,
        // A loopback address cannot be an endpoint; without this it complains every few seconds.
        "--endpoint-reconciler-type=none",
      ],
      beforeStart: () => dropExpiringCertificate(credentials),
      ports: ["apiServer"],
      health: `https://127.0.0.1:${ports.apiServer}/readyz`,
    },
    {
      name: "kube-controller-manager",
      command: binary("kube-controller-manager"),
      args: [
        ...asClient,
        ...servingCertificate,
        `--secure-port=${ports.controllerManager}`,
        "--leader-elect=false",
        `--service-account-private-key-file=${credentials.serviceAccountKey}`,
        `--root-ca-file=${credentials.serverCertificate}`,
        // By default it makes a folder for such plugins in a place of the machine's own.
        `--flex-volume-plugin-dir=${join(stateDir, "flex-volume-plugins")}`,
      ],
      reads: [kubeconfig],
      ports: ["controllerManager"],
      health: `https://127.0.0.1:${ports.controllerManager}/healthz`,
    },
    {
      name: "kube-scheduler",
      command: binary("kube-scheduler"),
      args: [...asClient, ...servingCertificate, `--secure-port=${ports.scheduler}`, "--leader-elect=false"],
      reads: [kubeconfig],
      ports: ["scheduler"],
      health: `https://127.0.0.1:${ports.scheduler}/healthz`,
    },
    {
      name: "kwok",
      command: binary("kwok"),
      args: [
        `--kubeconfig=${kubeconfig}`,
        "--manage-all-nodes=true",
        // There is one KWOK only; after a restart it would wait for the lease of its predecessor to run out.
        "--node-lease-duration-seconds=0",
        `--server-address=127.0.0.1:${ports.kwok}`,
        ...stages.map((file) => `--config=${file}`),
      ],
      reads: [kubeconfig, ...stages],
      // Or it would read the user's own ~/.kwok/kwok.yaml.
      env: { KWOK_WORKDIR: join(stateDir, "kwok") },
      ports: ["kwok"],
      health: `http://127.0.0.1:${ports.kwok}/healthz`,
    },
  ];
  return Object.fromEntries(parts.map((part) => [part.name, part]));
}

/**
 * @param {string} kwokStages
 * @returns {string[]} what the simulated kubelet and volume provisioner do
 */
function stageFiles(kwokStages) {
  const own = fileURLToPath(new URL("stages", import.meta.url));
  return [
    join(kwokStages, "node/fast/node-initialize.yaml"),
    join(kwokStages, "node/heartbeat/node-heartbeat.yaml"),
    join(kwokStages, "pod/fast/pod-ready.yaml"),
    join(kwokStages, "pod/fast/pod-complete.yaml"),
    join(kwokStages, "pod/fast/pod-delete.yaml"),
    join(kwokStages, "pod/chaos/pod-container-running-failed.yaml"),
    join(kwokStages, "pod/chaos/pod-init-container-running-failed.yaml"),
    join(own, "failing-image.yaml"),
    join(own, "volumes.yaml"),
  ];
}
