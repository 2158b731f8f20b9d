import assert from "node:assert/strict";
import type { types } from "@pulumi/kubernetes";
import type { Manifest } from "../../scripts/render/capture";
import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";
import type { AgentSettings } from "../../src/agents/agents-args";
import type { CertctlArgs } from "../../src/certctl-args";
import { placeholder } from "../../src/checks/placeholders";
import { manifestOf } from "../support/pods";

type Container = types.output.core.v1.Container;
type PodSpec = types.output.core.v1.PodSpec;

const agentsOf = (manifests: Manifest[], kind = "StatefulSet"): Manifest =>
  manifestOf(manifests, kind, "certctl-agents");

const render = (args: CertctlArgs): Promise<Manifest[]> => renderArgs({ ...placeholderArgs({}), ...args });

function podOf(workload: Manifest): PodSpec {
  return (workload.spec as { template: { spec: PodSpec } }).template.spec;
}

function containerOf(workload: Manifest, name: string): Container {
  const pod = podOf(workload);
  const found = [...pod.initContainers, ...pod.containers].find((container) => container.name === name);
  assert.ok(found, `no container ${name}`);
  return found;
}

function environmentOf(container: Container): Record<string, string> {
  return Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
}

function mountsOf(container: Container): Record<string, string> {
  return Object.fromEntries(container.volumeMounts.map(({ mountPath, name }) => [mountPath, name]));
}

describe("agents on claims", () => {
  let manifests: Manifest[];
  let workload: Manifest;
  let spec: types.output.apps.v1.StatefulSetSpec;

  before(async () => {
    manifests = await render({ agents: { replicas: 2, storage: { size: "128Mi", storageClass: "fast" } } });
    workload = agentsOf(manifests);
    spec = workload.spec as types.output.apps.v1.StatefulSetSpec;
  });

  it("keep their keys one level below the mount of their claim, where the agent can make the directory private", () => {
    const agent = containerOf(workload, "agent");
    assert.equal(mountsOf(agent)["/var/lib/certctl"], "state");
    assert.equal(environmentOf(agent).CERTCTL_KEY_DIR, "/var/lib/certctl/keys");
    for (const { name } of [...podOf(workload).containers, ...podOf(workload).initContainers]) {
      assert.ok(!Object.keys(mountsOf(containerOf(workload, name))).includes("/var/lib/certctl/keys"), name);
    }
  });

  it("write their identity where the init container wrote it", () => {
    assert.equal(mountsOf(containerOf(workload, "enroll"))["/var/lib/certctl"], "state");
    assert.equal(
      environmentOf(containerOf(workload, "enroll")).AGENT_HOME,
      environmentOf(containerOf(workload, "agent")).AGENT_HOME,
    );
  });

  it("leave their claims behind when they are deleted or scaled down", () => {
    assert.deepEqual(spec.persistentVolumeClaimRetentionPolicy, {
      whenDeleted: "Retain",
      whenScaled: "Retain",
    });
    const [claim] = spec.volumeClaimTemplates;
    assert.equal(claim?.metadata.name, "state");
    assert.deepEqual(claim.spec, {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "128Mi" } },
      storageClassName: "fast",
    });
  });

  it("are named after their pod, so that a claim keeps its agent", () => {
    for (const [container, variable] of [
      ["enroll", "AGENT_NAME"] as const,
      ["agent", "CERTCTL_AGENT_NAME"] as const,
    ]) {
      const source = containerOf(workload, container).env.find(({ name }) => name === variable);
      assert.equal(source?.valueFrom.fieldRef.fieldPath, "metadata.name");
    }
  });

  it("run as certctl's user, whose group owns the claim", () => {
    const { runAsUser, runAsGroup, fsGroup, fsGroupChangePolicy } = podOf(workload).securityContext;
    assert.deepEqual(
      [runAsUser, runAsGroup, fsGroup, fsGroupChangePolicy],
      [1000, 1000, 1000, "OnRootMismatch"],
    );
  });
});

