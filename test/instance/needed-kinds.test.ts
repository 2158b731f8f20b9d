import assert from "node:assert/strict";
import type { CertctlArgs } from "../../src/certctl-args";
import { instanceSettings } from "../../src/instance/instance-settings";
import { neededKinds } from "../../src/instance/needed-kinds";

const hosts = ["certctl.example.com"];
const needed = (args: CertctlArgs): string[] =>
  neededKinds(instanceSettings(args, "certctl")).map(
    ({ definition, feature }) => `${definition}: ${feature}`,
  );

describe("an instance needs kinds of other products", () => {
  it("none by default, and none for nginx", () => {
    assert.deepEqual(needed({}), []);
    assert.deepEqual(needed({ exposure: { mode: "ingress", ingress: { hosts } } }), []);
  });

  it("of Traefik, cert-manager and the Gateway API, each for what asks for it", () => {
    const ingress = { controller: "traefik", hosts, certManager: { issuerRef: { name: "a" } } } as const;
    const tls = { mode: "certManager", certManager: { issuerRef: { name: "private-ca" } } } as const;
    assert.deepEqual(needed({ tls, exposure: { mode: "ingress", ingress } }), [
      "certificates.cert-manager.io: tls.mode certManager",
      "certificates.cert-manager.io: exposure.ingress.certManager",
      "serverstransports.traefik.io: exposure.ingress.controller traefik",
    ]);
    const listener = { gateway: "public" };
    assert.deepEqual(
      needed({
        exposure: { mode: "gateway", gateway: { listener, hosts, passthrough: { listener, hosts } } },
      }),
      [
        "httproutes.gateway.networking.k8s.io: exposure.mode gateway",
        "backendtlspolicies.gateway.networking.k8s.io: exposure.mode gateway",
        "tlsroutes.gateway.networking.k8s.io: exposure.gateway.passthrough",
      ],
    );
  });

  it("of the Prometheus Operator for what it is told, and none for the dashboard", () => {
    const off = { enabled: false };
    const scrape = "servicemonitors.monitoring.coreos.com: monitoring.serviceMonitor";
    const rules = "prometheusrules.monitoring.coreos.com: monitoring.rules";
    assert.deepEqual(needed({ monitoring: { enabled: true } }), [scrape, rules]);
    assert.deepEqual(needed({ monitoring: { enabled: true, rules: off } }), [scrape]);
    assert.deepEqual(needed({ monitoring: { enabled: true, serviceMonitor: off } }), [rules]);
    assert.deepEqual(needed({ monitoring: { enabled: true, serviceMonitor: off, rules: off } }), []);
    assert.deepEqual(needed({ monitoring: { serviceMonitor: { enabled: true } } }), []);
    const sqlExporter = { enabled: true };
    assert.deepEqual(needed({ monitoring: { enabled: true, sqlExporter } }), [scrape, rules]);
    assert.deepEqual(
      needed({ monitoring: { enabled: true, sqlExporter, serviceMonitor: off, rules: off } }),
      [],
    );
  });
});
