import assert from "node:assert/strict";
import { kubectl, kubectlApply } from "../engine/support/cluster";
import { outsiders, reviewedCells, triedPorts } from "../network/reachability";
import { eventually, stackNames, useInstance } from "./support/node-instance";
import type { NodeInstance } from "./support/node-instance";
import { useNode } from "./support/real-node";

const parts = ["server", "database", "migration", "provisioning", "agents"];
const others = ["neighbour", "stranger", "ingress", "scraper"];
const ports = triedPorts.filter(({ protocol }) => protocol === "TCP").map(({ port }) => port);

/** A pod that tries connections, and is tried: nothing listens in it, so who gets through to it is refused at once, and others are not. */
interface Probe {
  name: string;
  namespace: string;
  labels: Record<string, string>;
}

for (const stackName of stackNames) {
  describe(`the network policies of ${stackName}, with real pods`, function () {
    this.timeout(180_000);
    let probes: Probe[];
    let addresses: Record<string, string>;

    before(async () => {
      const instance = await useInstance(stackName);
      await instance.settled();
      const { images, hostAddress } = await useNode();
      probes = await describeProbes(instance);
      const foreign = [...new Set(probes.map(({ namespace }) => namespace))]
        .filter((name) => !instance.namespaces.includes(name))
        .map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));
      const items = [...foreign, ...probes.map((probe) => probePod(probe, images.agent.tag))];
      await kubectlApply(JSON.stringify({ apiVersion: "v1", kind: "List", items }));
      addresses = Object.fromEntries(await Promise.all(probes.map(async (probe) => [probe.name, await addressOf(probe)] as const)));
      const dnsPod = ["--namespace=kube-system", "--selector=k8s-app=kube-dns", "--output=jsonpath={.items[0].status.podIP}"];
      // This machine stands for an address outside of the cluster that is no public one.
      addresses = { ...addresses, dns: await kubectl("get", "pods", ...dnsPod), private: hostAddress };
    });

    after(async () => {
      const now = ["--grace-period=0", "--force", "--ignore-not-found"];
      await Promise.all(probes.map(({ name, namespace }) => kubectl("delete", "pod", `probe-${name}`, "--namespace", namespace, ...now)));
    });

    it("let through what the reviewed table says, and nothing else, in every cell that has pods", async () => {
      const cells = reviewedCells(stackName).filter(({ from, to }) => [...parts, ...others].includes(from) && to in addresses);
      assert.equal(cells.length, 9 * 11);
      const reached = Object.fromEntries(
        await Promise.all(probes.map(async (probe) => [probe.name, await connections(probe, addresses)] as const)),
      );
      const shown = (from: string, to: string, isOpen: (port: number) => boolean): string =>
        `${from} -> ${to}: ${ports.filter(isOpen).join(" ")}`;
      assert.deepEqual(
        cells.map(({ from, to }) => shown(from, to, (port) => reached[from]?.has(`${to} ${String(port)}`) === true)),
        cells.map(({ from, to, open }) => shown(from, to, (port) => open.some((one) => one.protocol === "TCP" && one.port === port))),
      );
    });
  });
}

async function describeProbes(instance: NodeInstance): Promise<Probe[]> {
  const own = parts.map(async (name) => {
    const [pod] = await instance.pods(name);
    assert.ok(pod, `there is a pod of ${name}`);
    const { labels = {}, namespace = instance.namespace } = pod.metadata;
    const chosen = Object.entries(labels).filter(([key]) => key.startsWith("app.kubernetes.io/"));
    return { name, namespace, labels: Object.fromEntries(chosen) };
  });
  const foreign = others.map((name) => {
    const outsider = outsiders[name];
    assert.ok(outsider && "namespace" in outsider);
    return { name, namespace: name === "neighbour" ? instance.namespace : outsider.namespace, labels: outsider.labels };
  });
  return [...(await Promise.all(own)), ...foreign];
}

/** Never Ready: no Service may lead to it. */
function probePod({ name, namespace, labels }: Probe, image: string): object {
  const securityContext = {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    runAsUser: 1000,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  };
  const readinessProbe = { exec: { command: ["false"] }, periodSeconds: 60 };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `probe-${name}`, namespace, labels },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      containers: [{ name: "probe", image, command: ["sleep", "infinity"], securityContext, readinessProbe }],
    },
  };
}

async function addressOf({ name, namespace }: Probe): Promise<string> {
  return eventually(60, async () => {
    const path = "{.status.podIP} {.status.containerStatuses[0].state.running.startedAt}";
    const answer = await kubectl("get", "pod", `probe-${name}`, "--namespace", namespace, `--output=jsonpath=${path}`);
    const [address, running] = answer.split(" ");
    assert.ok(address && running, `probe-${name} runs`);
    return address;
  });
}

/** The targets and ports that a pod gets through to: what is dropped on the way runs into the time limit (curl's exit code 28). */
async function connections({ name, namespace }: Probe, addresses: Record<string, string>): Promise<Set<string>> {
  const curl = "curl -sk --connect-timeout 2 --max-time 4 -o /dev/null";
  const tries = Object.entries(addresses).flatMap(([to, address]) =>
    ports.map((port) => {
      const target = `${to} ${String(port)}`;
      return `{ code=0; ${curl} https://${address}:${String(port)}/ || code=$?; [ $code = 28 ] || echo "${target}"; } &`;
    }),
  );
  const script = [...tries, "wait"].join("\n");
  const text = await kubectl("exec", `probe-${name}`, "--namespace", namespace, "--", "sh", "-c", script);
  return new Set(text.split("\n").filter(Boolean));
}