describe("the keys of agents", () => {
  for (const kind of ["StatefulSet", "DaemonSet"] as const) {
    it(`give the ${kind}'s init container the right to enroll, its agent the fleet key, and nobody the admin key`, async () => {
      const manifests = await render({ agents: { kind }, tlsCaCertificate: placeholder("tlsCaCertificate") });
      const workload = agentsOf(manifests, kind);
      const enrollKey = podOf(workload).volumes.find(({ name }) => name === "enroll-key");
      assert.deepEqual(enrollKey?.secret.items, [{ key: "enroll", path: "enroll" }]);
      const readers = [...podOf(workload).initContainers, ...podOf(workload).containers].filter(
        ({ volumeMounts }) => volumeMounts.some(({ name }) => name === "enroll-key"),
      );
      assert.deepEqual(
        readers.map(({ name }) => name),
        ["enroll"],
      );
      const secrets = (name: string) =>
        containerOf(workload, name).env.flatMap(({ valueFrom }: Partial<{ valueFrom: unknown }>) =>
          keyOf(valueFrom),
        );
      assert.deepEqual(secrets("enroll"), []);
      assert.deepEqual(secrets("agent"), ["fleet"]);
      assert.ok(!JSON.stringify(workload).includes("admin"));
      assert.deepEqual(
        Object.keys(manifestOf(manifests, "Secret", "certctl-agents-keys").stringData as object),
        ["enroll", "fleet"],
      );
    });
  }
});

describe("what agents trust", () => {
  const tls = { mode: "existingSecret", existingSecret: { name: "server-tls" } } as const;
  const caOnly = [{ key: "ca.crt", path: "ca.crt" }];
  const modes: Record<string, { args: CertctlArgs; source: RegExp; items: unknown }> = {
    caCertificate: {
      args: { tlsCaCertificate: placeholder("tlsCaCertificate") },
      source: /^configMap certctl-agents-ca-[0-9a-f]{8}$/,
      items: caOnly,
    },
    tlsSecret: {
      args: { tls: { ...tls, trust: { mode: "tlsSecret" } } },
      source: /^secret server-tls$/,
      items: caOnly,
    },
    configMap: {
      args: {
        tls: { ...tls, trust: { mode: "configMap", configMap: { name: "company-cas", key: "bundle.pem" } } },
      },
      source: /^configMap company-cas$/,
      items: [{ key: "bundle.pem", path: "ca.crt" }],
    },
  };

  for (const [mode, { args, source, items }] of Object.entries(modes)) {
    it(`is the CA certificates alone, never the server's private key: ${mode}`, async () => {
      const workload = agentsOf(await render(args));
      const volume: Partial<types.output.core.v1.Volume> | undefined = podOf(workload).volumes.find(
        ({ name }) => name === "ca-bundle",
      );
      assert.match(
        volume?.secret ? `secret ${volume.secret.secretName}` : `configMap ${volume?.configMap?.name ?? ""}`,
        source,
      );
      assert.deepEqual((volume?.secret ?? volume?.configMap)?.items, items);
      for (const name of ["enroll", "agent"]) {
        const container = containerOf(workload, name);
        assert.equal(mountsOf(container)["/etc/certctl/ca-bundle"], "ca-bundle");
        assert.equal(environmentOf(container).CERTCTL_SERVER_CA_BUNDLE_PATH, "/etc/certctl/ca-bundle/ca.crt");
      }
      onlyKnownKeys(workload);
    });
  }

  it("is the image's roots with systemRoots, without a volume and without a path", async () => {
    const workload = agentsOf(await render({ tls: { ...tls, trust: { mode: "systemRoots" } } }));
    assert.ok(!podOf(workload).volumes.some(({ name }) => name === "ca-bundle"));
    assert.ok(!JSON.stringify(workload).includes("CERTCTL_SERVER_CA_BUNDLE_PATH"));
    onlyKnownKeys(workload);
  });

  /** A Secret's volume without a list of keys would hold all of them. */
  function onlyKnownKeys(workload: Manifest): void {
    for (const { name, secret } of podOf(workload).volumes as {
      name: string;
      secret?: { items?: unknown[] };
    }[]) {
      assert.ok(!secret || secret.items?.length === 1, name);
    }
    assert.ok(!JSON.stringify(workload).includes("tls.key"));
  }
});

