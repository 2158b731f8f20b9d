import assert from "node:assert/strict";
import { kubectl, kubectlApply, object, objects } from "../engine/support/cluster";
import { outsiders, reviewedCells, triedPorts } from "../network/reachability";
import { eventually, stackNames, withBothStacks } from "./support/node-instance";
import type { NodeInstance } from "./support/node-instance";
import { runInNode, useNode } from "./support/real-node";

const ports = triedPorts.filter(({ protocol }) => protocol === "TCP").map(({ port }) => port);

/**
 * A pod that the policies take for another: it tries connections, and is tried. Nothing listens in it, so who
 * gets through to it is refused at once, and who does not waits in vain. Of each part there are two, of which
 * one is only tried: by pods of the same part as well.
 */
interface Probe {
  name: string;
  triedOnly: boolean;
  pod: string;
  namespace: string;
  labels: Record<string, string>;
}

describe("the network policies, with real pods,", function () {
  this.timeout(1_200_000);
  const reachedOf = withBothStacks(async (instance) => {
    await instance.settled();
    const all = await startProbes(instance);
    const addresses = { ...(await addressesOf(all)), ...(await giveNodeAddressesOfOutsiders()) };
    const probes = all.filter(({ triedOnly }) => !triedOnly);
    const { dnsAddress } = await useNode();
    const reached = await Promise.all(probes.map((probe) => reachedFrom(probe, addresses)));
    const resolving = await Promise.all(
      probes.map(async (probe) => ((await resolves(probe, dnsAddress)) ? [probe.name] : [])),
    );
    const now = ["--grace-period=0", "--force"];
    await Promise.all(
      all.map(({ pod, namespace }) => kubectl("delete", "pod", pod, "--namespace", namespace, ...now)),
    );
    return {
      probes: probes.map(({ name }) => name),
      reached: new Set(reached.flat()),
      resolving: resolving.flat(),
    };
  });

  for (const stackName of stackNames) {
    it(`of ${stackName} let through what the reviewed table says, and nothing else, from every kind of pod to everybody`, async () => {
      const { probes, reached } = await reachedOf(stackName);
      const all = reviewedCells(stackName);
      const outside = Object.keys(outsiders).filter((name) => !("labels" in (outsiders[name] ?? {})));
      assert.deepEqual([...new Set(all.map(({ from }) => from))].sort(), [...probes, ...outside].sort());
      const cells = all.filter(({ from }) => probes.includes(from));
      const shown = (from: string, to: string, isOpen: (port: number) => boolean): string =>
        `${from} -> ${to}: ${ports.filter(isOpen).join(" ")}`;
      assert.deepEqual(
        cells.map(({ from, to }) => shown(from, to, (port) => reached.has(attempt(from, to, port)))),
        cells.map(({ from, to, open }) =>
          shown(from, to, (port) => open.some((one) => one.protocol === "TCP" && one.port === port)),
        ),
      );
    });

    it(`of ${stackName} let those, and no others, ask the cluster's DNS over UDP that the table says`, async () => {
      const { probes, resolving } = await reachedOf(stackName);
      const allowed = reviewedCells(stackName).filter(
        ({ to, open }) => to === "dns" && open.some(({ protocol }) => protocol === "UDP"),
      );
      assert.deepEqual(
        resolving.sort(),
        probes.filter((name) => allowed.some(({ from }) => from === name)).sort(),
      );
    });
  }
});

async function startProbes(instance: NodeInstance): Promise<Probe[]> {
  const { images } = await useNode();
  const policies = (
    await Promise.all(instance.namespaces.map((namespace) => objects(namespace, "networkpolicies")))
  ).flat();
  const parts = policies.map(({ metadata, spec }) => {
    const { matchLabels } = spec.podSelector as { matchLabels: Record<string, string> };
    return {
      name: matchLabels["app.kubernetes.io/component"] ?? "",
      namespace: metadata.namespace ?? "",
      labels: matchLabels,
    };
  });
  const others = Object.entries(outsiders).flatMap(([name, one]) =>
    "labels" in one
      ? [{ name, namespace: name === "neighbour" ? instance.namespace : one.namespace, labels: one.labels }]
      : [],
  );
  const podName = (name: string): string => `probe-${instance.stackName}-${name}`;
  const probes = [
    ...[...parts, ...others].map((one) => ({ ...one, pod: podName(one.name), triedOnly: false })),
    ...parts.map((one) => ({ ...one, pod: podName(`${one.name}-2`), triedOnly: true })),
  ];
  const foreign = [...new Set(others.map(({ namespace }) => namespace))].filter(
    (name) => !instance.namespaces.includes(name),
  );
  const node = await object("", "nodes", /./);
  const items = [
    ...foreign.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
    ...probes.map((probe) => probePod(probe, images.agent.tag, node.metadata)),
  ];
  await kubectlApply(JSON.stringify({ apiVersion: "v1", kind: "List", items }), "--server-side");
  return probes;
}

