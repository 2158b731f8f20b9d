import assert from "node:assert/strict";
import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { placeholder } from "../../src/checks/placeholders";
import { serverDnsNames } from "../../src/tls/dns-names";
import { manifestOf } from "../support/pods";

interface ServiceMonitor {
  selector: { matchLabels: Record<string, string> };
  endpoints: {
    port: string;
    scheme: string;
    path: string;
    authorization: { type: string; credentials: { name: string; key: string } };
    tlsConfig: { ca?: object; serverName: string };
  }[];
}

const enabled = { monitoring: { enabled: true } };

async function scrape(args: CertctlArgs = {}) {
  const manifests = await renderArgs({ ...placeholderArgs({}), ...enabled, ...args });
  const spec = manifestOf(manifests, "ServiceMonitor", "certctl-monitoring").spec as ServiceMonitor;
  const [endpoint] = spec.endpoints;
  assert.ok(endpoint);
  return { manifests, spec, endpoint };
}

describe("the ServiceMonitor", () => {
  it("selects the server's Service and its port, and no other Service", async () => {
    const { manifests, spec, endpoint } = await scrape();
    const selected = manifests.filter(
      ({ kind, metadata }) =>
        kind === "Service" &&
        Object.entries(spec.selector.matchLabels).every(
          ([key, value]) => (metadata.labels as Record<string, string>)[key] === value,
        ),
    );
    assert.deepEqual(
      selected.map(({ metadata }) => metadata.name),
      ["certctl-server"],
    );
    const { ports } = selected[0]?.spec as { ports: { name: string }[] };
    assert.ok(ports.some(({ name }) => name === endpoint.port));
  });

  it("reads the metrics key from the Secret that the server reads it from", async () => {
    const { manifests, endpoint } = await scrape();
    assert.deepEqual(endpoint.authorization, {
      type: "Bearer",
      credentials: { name: "certctl-api-keys", key: "metrics" },
    });
    const secret = manifestOf(manifests, "Secret", "certctl-api-keys");
    assert.equal((secret.stringData as Record<string, string>).metrics, placeholder("apiKeys.metrics"));
    const existing = await scrape({ apiKeys: undefined, existingSecrets: { apiKeys: "vault-api-keys" } });
    assert.deepEqual(existing.endpoint.authorization.credentials, { name: "vault-api-keys", key: "metrics" });
  });

  it("verifies the certificate for a name that it has, with the CA that agents trust", async () => {
    const { endpoint } = await scrape({
      namespace: "pki",
      tls: { mode: "existingSecret", existingSecret: { name: "certctl-tls" }, trust: { mode: "tlsSecret" } },
    });
    assert.ok(serverDnsNames("certctl", "pki").includes(endpoint.tlsConfig.serverName));
    assert.deepEqual(endpoint.tlsConfig.ca, { secret: { name: "certctl-tls", key: "ca.crt" } });
    const configMap = await scrape({
      tls: { trust: { mode: "configMap", configMap: { name: "company-cas", key: "bundle.pem" } } },
    });
    assert.deepEqual(configMap.endpoint.tlsConfig.ca, {
      configMap: { name: "company-cas", key: "bundle.pem" },
    });
    const publicCa = await scrape({ tls: { trust: { mode: "systemRoots" } } });
    assert.equal(publicCa.endpoint.tlsConfig.ca, undefined);
  });

  it("goes on with the metrics key of before while it is being replaced", async () => {
    const previous = { previousApiKeys: { metrics: placeholder("previousApiKeys.metrics") } };
    const { manifests } = await scrape(previous);
    const server = manifestOf(manifests, "Deployment", "certctl-server");
    assert.match(
      JSON.stringify(server),
      /metrics:\$\(API_KEY_METRICS\),metrics:\$\(API_KEY_PREVIOUS_METRICS\)/,
    );
  });

  it("is there only when monitoring is on", async () => {
    const manifests = await renderArgs(placeholderArgs({}));
    assert.ok(
      !manifests.some(
        ({ kind, metadata }) => kind === "ServiceMonitor" || metadata.name.includes("monitoring"),
      ),
    );
  });
});
