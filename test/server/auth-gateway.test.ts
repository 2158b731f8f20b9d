import assert from "node:assert/strict";
import type { types } from "@pulumi/kubernetes";
import type { Manifest } from "../../scripts/render/capture";
import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";
import { manifestOf } from "../support/pods";

type Container = types.output.core.v1.Container;

describe("an authenticating gateway", () => {
  let manifests: Manifest[];
  let containers: Container[];

  before(async () => {
    const gateway = {
      image: "registry.example.com/gateway:1",
      envFromSecrets: { COOKIE_SECRET: { name: "gateway", key: "cookie" } },
      mounts: [{ mountPath: "/etc/gateway", secret: "gateway", ownerOnly: true }],
    };
    const previousApiKeys = { fleet: "f".repeat(40) };
    manifests = await renderArgs({
      ...placeholderArgs({}),
      previousApiKeys,
      server: { auth: { type: "none", gateway } },
    });
    const { template } = manifestOf(manifests, "Deployment", "certctl-server")
      .spec as types.output.apps.v1.DeploymentSpec;
    containers = [...template.spec.containers, ...template.spec.initContainers];
  });

  const named = (name: string): Container => containers.find((one) => one.name === name) as Container;

  it("is where the Service leads, and the server is not", () => {
    const { ports } = manifestOf(manifests, "Service", "certctl-server")
      .spec as types.output.core.v1.ServiceSpec;
    assert.deepEqual(
      ports.map(({ port, targetPort }) => [port, targetPort]),
      [[8443, "https"]],
    );
    assert.deepEqual(named("gateway").ports, [{ name: "https", containerPort: 8443 }]);
    assert.ok(!("ports" in named("server")));
  });

  it("is told where it listens, and where certctl does", () => {
    const plain = named("gateway").env.filter(({ value }) => value);
    assert.deepEqual(Object.fromEntries(plain.map(({ name, value }) => [name, value])), {
      CERTCTL_UPSTREAM: "https://127.0.0.1:8444",
      CERTCTL_UPSTREAM_NAME: "certctl-server.certctl.svc",
      GATEWAY_PORT: "8443",
    });
  });

  it("reads every key of the instance from its Secret, and those that are being replaced", () => {
    const secret = named("gateway").env.flatMap(({ name, valueFrom }) => {
      const source = valueFrom as { secretKeyRef?: { name: string; key: string } } | undefined;
      return source?.secretKeyRef ? [[name, `${source.secretKeyRef.name}/${source.secretKeyRef.key}`]] : [];
    });
    assert.deepEqual(Object.fromEntries(secret), {
      API_KEY_ADMIN: "certctl-api-keys/admin",
      API_KEY_ENROLL: "certctl-api-keys/enroll",
      API_KEY_FLEET: "certctl-api-keys/fleet",
      API_KEY_METRICS: "certctl-api-keys/metrics",
      API_KEY_PREVIOUS_FLEET: "certctl-api-keys/previous-fleet",
      COOKIE_SECRET: "gateway/cookie",
    });
  });

  it("is given the server's certificate and its own files, and neither the issuing CA nor the database", () => {
    const mounts = named("gateway").volumeMounts.map(({ name, mountPath }) => `${name} ${mountPath}`);
    assert.deepEqual(mounts, [
      "tls /etc/certctl/tls",
      "gateway-files-0-private /etc/gateway",
      "gateway-tmp /tmp",
    ]);
    assert.deepEqual(named("copy-private-gateway-files").args, ["/source/0:/target/0"]);
  });
});
