import assert from "node:assert/strict";
import type { Endpoint, NetworkPolicy } from "./evaluate-policies";
import { mayConnect } from "./evaluate-policies";

const web: Endpoint = {
  address: "10.1.0.1",
  namespace: "shop",
  labels: { app: "web" },
  namedPorts: { http: 8080 },
};
const client: Endpoint = { address: "10.1.0.2", namespace: "shop", labels: { app: "client", tier: "front" } };
const foreigner: Endpoint = { address: "10.1.0.3", namespace: "other", labels: { app: "client" } };
const outside: Endpoint = { address: "192.0.2.7" };

const http = { protocol: "TCP", port: 8080 };
const selectWeb = { matchLabels: { app: "web" } };

function policy(spec: NetworkPolicy["spec"], namespace = "shop"): NetworkPolicy {
  return { metadata: { namespace }, spec };
}

/** Whether each may connect to the web server by HTTP. */
function reach(...policies: NetworkPolicy[]): { client: boolean; foreigner: boolean; outside: boolean } {
  const cluster = { policies, namespaces: { other: { team: "b" } } };
  const [one, two, three] = [client, foreigner, outside].map((from) => mayConnect(from, web, http, cluster));
  return { client: one === true, foreigner: two === true, outside: three === true };
}

describe("the evaluation of network policies", () => {
  const everybody = { client: true, foreigner: true, outside: true };
  const nobody = { client: false, foreigner: false, outside: false };
  const ingress = (...rules: NonNullable<NetworkPolicy["spec"]["ingress"]>): NetworkPolicy =>
    policy({ podSelector: selectWeb, policyTypes: ["Ingress"], ingress: rules });

  it("leaves a pod open that no policy selects, or that one in another namespace would", () => {
    assert.deepEqual(reach(), everybody);
    assert.deepEqual(
      reach(policy({ podSelector: { matchLabels: { app: "db" } }, policyTypes: ["Ingress"] })),
      everybody,
    );
    assert.deepEqual(reach(policy({ podSelector: {}, policyTypes: ["Ingress"] }, "other")), everybody);
  });

  it("closes a selected pod, but for what the rules of all its policies allow together", () => {
    assert.deepEqual(reach(ingress()), nobody);
    assert.deepEqual(reach(ingress(), ingress({})), everybody);
    const own = ingress({ from: [{ podSelector: { matchLabels: { tier: "front" } } }] });
    assert.deepEqual(reach(own), { ...nobody, client: true });
    assert.deepEqual(reach(own, ingress({ from: [{ ipBlock: { cidr: "192.0.2.0/24" } }] })), {
      ...everybody,
      foreigner: false,
    });
  });

  it("takes an empty list of peers or ports for all", () => {
    assert.deepEqual(reach(ingress({ from: [], ports: [] })), everybody);
  });

  it("takes pods by their own namespace, by another's labels or name, or by both kinds of labels", () => {
    const clients = { podSelector: { matchLabels: { app: "client" } } };
    assert.deepEqual(reach(ingress({ from: [clients] })), { ...nobody, client: true });
    assert.deepEqual(reach(ingress({ from: [{ namespaceSelector: { matchLabels: { team: "b" } } }] })), {
      ...nobody,
      foreigner: true,
    });
    const byName = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "other" } } };
    assert.deepEqual(reach(ingress({ from: [{ ...byName, ...clients }] })), { ...nobody, foreigner: true });
    assert.deepEqual(reach(ingress({ from: [{ ...byName, podSelector: selectWeb }] })), nobody);
    assert.deepEqual(reach(ingress({ from: [{ namespaceSelector: {} }] })), { ...everybody, outside: false });
  });

  it("takes addresses by their range, without its exceptions", () => {
    assert.deepEqual(
      reach(ingress({ from: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.1.0.3/32"] } }] })),
      {
        ...everybody,
        foreigner: false,
      },
    );
    assert.deepEqual(reach(ingress({ from: [{ ipBlock: { cidr: "::/0" } }] })), nobody);
  });

  it("takes ports by number, by range, by the listener's name, and by protocol, which is TCP", () => {
    for (const ports of [
      [{ port: 8080 }],
      [{ port: 8000, endPort: 8080 }],
      [{ port: "http" }],
      [{ protocol: "TCP" }],
    ])
      assert.deepEqual(reach(ingress({ ports })), everybody, JSON.stringify(ports));
    for (const ports of [
      [{ port: 8081 }],
      [{ port: 8000, endPort: 8079 }],
      [{ port: "metrics" }],
      [{ protocol: "UDP", port: 8080 }],
    ])
      assert.deepEqual(reach(ingress({ ports })), nobody, JSON.stringify(ports));
  });

  it("asks the egress of the source too", () => {
    const closed = policy({ podSelector: { matchLabels: { app: "client" } }, policyTypes: ["Egress"] });
    assert.deepEqual(reach(closed), { ...everybody, client: false });
    const toWeb = policy({
      ...closed.spec,
      egress: [{ to: [{ podSelector: selectWeb }], ports: [{ port: "http" }] }],
    });
    assert.deepEqual(reach(toWeb), everybody);
    assert.deepEqual(reach(toWeb, ingress()), nobody);
  });

  it("knows the directions of a policy that names none: ingress, and egress where it has such rules", () => {
    assert.deepEqual(reach(policy({ podSelector: selectWeb })), nobody);
    assert.deepEqual(reach(policy({ podSelector: { matchLabels: { app: "client" } } })), everybody);
    const withRule = policy({
      podSelector: { matchLabels: { app: "client" } },
      egress: [{ ports: [{ port: 1 }] }],
    });
    assert.deepEqual(reach(withRule), { ...everybody, client: false });
  });

  it("selects by expressions", () => {
    const by = (operator: string, values?: string[]): object =>
      reach(ingress({ from: [{ podSelector: { matchExpressions: [{ key: "tier", operator, values }] } }] }));
    assert.deepEqual(by("In", ["front"]), { ...nobody, client: true });
    assert.deepEqual(by("NotIn", ["front"]), nobody);
    assert.deepEqual(by("Exists"), { ...nobody, client: true });
    assert.deepEqual(by("DoesNotExist"), nobody);
  });
});
