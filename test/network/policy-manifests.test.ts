import assert from "node:assert/strict";
import type { CertctlArgs } from "../../src/certctl-args";
import { instanceSettings } from "../../src/instance/instance-settings";
import { instanceTraffic } from "../../src/instance/instance-traffic";
import type { PodComponent } from "../../src/kubernetes/labels";
import { selectorLabels } from "../../src/kubernetes/labels";
import { tcp } from "../../src/network/edges";
import { networkPolicy } from "../../src/network/policy-manifests";
import { dns, everyInternetAddress, namespace, plain, pods, rules, shared } from "./policies";

describe("the network policy", () => {
  it("of each part selects that part's pods only, and closes both directions", () => {
    const traffic = instanceTraffic(instanceSettings({ namespace: shared.namespace }, "certctl"), shared);
    assert.deepEqual(traffic.parts, ["server", "provisioning", "database", "migration", "agents"]);
    for (const part of traffic.parts) {
      const { metadata, spec } = plain(networkPolicy(part, traffic)) as {
        metadata: object;
        spec: Record<string, unknown>;
      };
      const labels = {
        team: "pki",
        ...selectorLabels(shared, part),
        "app.kubernetes.io/managed-by": "pulumi",
      };
      assert.deepEqual(metadata, { name: `certctl-${part}`, namespace: "pki", labels });
      assert.deepEqual(spec.podSelector, { matchLabels: selectorLabels(shared, part) });
      assert.deepEqual(spec.policyTypes, ["Ingress", "Egress"]);
    }
  });

  it("of the server lets agents and the provisioning Job in, and the server to its database, DNS, and the internet by HTTPS", () => {
    assert.deepEqual(rules({}, "server"), {
      ingress: [{ from: [pods("provisioning"), pods("agents")], ports: tcp(8443) }],
      egress: [
        { to: [pods("database")], ports: tcp(5432) },
        { to: everyInternetAddress, ports: tcp(443) },
        dns,
      ],
    });
  });

  it("of the database lets the server and the migration in, and nothing out", () => {
    assert.deepEqual(rules({}, "database"), {
      ingress: [{ from: [pods("migration"), pods("server")], ports: tcp(5432) }],
      egress: [],
    });
  });

  it("of a part that only connects lets nobody in", () => {
    for (const part of ["migration", "provisioning", "agents"] as const)
      assert.deepEqual(rules({}, part).ingress, [], part);
    assert.deepEqual(rules({}, "agents").egress, [{ to: [pods("server")], ports: tcp(8443) }, dns]);
  });

  it("of the SQL exporter lets Prometheus in, and the exporter to its database and DNS, wherever that is", () => {
    const monitoring = { enabled: true, sqlExporter: { enabled: true } };
    const prometheus = {
      ...namespace("monitoring"),
      podSelector: { matchLabels: { "app.kubernetes.io/name": "prometheus" } },
    };
    assert.deepEqual(rules({ monitoring }, "sql-exporter"), {
      ingress: [{ from: [prometheus], ports: tcp(9560) }],
      egress: [{ to: [pods("database")], ports: tcp(5432) }, dns],
    });
    assert.deepEqual(rules({ monitoring }, "database").ingress, [
      { from: [pods("migration"), pods("server"), pods("sql-exporter")], ports: tcp(5432) },
    ]);
    const scrapers = [{ podLabels: { app: "victoria" } }];
    const database: CertctlArgs["database"] = {
      mode: "external",
      external: { host: "10.1.2.3", port: 6432 },
    };
    assert.deepEqual(rules({ monitoring: { ...monitoring, scrapers }, database }, "sql-exporter"), {
      ingress: [{ from: [{ podSelector: { matchLabels: { app: "victoria" } } }], ports: tcp(9560) }],
      egress: [{ to: [{ ipBlock: { cidr: "10.1.2.3/32" } }], ports: tcp(6432) }, dns],
    });
  });

  it("follows the ports of server and database at both ends", () => {
    const args: CertctlArgs = { server: { port: 9443 }, database: { bundled: { port: 5433 } } };
    const open = JSON.stringify(
      ["server", "database", "agents", "migration", "provisioning"].map((part) =>
        rules(args, part as PodComponent),
      ),
    );
    assert.deepEqual([...new Set(open.match(/"port":\d+/g))].sort(), [
      '"port":443',
      '"port":53',
      '"port":5433',
      '"port":9443',
    ]);
  });

  it("leaves out parts that are not there", () => {
    const args: CertctlArgs = { migrations: { mode: "server" }, agents: { enabled: false } };
    assert.deepEqual(
      instanceTraffic(instanceSettings({ ...args, namespace: shared.namespace }, "certctl"), shared).parts,
      ["server", "provisioning", "database"],
    );
    assert.deepEqual(rules(args, "server").ingress, [{ from: [pods("provisioning")], ports: tcp(8443) }]);
    assert.deepEqual(rules(args, "database").ingress, [{ from: [pods("server")], ports: tcp(5432) }]);
  });

  it("of agents on nodes is in their namespace, and each side knows the other's", () => {
    const args: CertctlArgs = { agents: { kind: "DaemonSet" } };
    const policy = networkPolicy(
      "agents",
      instanceTraffic(instanceSettings({ ...args, namespace: shared.namespace }, "certctl"), shared),
    );
    assert.equal((policy.metadata as { namespace: string }).namespace, "pki-agents");
    assert.deepEqual(rules(args, "agents").egress, [
      { to: [{ ...namespace("pki"), ...pods("server") }], ports: tcp(8443) },
      dns,
    ]);
    assert.deepEqual(rules(args, "server").ingress, [
      { from: [pods("provisioning"), { ...namespace("pki-agents"), ...pods("agents") }], ports: tcp(8443) },
    ]);
  });

  describe("with an external database", () => {
    const external = (host: string, network = {}): unknown =>
      rules({ database: { mode: "external", external: { host, port: 6432 } }, network }, "migration").egress;

    it("opens its port at its address", () => {
      assert.deepEqual(external("10.1.2.3"), [
        { to: [{ ipBlock: { cidr: "10.1.2.3/32" } }], ports: tcp(6432) },
        dns,
      ]);
      assert.deepEqual(external("fd00::5"), [
        { to: [{ ipBlock: { cidr: "fd00::5/128" } }], ports: tcp(6432) },
        dns,
      ]);
    });

    it("opens its port everywhere when only its name is known", () => {
      assert.deepEqual(external("db.example.com"), [{ ports: tcp(6432) }, dns]);
    });

    it("opens its port only where the database is said to be", () => {
      const network = { databaseDestinations: [{ cidr: "10.40.0.0/24" }] };
      assert.deepEqual(external("db.example.com", network), [
        { to: [{ ipBlock: { cidr: "10.40.0.0/24" } }], ports: tcp(6432) },
        dns,
      ]);
    });

    it("is none, for there is no pod", () => {
      const args: CertctlArgs = { database: { mode: "external", external: { host: "db.example.com" } } };
      assert.ok(
        !instanceTraffic(
          instanceSettings({ ...args, namespace: shared.namespace }, "certctl"),
          shared,
        ).parts.includes("database"),
      );
    });
  });

  describe("lets the server connect to", () => {
    const egress = (server: CertctlArgs["server"], network = {}): unknown => {
      const all = rules({ server, network }, "server").egress as unknown[];
      return all.slice(1).filter((rule) => JSON.stringify(rule) !== JSON.stringify(dns));
    };
    const usual = { to: everyInternetAddress, ports: tcp(443) };
    const smtp = { host: "mail.example.com", fromAddress: "certctl@example.com" };
    const acme = (directoryUrl: string): CertctlArgs["server"] => ({
      issuer: { acme: { directoryUrl, email: "ops@example.com" } },
    });

    it("its mail server, on the port that certctl uses", () => {
      assert.deepEqual(egress({ smtp }), [usual, { ports: tcp(465) }]);
      assert.deepEqual(egress({ smtp: { ...smtp, useTls: false } }), [usual, { ports: tcp(25) }]);
      const relay = { ...smtp, host: "10.0.0.25", port: 2465 };
      assert.deepEqual(egress({ smtp: relay }), [
        usual,
        { to: [{ ipBlock: { cidr: "10.0.0.25/32" } }], ports: tcp(2465) },
      ]);
    });

    it("its ACME server, where that is not one of the internet on port 443", () => {
      assert.deepEqual(egress(acme("https://acme.example.com/directory")), [usual]);
      assert.deepEqual(egress(acme("https://acme.example.com:14000/directory")), [
        usual,
        { ports: tcp(14000) },
      ]);
      const [open] = egress(acme("https://10.0.0.9/directory")) as [unknown];
      assert.deepEqual(open, {
        to: [...everyInternetAddress, { ipBlock: { cidr: "10.0.0.9/32" } }],
        ports: tcp(443),
      });
    });

    it("its step-ca and its webhook, on the ports of their URLs", () => {
      const stepCa = {
        url: "https://step-ca.pki.svc:9000",
        provisioner: "certctl",
        provisionerKey: { secret: "step-ca", key: "key" },
      };
      assert.deepEqual(egress({ issuer: { stepCa } }), [usual, { ports: tcp(9000) }]);
      const webhook = (url: string): CertctlArgs["server"] => ({ notifiers: { webhook: { url } } });
      assert.deepEqual(egress(webhook("https://hooks.example.com/certctl")), [usual]);
      assert.deepEqual(egress(webhook("http://10.0.0.7/certctl")), [
        usual,
        { to: [{ ipBlock: { cidr: "10.0.0.7/32" } }], ports: tcp(80) },
      ]);
    });

    it("the destinations that are named, on HTTPS or their own ports", () => {
      const serverDestinations = [
        { cidr: "10.20.0.0/16", except: ["10.20.4.0/24"], ports: [8200, 636] },
        { podLabels: { app: "ca" } },
      ];
      assert.deepEqual(egress({}, { serverDestinations }), [
        { to: [...everyInternetAddress, { podSelector: { matchLabels: { app: "ca" } } }], ports: tcp(443) },
        { to: [{ ipBlock: { cidr: "10.20.0.0/16", except: ["10.20.4.0/24"] } }], ports: tcp(8200, 636) },
      ]);
    });
  });

  it("lets in the callers that are named, and nobody for an empty list", () => {
    const ingress = (serverCallers: NonNullable<CertctlArgs["network"]>["serverCallers"]): unknown =>
      rules({ agents: { enabled: false }, network: { serverCallers } }, "server").ingress;
    assert.deepEqual(ingress([]), [{ from: [pods("provisioning")], ports: tcp(8443) }]);
    const controller = {
      namespaceLabels: { "kubernetes.io/metadata.name": "ingress-nginx" },
      podLabels: { app: "nginx" },
    };
    const selected = { ...namespace("ingress-nginx"), podSelector: { matchLabels: { app: "nginx" } } };
    assert.deepEqual(ingress([controller]), [{ from: [pods("provisioning"), selected], ports: tcp(8443) }]);
    assert.deepEqual(ingress([{ ...controller, ports: [80] }]), [
      { from: [pods("provisioning")], ports: tcp(8443) },
      { from: [selected], ports: tcp(80) },
    ]);
  });

  describe("of the server lets in who follows from other arguments:", () => {
    const callers = (args: CertctlArgs): unknown => {
      const [{ from }] = rules({ agents: { enabled: false }, ...args }, "server").ingress as [
        { from: unknown[] },
      ];
      return from.slice(1);
    };
    const hosts = ["certctl.example.com"];
    const labelled = (labels: Record<string, string>): object => ({ podSelector: { matchLabels: labels } });
    const name = (value: string): Record<string, string> => ({ "app.kubernetes.io/name": value });

    it("the pods of the Ingress' controller, where its own instructions put them", () => {
      const of = (controller: "nginx" | "traefik"): unknown =>
        callers({ exposure: { mode: "ingress", ingress: { controller, hosts } } });
      const nginx = { ...name("ingress-nginx"), "app.kubernetes.io/component": "controller" };
      assert.deepEqual(of("nginx"), [{ ...namespace("ingress-nginx"), ...labelled(nginx) }]);
      assert.deepEqual(callers({ exposure: { mode: "ingress", ingress: { hosts } } }), of("nginx"));
      assert.deepEqual(of("traefik"), [{ ...namespace("traefik"), ...labelled(name("traefik")) }]);
    });

    it("the pods or addresses that are named instead", () => {
      const named = [
        { namespaceLabels: { "kubernetes.io/metadata.name": "edge" }, podLabels: { app: "nginx" } },
      ];
      assert.deepEqual(callers({ exposure: { mode: "ingress", ingress: { hosts, callers: named } } }), [
        { ...namespace("edge"), ...labelled({ app: "nginx" }) },
      ]);
      const subnets = [{ cidr: "10.20.1.0/24" }, { cidr: "10.20.2.0/24" }];
      assert.deepEqual(
        callers({ exposure: { mode: "ingress", ingress: { controller: "alb", hosts, callers: subnets } } }),
        [{ ipBlock: { cidr: "10.20.1.0/24" } }, { ipBlock: { cidr: "10.20.2.0/24" } }],
      );
    });

    it("the pods of each Gateway, as GEP-1762 labels them, or those that are named", () => {
      const listener = { gateway: "public", namespace: "gateways" };
      const gateway = { listener, hosts, passthrough: { listener, hosts: ["enroll.example.com"] } };
      const pods = (of: string): object => labelled({ "gateway.networking.k8s.io/gateway-name": of });
      const from = (
        settings: Partial<typeof gateway> & { callers?: { podLabels: Record<string, string> }[] },
      ): unknown => callers({ exposure: { mode: "gateway", gateway: { ...gateway, ...settings } } });
      assert.deepEqual(from({}), [{ ...namespace("gateways"), ...pods("public") }]);
      const other = { listener: { gateway: "raw", namespace: "gateways" }, hosts: ["enroll.example.com"] };
      assert.deepEqual(
        from({ passthrough: other }),
        ["public", "raw"].map((of) => ({ ...namespace("gateways"), ...pods(of) })),
      );
      assert.deepEqual(
        callers({ exposure: { mode: "gateway", gateway: { listener: { gateway: "own" }, hosts } } }),
        [pods("own")],
      );
      assert.deepEqual(from({ callers: [{ podLabels: { app: "envoy" } }] }), [labelled({ app: "envoy" })]);
    });

    it("Prometheus with monitoring, as its operator labels it, or as it is named", () => {
      assert.deepEqual(callers({ monitoring: { enabled: true } }), [
        { ...namespace("monitoring"), ...labelled(name("prometheus")) },
      ]);
      assert.deepEqual(callers({ monitoring: { enabled: true, scrapers: [{ cidr: "10.9.0.0/16" }] } }), [
        { ipBlock: { cidr: "10.9.0.0/16" } },
      ]);
      assert.deepEqual(callers({ monitoring: { scrapers: [{ cidr: "10.9.0.0/16" }] } }), []);
    });

    it("the networks that a load balancer admits, where nodes keep callers' addresses", () => {
      const service = { type: "LoadBalancer" as const, sourceRanges: ["192.0.2.0/24"] };
      const last = (more: object): unknown =>
        (rules({ server: { service: { ...service, ...more } } }, "server").ingress as unknown[]).at(-1);
      const kept = last({ externalTrafficPolicy: "Local" }) as { from: unknown[] };
      assert.deepEqual(kept.from.at(-1), { ipBlock: { cidr: "192.0.2.0/24" } });
      assert.deepEqual(last({}), { ports: tcp(8443) });
      assert.deepEqual(last({ externalTrafficPolicy: "Local", sourceRanges: undefined }), {
        ports: tcp(8443),
      });
    });
  });

  it("keeps a NodePort or LoadBalancer reachable for everybody, and a ClusterIP not", () => {
    for (const type of ["NodePort", "LoadBalancer"] as const) {
      assert.deepEqual((rules({ server: { service: { type } } }, "server").ingress as unknown[]).at(-1), {
        ports: tcp(8443),
      });
    }
    assert.deepEqual(rules({ server: { service: { type: "ClusterIP" } } }, "server"), rules({}, "server"));
  });

  it("asks the DNS servers that are named, over UDP and TCP", () => {
    const egress = rules(
      { network: { dns: [{ cidr: "169.254.20.10/32" }, { podLabels: { dns: "own" }, ports: [5353] }] } },
      "provisioning",
    ).egress;
    const ports = (port: number): object[] => ["UDP", "TCP"].map((protocol) => ({ protocol, port }));
    assert.deepEqual((egress as unknown[]).slice(1), [
      { to: [{ ipBlock: { cidr: "169.254.20.10/32" } }], ports: ports(53) },
      { to: [{ podSelector: { matchLabels: { dns: "own" } } }], ports: ports(5353) },
    ]);
  });

  it("of a backup reaches the database, which lets it in, and that of a drill reaches nobody", () => {
    const args = { backup: { enabled: true } };
    assert.deepEqual(rules(args, "backup"), {
      ingress: [],
      egress: [{ to: [pods("database")], ports: tcp(5432) }, dns],
    });
    assert.deepEqual(rules(args, "drill"), { ingress: [], egress: [] });
    const callers = ["migration", "server", "backup", "restore"] as const;
    assert.deepEqual(rules(args, "database").ingress, [{ from: callers.map(pods), ports: tcp(5432) }]);
    assert.deepEqual(
      instanceTraffic(
        instanceSettings({ backup: { enabled: true, drill: { enabled: false } } }, "certctl"),
        shared,
      ).parts.includes("drill"),
      false,
    );
  });
});
