import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../lib/user-error.cjs";
import { loopbackRequest } from "./loopback-request.mjs";

/**
 * How to reach the API server.
 * @typedef {{ server: string, token: string, certificateAuthority: string }} ApiAccess
 */

/** What the volume stages (stages/volumes.yaml) answer to. */
const provisioner = "simulated.certctl.local/volume";

const zones = ["local-a", "local-b", "local-c"];

/** @param {string} zone */
function node(zone) {
  const name = `node-${zone}`;
  const resources = { cpu: "8", memory: "32Gi", pods: "110", "ephemeral-storage": "100Gi" };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: {
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "topology.kubernetes.io/region": "local",
        "topology.kubernetes.io/zone": zone,
      },
    },
    status: { capacity: resources, allocatable: resources },
  };
}

/**
 * The default class; as on the usual cloud clusters, a volume is made only when a pod that uses the claim was
 * scheduled.
 */
const storageClass = {
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  provisioner,
  reclaimPolicy: "Delete",
  volumeBindingMode: "WaitForFirstConsumer",
  allowVolumeExpansion: true,
};

/**
 * Makes the nodes and the storage class, where they are missing, and waits until pods can be scheduled.
 * @param {ApiAccess} access
 */
export async function ensureClusterObjects(access) {
  await Promise.all([
    ...zones.map((zone) => createIfMissing(access, "/api/v1/nodes", node(zone))),
    createIfMissing(access, "/apis/storage.k8s.io/v1/storageclasses", storageClass),
  ]);
}

/**
 * Makes the API server know kinds of other products, or what a newer version of them is like. Nothing acts on
 * their objects.
 * @param {ApiAccess} access
 * @param {string[]} definitions files of CustomResourceDefinitions, each called `<group>_<plural>.yaml`
 */
export async function applyDefinitions({ server, token, certificateAuthority }, definitions) {
  await Promise.all(
    definitions.map(async (file) => {
      const [group, plural] = basename(file, ".yaml").split("_");
      const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.${group}`;
      const { status, text } = await loopbackRequest(
        `${server}${path}?fieldManager=certctl-local&force=true`,
        {
          method: "PATCH",
          contentType: "application/apply-patch+yaml",
          token,
          certificateAuthority,
          body: readFileSync(file, "utf8"),
          seconds: 30,
        },
      );
      if (status !== 200 && status !== 201)
        throw new Error(`${basename(file)} could not be applied: ${text}`);
    }),
  );
}

/**
 * Waits until a pod can be made and scheduled: nodes are ready, and the controllers have made the default
 * service account.
 * @param {ApiAccess} access
 * @param {number} deadline
 */
export async function waitUntilSchedulable(access, deadline) {
  for (;;) {
    const waitingFor = await missingForPods(access);
    if (waitingFor === undefined) return;
    if (Date.now() > deadline)
      throw new UserError(
        `The control plane runs, but ${waitingFor}: see the logs of kube-controller-manager and kwok.`,
      );
    await sleep(100);
  }
}

/**
 * @param {ApiAccess} access
 * @returns {Promise<string | undefined>}
 */
async function missingForPods(access) {
  const account = await call(access, "GET", "/api/v1/namespaces/default/serviceaccounts/default");
  if (account.status !== 200) return "the default namespace has no service account yet";
  const nodes = await call(access, "GET", "/api/v1/nodes");
  if (nodes.status !== 200) return `its nodes cannot be listed: ${nodes.text}`;
  /** @type {{ items: { metadata: { name: string }, spec: { taints?: { key: string }[] }, status: { conditions?: { type: string, status: string }[] } }[] }} */
  const list = JSON.parse(nodes.text);
  const unready = list.items.filter(
    ({ spec, status }) =>
      // Other taints are the user's: a node that was cordoned stays so.
      spec.taints?.some(
        ({ key }) => key === "node.kubernetes.io/not-ready" || key === "node.kubernetes.io/unreachable",
      ) || !status.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True"),
  );
  return unready.length === 0
    ? undefined
    : `these nodes are not ready: ${unready.map((item) => item.metadata.name).join(", ")}`;
}

/**
 * @param {ApiAccess} access
 * @param {string} collection
 * @param {{ kind: string, metadata: { name: string } }} object
 */
async function createIfMissing(access, collection, object) {
  const answer = await call(access, "POST", collection, object);
  // 409: it is there. What the user changed in it since stays.
  if (answer.status !== 201 && answer.status !== 409) {
    throw new Error(`${object.kind} ${object.metadata.name} could not be created: ${answer.text}`);
  }
}

/**
 * @param {ApiAccess} access
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 */
function call({ server, token, certificateAuthority }, method, path, body) {
  return loopbackRequest(`${server}${path}`, { method, token, certificateAuthority, body, seconds: 30 });
}
