import assert from "node:assert/strict";
import type { types } from "@pulumi/kubernetes";
import type { Manifest } from "../../scripts/render/capture";
import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import type { ExposureSettings } from "../../src/exposure/exposure-args";
import { manifestOf } from "../support/pods";

const hosts = ["certctl.example.com"];
const render = (exposure: ExposureSettings, args: CertctlArgs = {}): Promise<Manifest[]> =>
  renderArgs({ ...placeholderArgs({}), ...args, exposure });
const ingressOf = (manifests: Manifest[]) =>
  manifestOf(manifests, "Ingress", "certctl-exposure") as unknown as types.output.networking.v1.Ingress;
const annotationsOf = (manifests: Manifest[]) => ingressOf(manifests).metadata.annotations;
const serviceAnnotations = (manifests: Manifest[]) =>
  manifestOf(manifests, "Service", "certctl-server").metadata.annotations;
const privateCa = { mode: "certManager", certManager: { issuerRef: { name: "private-ca" } } } as const;
const withoutCa = {
  tls: privateCa,
  tlsCaCertificate: undefined,
  tlsCertificate: undefined,
  tlsPrivateKey: undefined,
};

describe("an Ingress", () => {
  it("leads every path of its hosts to the server's Service, with a certificate for them", async () => {
    const { spec } = ingressOf(
      await render({ mode: "ingress", ingress: { className: "public", hosts, tlsSecret: "certctl-public" } }),
    );
    const backend = { service: { name: "certctl-server", port: { number: 8443 } } };
    assert.deepEqual(spec, {
      ingressClassName: "public",
      rules: [{ host: "certctl.example.com", http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }],
      tls: [{ hosts, secretName: "certctl-public" }],
    });
  });

  it("tells nginx to speak HTTPS and TLS 1.3, and to verify the server by its Service name and CA", async () => {
    const manifests = await render({ mode: "ingress", ingress: { hosts } });
    const prefix = "nginx.ingress.kubernetes.io/";
    assert.deepEqual(annotationsOf(manifests), {
      [`${prefix}backend-protocol`]: "HTTPS",
      [`${prefix}proxy-body-size`]: "1048576",
      [`${prefix}proxy-ssl-secret`]: "certctl/certctl-exposure-ca",
      [`${prefix}proxy-ssl-verify`]: "on",
      [`${prefix}proxy-ssl-verify-depth`]: "3",
      [`${prefix}proxy-ssl-name`]: "certctl-server.certctl.svc",
      [`${prefix}proxy-ssl-server-name`]: "on",
      [`${prefix}proxy-ssl-protocols`]: "TLSv1.3",
      "pulumi.com/skipAwait": "true",
    });
    const ca = manifestOf(manifests, "Secret", "certctl-exposure-ca") as unknown as {
      stringData: Record<string, string>;
    };
    assert.deepEqual(Object.keys(ca.stringData), ["ca.crt"]);
  });

  it("lets nginx verify by the ca.crt of the TLS Secret where cert-manager writes it", async () => {
    const manifests = await render({ mode: "ingress", ingress: { hosts } }, withoutCa);
    assert.equal(
      annotationsOf(manifests)["nginx.ingress.kubernetes.io/proxy-ssl-secret"],
      "certctl/certctl-tls",
    );
  });

  it("tells Traefik through the Service, and a ServersTransport with name and CA", async () => {
    const manifests = await render({ mode: "ingress", ingress: { controller: "traefik", hosts } });
    const annotations = serviceAnnotations(manifests) as Record<string, string>;
    assert.equal(annotations["traefik.ingress.kubernetes.io/service.serversscheme"], "https");
    assert.equal(
      annotations["traefik.ingress.kubernetes.io/service.serverstransport"],
      "certctl-certctl-exposure@kubernetescrd",
    );
    assert.deepEqual(manifestOf(manifests, "ServersTransport", "certctl-exposure").spec, {
      serverName: "certctl-server.certctl.svc",
      rootCAsSecrets: ["certctl-exposure-ca"],
    });
  });

  it("tells an ALB to speak HTTPS to the pods, and TLS 1.3 by its policy; it is internal and takes no Secret", async () => {
    const manifests = await render({
      mode: "ingress",
      ingress: { controller: "alb", hosts, callers: [{ cidr: "10.20.0.0/16" }] },
    });
    const prefix = "alb.ingress.kubernetes.io/";
    assert.deepEqual(annotationsOf(manifests), {
      [`${prefix}scheme`]: "internal",
      [`${prefix}target-type`]: "ip",
      [`${prefix}backend-protocol`]: "HTTPS",
      [`${prefix}healthcheck-protocol`]: "HTTPS",
      [`${prefix}healthcheck-path`]: "/ready",
      [`${prefix}listen-ports`]: '[{"HTTPS":443}]',
      [`${prefix}ssl-policy`]: "ELBSecurityPolicy-TLS13-1-2-2021-06",
      "pulumi.com/skipAwait": "true",
    });
    assert.equal(ingressOf(manifests).spec.tls, undefined);
  });

  for (const [issuerRef, expected] of [
    [{ name: "letsencrypt" }, { "cert-manager.io/cluster-issuer": "letsencrypt" }],
    [{ name: "team", kind: "Issuer" }, { "cert-manager.io/issuer": "team" }],
    [
      { name: "pca", kind: "AWSPCAClusterIssuer", group: "awspca.cert-manager.io" },
      {
        "cert-manager.io/issuer": "pca",
        "cert-manager.io/issuer-kind": "AWSPCAClusterIssuer",
        "cert-manager.io/issuer-group": "awspca.cert-manager.io",
      },
    ],
  ] as const) {
    it(`asks cert-manager for a certificate of ${issuerRef.name}, in a Secret of its own`, async () => {
      const manifests = await render({ mode: "ingress", ingress: { hosts, certManager: { issuerRef } } });
      const annotations = Object.entries(annotationsOf(manifests)).filter(([key]) =>
        key.startsWith("cert-manager.io/"),
      );
      assert.deepEqual(Object.fromEntries(annotations), expected);
      assert.deepEqual(ingressOf(manifests).spec.tls, [{ hosts, secretName: "certctl-exposure-tls" }]);
    });
  }
});

