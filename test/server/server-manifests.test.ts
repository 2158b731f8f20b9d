import assert from "node:assert/strict";
import type { types } from "@pulumi/kubernetes";
import type { Manifest } from "../../scripts/render/capture";
import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { placeholder } from "../../src/checks/placeholders";
import { manifestOf } from "../support/pods";

type Container = types.output.core.v1.Container;
type DeploymentSpec = types.output.apps.v1.DeploymentSpec;
type PodSpec = types.output.core.v1.PodSpec;

const issuingCa = { caCertificate: placeholder("caCertificate"), caPrivateKey: placeholder("caPrivateKey") };

const render = (args: CertctlArgs = {}): Promise<Manifest[]> =>
  renderArgs({ ...placeholderArgs({}), ...args });

const deploymentOf = (manifests: Manifest[]): DeploymentSpec =>
  manifestOf(manifests, "Deployment", "certctl-server").spec as DeploymentSpec;

const renderPod = async (args: CertctlArgs = {}): Promise<PodSpec> =>
  deploymentOf(await render(args)).template.spec;

const serviceOf = (manifests: Manifest[]): types.output.core.v1.ServiceSpec =>
  manifestOf(manifests, "Service", "certctl-server").spec as types.output.core.v1.ServiceSpec;

function containerOf(pod: PodSpec, name = "server"): Container {
  const found = [...pod.initContainers, ...pod.containers].find((container) => container.name === name);
  assert.ok(found, `no container ${name}`);
  return found;
}

function environmentOf(container: Container): Record<string, string> {
  return Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
}

