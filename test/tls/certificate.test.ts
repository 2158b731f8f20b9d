import assert from "node:assert/strict";
import type { types } from "@pulumi/kubernetes";
import type { Manifest } from "../../scripts/render/capture";
import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";
import { certificateResource } from "../../src/tls/certificate";
import type { CertManagerSettings, TlsSettings } from "../../src/tls/tls-args";
import { trustFiles } from "../../src/tls/trust";
import { manifestOf } from "../support/pods";

type PodSpec = types.output.core.v1.PodSpec;

const render = (tls: TlsSettings, namespace = "pki"): Promise<Manifest[]> =>
  renderArgs({
    ...placeholderArgs({}),
    tlsCertificate: undefined,
    tlsPrivateKey: undefined,
    tlsCaCertificate: undefined,
    namespace,
    tls,
  });

describe("the certificate that cert-manager makes", () => {
  const issuerRef = { name: "internal-ca" };
  const specOf = (settings: CertManagerSettings, tls: TlsSettings = {}) =>
    (
      certificateResource({ name: "certctl-tls" }, tls, settings, ["certctl-server"]) as unknown as {
        spec: Record<string, unknown>;
      }
    ).spec;

  it("holds for the four names of the Service in its namespace, and for further ones", async () => {
    const tls: TlsSettings = {
      mode: "certManager",
      certManager: { issuerRef },
      extraDnsNames: ["certctl.example.com", "*.pki.example.com"],
    };
    const manifests = await render(tls);
    const certificate = manifestOf(manifests, "Certificate", "certctl-tls");
    assert.deepEqual([certificate.apiVersion, certificate.metadata.namespace], ["cert-manager.io/v1", "pki"]);
    const { dnsNames } = certificate.spec as { dnsNames: string[] };
    const service = manifestOf(manifests, "Service", "certctl-server").metadata.name;
    assert.deepEqual(dnsNames, [
      service,
      `${service}.pki`,
      `${service}.pki.svc`,
      `${service}.pki.svc.cluster.local`,
      "certctl.example.com",
      "*.pki.example.com",
    ]);
  });

  it("goes into the Secret that the server mounts, and that nobody else makes", async () => {
    const manifests = await render({ mode: "certManager", certManager: { issuerRef } });
    const { secretName } = manifestOf(manifests, "Certificate", "certctl-tls").spec as { secretName: string };
    assert.equal(
      volumesOf(manifests, "Deployment", "certctl-server").find(({ name }) => name === "tls")?.secret
        .secretName,
      secretName,
    );
    assert.ok(!manifests.some(({ kind, metadata }) => kind === "Secret" && metadata.name === secretName));
  });

  it("has a new ECDSA P-256 key at each renewal, for servers only", () => {
    const { privateKey, usages } = specOf({ issuerRef });
    assert.deepEqual(privateKey, { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" });
    assert.deepEqual(usages, ["digital signature", "server auth"]);
  });

  it("comes from a ClusterIssuer of cert-manager and lives 90 days, unless another is asked for", () => {
    const byDefault = specOf({ issuerRef });
    assert.deepEqual(byDefault.issuerRef, {
      name: "internal-ca",
      kind: "ClusterIssuer",
      group: "cert-manager.io",
    });
    assert.deepEqual([byDefault.duration, byDefault.renewBefore], ["2160h", "360h"]);
    const other = { name: "aws", kind: "AWSPCAClusterIssuer", group: "awspca.cert-manager.io" };
    const given = specOf({ issuerRef: other, duration: "720h", renewBefore: "240h" });
    assert.deepEqual([given.issuerRef, given.duration, given.renewBefore], [other, "720h", "240h"]);
  });
});

describe("what clients of the server trust", () => {
  it("is one file, whatever it is called at its source", () => {
    const mounts = [{ name: "ca-bundle", mountPath: "/etc/certctl/ca-bundle", readOnly: true }];
    const path = "/etc/certctl/ca-bundle/ca.crt";
    const items = (key: string) => [{ key, path: "ca.crt" }];
    assert.deepEqual(trustFiles({ configMap: "cas", key: "bundle.pem" }), {
      volumes: [{ name: "ca-bundle", configMap: { name: "cas", items: items("bundle.pem") } }],
      mounts,
      path,
    });
    assert.deepEqual(trustFiles({ secret: "server-tls", key: "ca.crt" }), {
      volumes: [
        {
          name: "ca-bundle",
          secret: { secretName: "server-tls", defaultMode: 0o440, items: items("ca.crt") },
        },
      ],
      mounts,
      path,
    });
    assert.deepEqual(trustFiles({ systemRoots: true }), { volumes: [], mounts: [] });
  });

  const existing = { mode: "existingSecret", existingSecret: { name: "server-tls" } } as const;
  const sources: Record<string, { tls: TlsSettings; source: unknown }> = {
    "ca.crt of the TLS Secret by default": { tls: existing, source: ["secret", "server-tls"] },
    "ca.crt of cert-manager's Secret": {
      tls: { mode: "certManager", certManager: { issuerRef: { name: "ca" } } },
      source: ["secret", "certctl-tls"],
    },
    "a ConfigMap": {
      tls: { ...existing, trust: { mode: "configMap", configMap: { name: "cas" } } },
      source: ["configMap", "cas"],
    },
    "the image's roots": { tls: { ...existing, trust: { mode: "systemRoots" } }, source: undefined },
  };

  for (const [name, { tls, source }] of Object.entries(sources)) {
    it(`is the same for agents and the provisioning Job: ${name}`, async () => {
      const manifests = await render(tls);
      for (const [kind, workload] of [
        ["StatefulSet", "certctl-agents"] as const,
        ["Job", "certctl-provision"] as const,
      ]) {
        const volume: Partial<types.output.core.v1.Volume> | undefined = volumesOf(
          manifests,
          kind,
          workload,
        ).find(({ name }) => name === "ca-bundle");
        const found = volume?.secret
          ? ["secret", volume.secret.secretName]
          : volume && ["configMap", volume.configMap?.name];
        assert.deepEqual(found, source, workload);
        assert.deepEqual(
          (volume?.secret ?? volume?.configMap)?.items,
          source && [{ key: "ca.crt", path: "ca.crt" }],
        );
      }
    });
  }

  it("is the ConfigMap for agents too when a CA certificate is given besides", async () => {
    const tls: TlsSettings = { ...existing, trust: { mode: "configMap", configMap: { name: "cas" } } };
    const manifests = await renderArgs({
      ...placeholderArgs({}),
      tls,
      tlsCaCertificate: "<secret certctl:tlsCaCertificate>",
    });
    assert.equal(
      volumesOf(manifests, "StatefulSet", "certctl-agents").find(({ name }) => name === "ca-bundle")
        ?.configMap.name,
      "cas",
    );
  });
});

function volumesOf(manifests: Manifest[], kind: string, workload: string): types.output.core.v1.Volume[] {
  return (manifestOf(manifests, kind, workload).spec as { template: { spec: PodSpec } }).template.spec
    .volumes;
}