describe("routes of the Gateway API", () => {
  const gateway = {
    listener: { gateway: "public", namespace: "gateways", name: "https" },
    hosts,
    passthrough: {
      listener: { gateway: "public", namespace: "gateways", name: "tls" },
      hosts: ["enroll.example.com"],
    },
  };
  const extraDnsNames = ["enroll.example.com"];
  const backendRefs = [{ name: "certctl-server", port: 8443 }];

  it("lead what the Gateway decrypts, and what it passes through, to the server", async () => {
    const manifests = await render({ mode: "gateway", gateway }, { tls: { extraDnsNames } });
    assert.deepEqual(manifestOf(manifests, "HTTPRoute", "certctl-exposure").spec, {
      parentRefs: [{ name: "public", namespace: "gateways", sectionName: "https" }],
      hostnames: hosts,
      rules: [{ backendRefs }],
    });
    assert.deepEqual(manifestOf(manifests, "TLSRoute", "certctl-exposure-passthrough").spec, {
      parentRefs: [{ name: "public", namespace: "gateways", sectionName: "tls" }],
      hostnames: ["enroll.example.com"],
      rules: [{ backendRefs }],
    });
  });

  it("come with a policy that makes the Gateway verify the server by its CA", async () => {
    const manifests = await render({ mode: "gateway", gateway: { ...gateway, passthrough: undefined } });
    const bundle = manifests.find(
      ({ kind, metadata }) => kind === "ConfigMap" && metadata.name.startsWith("certctl-tls-ca-"),
    );
    assert.deepEqual(manifestOf(manifests, "BackendTLSPolicy", "certctl-exposure").spec, {
      targetRefs: [{ group: "", kind: "Service", name: "certctl-server", sectionName: "https" }],
      validation: {
        hostname: "certctl-server.certctl.svc",
        caCertificateRefs: [{ group: "", kind: "ConfigMap", name: bundle?.metadata.name }],
      },
    });
    assert.ok(!manifests.some(({ kind }) => kind === "TLSRoute"));
  });

  it("verify by the roots of the system, or the TLS Secret, where clients do", async () => {
    const validation = async (args: CertctlArgs) => {
      const { spec } = manifestOf(
        await render({ mode: "gateway", gateway: { ...gateway, passthrough: undefined } }, args),
        "BackendTLSPolicy",
        "certctl-exposure",
      );
      return (spec as { validation: Record<string, unknown> }).validation;
    };
    const systemRoots = await validation({
      ...withoutCa,
      tls: { ...privateCa, trust: { mode: "systemRoots" } },
    });
    assert.deepEqual(systemRoots, {
      hostname: "certctl-server.certctl.svc",
      wellKnownCACertificates: "System",
    });
    const { caCertificateRefs } = await validation(withoutCa);
    assert.deepEqual(caCertificateRefs, [{ group: "", kind: "Secret", name: "certctl-tls" }]);
  });
});