function probePod(
  { pod, namespace, labels }: Probe,
  image: string,
  node: { name: string; uid: string },
): object {
  const securityContext = {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    runAsUser: 1000,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  };
  // Never Ready: no Service may lead to it.
  const readinessProbe = { exec: { command: ["false"] }, periodSeconds: 60 };
  // A DaemonSet takes pods with its labels for its own, and deletes those that are too many, unless they have
  // another controller.
  const ownerReferences = [
    { apiVersion: "v1", kind: "Node", name: node.name, uid: node.uid, controller: true },
  ];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: pod, namespace, labels, ownerReferences },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      containers: [{ name: "probe", image, command: ["sleep", "infinity"], securityContext, readinessProbe }],
    },
  };
}

/** By name; of two pods of a part it is the second's. */
async function addressesOf(probes: Probe[]): Promise<Record<string, string>> {
  const addresses = probes.map(({ name, pod, namespace }) =>
    eventually(60, async () => {
      const path = "{.status.podIP} {.status.containerStatuses[0].state.running.startedAt}";
      const answer = await kubectl("get", "pod", pod, "--namespace", namespace, `--output=jsonpath=${path}`);
      const [address, running] = answer.split(" ");
      assert.ok(address && running, `${pod} runs`);
      return [name, address] as const;
    }),
  );
  return Object.fromEntries(await Promise.all(addresses));
}

/**
 * There is no way from the node to other machines: it stands for them itself, by their addresses. Policies
 * decide before it answers.
 */
async function giveNodeAddressesOfOutsiders(): Promise<Record<string, string>> {
  const outside = Object.entries(outsiders).flatMap(([name, one]) =>
    "address" in one ? [[name, one.address] as const] : [],
  );
  for (const [, address] of outside)
    await runInNode("ip", "address", "replace", `${address}/32`, "dev", "lo");
  return Object.fromEntries(outside);
}

function attempt(from: string, to: string, port: number): string {
  return `${from} -> ${to}:${String(port)}`;
}

/**
 * The connections that come about. All are tried by one process at once: so many processes would make each
 * other late.
 */
async function reachedFrom(
  { name, pod, namespace }: Probe,
  addresses: Record<string, string>,
): Promise<string[]> {
  const tries = Object.entries(addresses).flatMap(([to, address]) =>
    ports.map((port) => ({ what: attempt(name, to, port), url: `http://${address}:${String(port)}/` })),
  );
  const script = [
    "curl --silent --parallel --parallel-immediate --parallel-max 300 --noproxy '*' --connect-timeout 3 --max-time 6",
    "--write-out '%{url} %{exitcode} %{time_connect}\\n'",
    ...tries.map(({ url }) => `--output /dev/null ${url}`),
    "2> /dev/null || true",
  ].join(" ");
  const text = await kubectl("exec", pod, "--namespace", namespace, "--", "sh", "-c", script);
  const answers = new Map(
    text.split("\n").map((line) => [line.split(" ")[0] ?? "", line.split(" ").slice(1)]),
  );
  return tries.flatMap(({ what, url }) => {
    const [code, connected] = answers.get(url) ?? [];
    // 7 is refused, 28 is late: by then it may be connected to something that does not speak HTTP.
    if (code === "28" && Number(connected) === 0) return [];
    assert.ok(code === "7" || Number(connected) > 0, `${what}: exit code ${code ?? "none"}`);
    return [what];
  });
}

async function resolves({ pod, namespace }: Probe, dns: string): Promise<boolean> {
  const query = `timeout 4 nslookup kubernetes.default.svc.cluster.local ${dns} > /dev/null 2>&1 && echo answered || echo silence`;
  return (
    (await kubectl("exec", pod, "--namespace", namespace, "--", "sh", "-c", query)).trim() === "answered"
  );
}
