import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { types } from "@pulumi/kubernetes";
import { parse } from "yaml";
import type { Manifest } from "../../scripts/render/capture";
import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { placeholder } from "../../src/checks/placeholders";
import { defaultImages } from "../../src/images/images";

type Container = types.output.core.v1.Container;
type PodSpec = types.output.core.v1.PodSpec;

/** A pod that a manifest makes. */
interface Pod {
  place: string;
  namespace: string | undefined;
  spec: PodSpec;
  containers: Container[];
}

const onNodes: CertctlArgs = {
  ...placeholderArgs({}),
  tlsCaCertificate: placeholder("tlsCaCertificate"),
  caCertificate: placeholder("caCertificate"),
  caPrivateKey: placeholder("caPrivateKey"),
  secretEnv: { CERTCTL_TEAMS_WEBHOOK_URL: placeholder("secretEnv.CERTCTL_TEAMS_WEBHOOK_URL") },
  agents: { kind: "DaemonSet", node: { discoveryDirectories: ["/etc/ssl"] } },
};

const gatewayImage = "registry.example.com/gateway:1";
const behindGateway: CertctlArgs = {
  ...placeholderArgs({}),
  server: { auth: { type: "none", gateway: { image: gatewayImage } } },
};

const watched: CertctlArgs = {
  ...placeholderArgs({}),
  monitoring: { enabled: true, sqlExporter: { enabled: true } },
};

for (const [name, args] of Object.entries({
  "the stack dev": committed("dev"),
  "the stack prod-ha": committed("prod-ha"),
  "node agents": onNodes,
  "a gateway in the server's pod": behindGateway,
  "an SQL exporter": watched,
})) {
  describe(`least rights with ${name}`, () => {
    const hasNodeAgents = args.agents?.kind === "DaemonSet";
    let manifests: Manifest[];
    let pods: Pod[];

    before(async () => {
      manifests = await renderArgs(args);
      pods = manifests.flatMap(podOf);
      const more = [
        args.backup?.enabled,
        args.backup?.enabled,
        args.migrations?.backupFirst,
        args.monitoring?.sqlExporter?.enabled,
      ];
      assert.equal(pods.length, 5 + more.filter((one) => one === true).length);
    });

    it("gives nobody a right on the Kubernetes API", () => {
      assert.deepEqual(
        manifests.filter(({ kind }) => /^(Cluster)?Role(Binding)?$/.test(kind)),
        [],
      );
      for (const { place, spec } of pods) assert.equal(spec.automountServiceAccountToken, false, place);
      for (const account of manifests.filter(({ kind }) => kind === "ServiceAccount"))
        assert.equal(account.automountServiceAccountToken, false);
    });

    it("tells no pod of other Services, and shares nothing of the node", () => {
      for (const { place, spec } of pods) {
        assert.equal(spec.enableServiceLinks, false, place);
        for (const field of ["hostNetwork", "hostPID", "hostIPC"])
          assert.ok(!(field in spec), `${place} ${field}`);
      }
    });

    it("runs every pod as a user other than root, with the runtime's system call filter", () => {
      for (const { place, spec } of pods) {
        const { runAsNonRoot, runAsUser, seccompProfile } = spec.securityContext;
        assert.equal(runAsNonRoot, true, place);
        assert.ok(runAsUser > 0, place);
        assert.deepEqual(seccompProfile, { type: "RuntimeDefault" }, place);
      }
    });

    it("restricts every container to a read-only root, but for the one that owns a node's directory", () => {
      const restricted = {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      };
      const others = pods.flatMap(({ place, containers }) =>
        containers.map((container) => ({ place, ...container })),
      );
      for (const { place, name: container, securityContext } of others) {
        if (container !== "own-state") assert.deepEqual(securityContext, restricted, `${place} ${container}`);
      }
      assert.equal(
        others.filter(({ name: container }) => container === "own-state").length,
        hasNodeAgents ? 1 : 0,
      );
    });

    it("reserves CPU and memory for every container, and limits both", () => {
      for (const { place, containers } of pods) {
        for (const { name: container, resources } of containers) {
          const { requests, limits } = resources;
          for (const amount of [requests.cpu, requests.memory, limits.cpu, limits.memory])
            assert.match(amount ?? "none", /^[0-9.]+\D*$/, `${place} ${container}`);
        }
      }
    });

    it("runs no image but those that this package names, and a gateway that is asked for", () => {
      const known: string[] = [
        ...Object.values(defaultImages),
        ...(args === behindGateway ? [gatewayImage] : []),
      ];
      for (const { place, containers } of pods)
        for (const { image } of containers) assert.ok(known.includes(image), `${place} ${image}`);
    });

    it("gives host paths to node agents only", () => {
      const users = pods
        .filter(({ spec }) => JSON.stringify(spec).includes('"hostPath"'))
        .map(({ place }) => place);
      assert.deepEqual(users, hasNodeAgents ? ["DaemonSet certctl-agents"] : []);
    });

    it("enforces it: the namespaces admit restricted pods only, but for node agents", () => {
      const levels = manifests
        .filter(({ kind }) => kind === "Namespace")
        .map(({ metadata }) => [
          metadata.name,
          (metadata.labels as Record<string, string>)["pod-security.kubernetes.io/enforce"],
        ]);
      const privileged = hasNodeAgents ? [["certctl-agents", "privileged"]] : [];
      assert.deepEqual(levels, [["certctl", "restricted"], ...privileged]);
    });

    it("lets a pod refer only to Secrets, ConfigMaps and accounts that are there, in its namespace", () => {
      const existing = new Set(
        manifests.map(({ kind, metadata }) => `${kind} ${metadata.name} in ${metadata.namespace ?? ""}`),
      );
      let seen = 0;
      for (const pod of pods) {
        for (const reference of references(pod)) {
          assert.ok(
            existing.has(`${reference} in ${pod.namespace ?? ""}`),
            `${pod.place} refers to ${reference}`,
          );
          seen += 1;
        }
      }
      assert.ok(seen > 10, String(seen));
    });

    it("keeps secret values in Secrets", () => {
      const open = new Set([placeholder("tlsCaCertificate")]);
      for (const { kind, metadata, ...rest } of manifests.filter((manifest) => manifest.kind !== "Secret")) {
        const values = JSON.stringify({ metadata, ...rest }).match(/<secret certctl:[^>]+>/g) ?? [];
        assert.deepEqual(
          values.filter((value) => !open.has(value)),
          [],
          `${kind} ${metadata.name}`,
        );
      }
    });
  });
}