describe("agents on nodes", () => {
  const settings: AgentSettings = {
    kind: "DaemonSet",
    node: { stateDirectory: "/srv/agent", discoveryDirectories: ["/etc/ssl", "/etc/kubernetes/pki"] },
    discoveryDirectories: ["/usr/share/ca-certificates"],
  };
  let workload: Manifest;

  before(async () => {
    workload = agentsOf(
      await render({ agents: settings, tlsCaCertificate: placeholder("tlsCaCertificate") }),
      "DaemonSet",
    );
  });

  it("scan the node's directories, mounted read-only below /host", () => {
    const agent = containerOf(workload, "agent");
    assert.equal(
      environmentOf(agent).CERTCTL_DISCOVERY_DIRS,
      "/host/etc/ssl,/host/etc/kubernetes/pki,/usr/share/ca-certificates",
    );
    const scanned = agent.volumeMounts.filter(({ name }) => name.startsWith("host-"));
    assert.deepEqual(
      scanned.map(({ name, mountPath, readOnly }) => [
        podOf(workload).volumes.find((volume) => volume.name === name)?.hostPath,
        mountPath,
        readOnly,
      ]),
      [
        [{ path: "/etc/ssl", type: "Directory" }, "/host/etc/ssl", true],
        [{ path: "/etc/kubernetes/pki", type: "Directory" }, "/host/etc/kubernetes/pki", true],
      ],
    );
  });

  it("write to one directory of the node only, that of their state", () => {
    const hostPaths = podOf(workload).volumes.filter((volume) => "hostPath" in volume);
    const writable = [...podOf(workload).initContainers, ...podOf(workload).containers]
      .flatMap(({ volumeMounts }) => volumeMounts)
      .filter(
        ({ name, readOnly }: { name: string; readOnly?: boolean }) =>
          hostPaths.some((volume) => volume.name === name) && readOnly !== true,
      );
    assert.deepEqual([...new Set(writable.map(({ name }) => name))], ["state"]);
    assert.deepEqual(hostPaths.find(({ name }) => name === "state")?.hostPath, {
      path: "/srv/agent",
      type: "DirectoryOrCreate",
    });
  });

  it("need root in one container alone, which can change owners and nothing else", () => {
    const { initContainers, containers, securityContext } = podOf(workload);
    const roots = [...initContainers, ...containers].filter(({ securityContext: own }) =>
      JSON.stringify(own).includes("runAs"),
    );
    assert.deepEqual(
      roots.map(({ name }) => name),
      ["own-state"],
    );
    assert.deepEqual(roots[0]?.securityContext, {
      runAsUser: 0,
      runAsNonRoot: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"], add: ["CHOWN"] },
    });
    assert.deepEqual([securityContext.runAsUser, securityContext.runAsNonRoot], [1000, true]);
    assert.deepEqual(
      initContainers.map(({ name }) => name),
      ["own-state", "enroll"],
    );
  });

  it("never share an identity: the old pod of a node ends before the new one starts", () => {
    const { updateStrategy } = workload.spec as types.output.apps.v1.DaemonSetSpec;
    assert.deepEqual(updateStrategy, {
      type: "RollingUpdate",
      rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
    });
  });

  it("are named after their node", () => {
    for (const [container, variable] of [
      ["enroll", "AGENT_NAME"] as const,
      ["agent", "CERTCTL_AGENT_NAME"] as const,
    ]) {
      const source = containerOf(workload, container).env.find(({ name }) => name === variable);
      assert.equal(source?.valueFrom.fieldRef.fieldPath, "spec.nodeName");
    }
  });
});

function keyOf(source: unknown): string[] {
  const { secretKeyRef } = (source ?? {}) as { secretKeyRef?: { key: string } };
  return secretKeyRef ? [secretKeyRef.key] : [];
}