describe("a server pod starts and stops", () => {
  it("with probes over HTTPS, of which only readiness asks the database", async () => {
    const { startupProbe, readinessProbe, livenessProbe } = containerOf(await renderPod());
    const get = (path: string) => ({ path, port: "https", scheme: "HTTPS" });
    assert.deepEqual(
      [startupProbe.httpGet, readinessProbe.httpGet, livenessProbe.httpGet],
      [get("/health"), get("/ready"), get("/health")],
    );
  });

  it("with the time that startupTimeoutSeconds gives it, and three minutes by default", async () => {
    for (const [lifecycle, seconds] of [
      [{}, 180] as const,
      [{ startupTimeoutSeconds: 300 }, 300] as const,
      [{ startupTimeoutSeconds: 31 }, 31] as const,
    ]) {
      const { startupProbe } = containerOf(await renderPod({ server: { lifecycle } }));
      const budget = startupProbe.periodSeconds * startupProbe.failureThreshold;
      assert.ok(
        budget >= seconds && budget < seconds + startupProbe.periodSeconds,
        `${String(budget)} for ${String(seconds)}`,
      );
    }
  });

  it("serving until no node sends it connections, then with time for the scheduler and open requests", async () => {
    for (const lifecycle of [
      {},
      { preStopSeconds: 60 },
      { shutdownTimeoutSeconds: 120 },
      { preStopSeconds: 5, shutdownTimeoutSeconds: 1 },
    ]) {
      const { preStopSeconds = 10, shutdownTimeoutSeconds = 30 } = lifecycle;
      const pod = await renderPod({ server: { lifecycle } });
      assert.deepEqual(containerOf(pod).lifecycle.preStop, { sleep: { seconds: preStopSeconds } });
      assert.equal(
        environmentOf(containerOf(pod)).CERTCTL_AUDIT_FLUSH_TIMEOUT_SECONDS,
        String(shutdownTimeoutSeconds),
      );
      assert.ok(pod.terminationGracePeriodSeconds >= preStopSeconds + 30 + shutdownTimeoutSeconds);
    }
  });

  it("with its successor ready before it goes", async () => {
    const { strategy } = deploymentOf(await render());
    assert.deepEqual(strategy, { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
  });
});

describe("an argument that is undefined", () => {
  it("counts as left out", async () => {
    const undefinedArgs: CertctlArgs = {
      images: { server: undefined },
      server: {
        lifecycle: { preStopSeconds: undefined, shutdownTimeoutSeconds: undefined },
        resources: { limits: { memory: undefined } },
        service: { type: undefined },
      },
    };
    const [given, byDefault] = [await render(undefinedArgs), await render()];
    const settled = (manifests: Manifest[]): unknown[] => {
      const { spec } = deploymentOf(manifests).template;
      const { image, lifecycle, resources } = containerOf(spec);
      return [spec.terminationGracePeriodSeconds, image, lifecycle, resources, serviceOf(manifests).type];
    };
    assert.deepEqual(settled(given), settled(byDefault));
  });
});

describe("the files of a server pod", () => {
  it("are whole volumes: a subPath would never see a rotated certificate", async () => {
    const pod = await renderPod({
      ...issuingCa,
      server: { mounts: [{ mountPath: "/etc/certctl/cas", configMap: "cas" }] },
    });
    for (const { name, volumeMounts } of [...pod.initContainers, ...pod.containers]) {
      // Not every container has mounts.
      for (const mount of (volumeMounts as Container["volumeMounts"] | undefined) ?? [])
        assert.ok(!("subPath" in mount), `${name} ${mount.name}`);
    }
    assert.deepEqual(pod.volumes.find(({ name }) => name === "tls")?.secret, {
      secretName: "certctl-tls",
      defaultMode: 0o440,
      items: [
        { key: "tls.crt", path: "tls.crt" },
        { key: "tls.key", path: "tls.key" },
      ],
    });
    for (const name of ["server", "reload-tls"]) {
      const mount = containerOf(pod, name).volumeMounts.find((one) => one.name === "tls");
      assert.deepEqual(mount, { name: "tls", mountPath: "/etc/certctl/tls", readOnly: true });
      assert.equal(
        environmentOf(containerOf(pod, name)).CERTCTL_SERVER_TLS_CERT_PATH,
        "/etc/certctl/tls/tls.crt",
      );
    }
  });

  it("hold the CA pair of iss-local where there is one, and the variables name it", async () => {
    const pod = await renderPod(issuingCa);
    const { CERTCTL_CA_CERT_PATH: certificate, CERTCTL_CA_KEY_PATH: key } = environmentOf(containerOf(pod));
    assert.deepEqual([certificate, key], ["/etc/certctl/ca/tls.crt", "/etc/certctl/ca/tls.key"]);
    const mount = containerOf(pod).volumeMounts.find(({ mountPath }) => mountPath === "/etc/certctl/ca");
    assert.equal(
      pod.volumes.find(({ name }) => name === mount?.name)?.secret.secretName,
      "certctl-issuing-ca",
    );
  });

  it("do not name a CA pair where there is none", async () => {
    const pod = await renderPod({ caCertificate: undefined, caPrivateKey: undefined });
    assert.ok(!JSON.stringify(pod).includes("CERTCTL_CA_"));
    assert.ok(!pod.volumes.some(({ name }) => name === "issuing-ca"));
  });

  it("are copied to memory, readable by their owner only, where certctl asks for that", async () => {
    const pod = await renderPod({
      server: {
        mounts: [
          { mountPath: "/etc/certctl/cas", configMap: "cas" },
          { mountPath: "/etc/certctl/scep", secret: "scep-ra", ownerOnly: true },
        ],
      },
    });
    const volumeAt = (container: Container, path: string) =>
      pod.volumes.find(
        ({ name }) => name === container.volumeMounts.find(({ mountPath }) => mountPath === path)?.name,
      );
    const [server, copy] = [containerOf(pod), containerOf(pod, "copy-private-files")];
    assert.equal(volumeAt(server, "/etc/certctl/cas")?.configMap.name, "cas");
    assert.deepEqual(volumeAt(server, "/etc/certctl/scep")?.emptyDir, { medium: "Memory", sizeLimit: "1Mi" });
    assert.ok(
      server.volumeMounts.every(({ mountPath, readOnly }) => !mountPath.startsWith("/etc/") || readOnly),
    );
    assert.deepEqual(copy.args, ["/source/1:/target/1"]);
    assert.equal(volumeAt(copy, "/source/1")?.secret.secretName, "scep-ra");
    assert.equal(volumeAt(copy, "/target/1"), volumeAt(server, "/etc/certctl/scep"));
    assert.ok(!("restartPolicy" in copy));
  });
});

describe("the schema", () => {
  it("is not migrated by the server when a Job does it", async () => {
    assert.equal(environmentOf(containerOf(await renderPod())).CERTCTL_MIGRATIONS_VIA_HOOK, "true");
  });

  it("is migrated by the server when no Job does it", async () => {
    const manifests = await render({ migrations: { mode: "server" } });
    assert.ok(
      !("CERTCTL_MIGRATIONS_VIA_HOOK" in environmentOf(containerOf(deploymentOf(manifests).template.spec))),
    );
    assert.ok(!manifests.some(({ metadata }) => metadata.name.startsWith("certctl-migrate")));
  });
});

describe("the server's Service", () => {
  it("finds the server's pods by their port's name", async () => {
    const manifests = await render({ server: { port: 9443 } });
    const { selector, ports } = serviceOf(manifests);
    assert.deepEqual(selector, deploymentOf(manifests).selector.matchLabels);
    assert.deepEqual(ports, [{ name: "https", port: 9443, targetPort: "https", appProtocol: "https" }]);
    assert.deepEqual(containerOf(deploymentOf(manifests).template.spec).ports, [
      { name: "https", containerPort: 9443 },
    ]);
  });

  it("keeps a client's pod as long as it is told, and by default not at all", async () => {
    const sticky = async (service: NonNullable<CertctlArgs["server"]>["service"]) => {
      const { sessionAffinity, sessionAffinityConfig } = serviceOf(
        await render({ server: { service } }),
      ) as Partial<types.output.core.v1.ServiceSpec>;
      return [sessionAffinity, sessionAffinityConfig?.clientIP.timeoutSeconds];
    };
    assert.deepEqual(await sticky({}), ["None", undefined]);
    assert.deepEqual(await sticky({ sessionAffinity: "ClientIP" }), ["ClientIP", 10800]);
    assert.deepEqual(await sticky({ sessionAffinity: "ClientIP", sessionAffinityTimeoutSeconds: 600 }), [
      "ClientIP",
      600,
    ]);
  });
});

describe("a changed secret rolls exactly the pods that read it:", () => {
  const server = ["Deployment certctl-server", "Job certctl-provision"];
  const withAgents = [...server, "StatefulSet certctl-agents"];
  const before = {
    ...placeholderArgs({}),
    ...issuingCa,
    secretEnv: { CERTCTL_TEAMS_WEBHOOK_URL: "https://hooks.example.com/old" },
  };
  const another = (value: string): string => placeholder(`another.${value}`);
  const keys = before.apiKeys as object;
  const withMigration = ["Deployment certctl-server", "Job certctl-migrate", "Job certctl-provision"];
  const changes: Record<string, { args: CertctlArgs; rolled: string[] }> = {
    encryptionKey: { args: { encryptionKey: another("key") }, rolled: withMigration },
    "apiKeys.admin": {
      args: { apiKeys: { ...keys, admin: another("admin") } as CertctlArgs["apiKeys"] },
      rolled: server,
    },
    "apiKeys.enroll": {
      args: { apiKeys: { ...keys, enroll: another("enroll") } as CertctlArgs["apiKeys"] },
      rolled: withAgents,
    },
    "apiKeys.fleet": {
      args: { apiKeys: { ...keys, fleet: another("fleet") } as CertctlArgs["apiKeys"] },
      rolled: withAgents,
    },
    "apiKeys.metrics": {
      args: { apiKeys: { ...keys, metrics: another("metrics") } as CertctlArgs["apiKeys"] },
      rolled: server,
    },
    "previousApiKeys.fleet": { args: { previousApiKeys: { fleet: another("previous") } }, rolled: server },
    databasePassword: { args: { databasePassword: another("password") }, rolled: server },
    caCertificate: { args: { caCertificate: another("certificate") }, rolled: server },
    caPrivateKey: { args: { caPrivateKey: another("private key") }, rolled: server },
    secretEnv: {
      args: { secretEnv: { CERTCTL_TEAMS_WEBHOOK_URL: "https://hooks.example.com/new" } },
      rolled: server,
    },
    "tlsPrivateKey (the sidecar reloads it)": {
      args: { tlsPrivateKey: another("tls key"), tlsCertificate: another("tls") },
      rolled: [],
    },
  };

  for (const [secret, { args, rolled }] of Object.entries(changes)) {
    it(secret, async () => {
      const [old, changed] = [
        templates(await render(before)),
        templates(await render({ ...before, ...args })),
      ];
      assert.deepEqual([...changed.keys()], [...old.keys()]);
      assert.deepEqual(
        [...old.keys()].filter((workload) => old.get(workload) !== changed.get(workload)).sort(),
        rolled,
      );
    });
  }

  /** Pod templates as text, by kind and name without its hash. */
  function templates(manifests: Manifest[]): Map<string, string> {
    const found = new Map<string, string>();
    for (const { kind, metadata, spec } of manifests) {
      const { template } = (spec ?? {}) as { template?: unknown };
      if (template !== undefined)
        found.set(`${kind} ${metadata.name.replace(/-[0-9a-f]{8}$/, "")}`, JSON.stringify(template));
    }
    return found;
  }
});