function podOf({ kind, metadata, spec }: Manifest): Pod[] {
  assert.notEqual(kind, "Pod");
  const { jobTemplate, template = jobTemplate?.spec.template } = (spec ?? {}) as {
    template?: { spec: PodSpec };
    jobTemplate?: { spec: { template: { spec: PodSpec } } };
  };
  if (!template) return [];
  const { initContainers = [], containers } = template.spec as Partial<PodSpec> & Pick<PodSpec, "containers">;
  const place = `${kind} ${metadata.name}`;
  return [
    {
      place,
      namespace: metadata.namespace,
      spec: template.spec,
      containers: [...initContainers, ...containers],
    },
  ];
}

/** Kind and name of what the kubelet looks up before it starts a pod. */
function references({ spec, containers }: Pod): string[] {
  const volumes = spec.volumes as Partial<types.output.core.v1.Volume>[];
  const env = containers.flatMap(
    (container) => (container.env as Container["env"] | undefined) ?? [],
  ) as Partial<types.output.core.v1.EnvVar>[];
  const { serviceAccountName } = spec as Partial<PodSpec>;
  const found = [
    ...volumes.flatMap(({ secret, configMap }) => [
      secret && `Secret ${secret.secretName}`,
      configMap && `ConfigMap ${configMap.name}`,
    ]),
    ...env.map(({ valueFrom }) => {
      const { secretKeyRef } = (valueFrom ?? {}) as { secretKeyRef?: { name: string } };
      return secretKeyRef && `Secret ${secretKeyRef.name}`;
    }),
    serviceAccountName && `ServiceAccount ${serviceAccountName}`,
  ];
  return found.filter((reference) => reference !== undefined);
}

function committed(stack: string): CertctlArgs {
  const file = join(resolve(__dirname, "../.."), `Pulumi.${stack}.yaml`);
  const { config } = parse(readFileSync(file, "utf8")) as { config: Record<string, unknown> };
  return placeholderArgs(config);
}
