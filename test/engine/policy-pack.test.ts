import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kubectl, leaveNamespaces } from "./support/cluster";
import { root, run, useEngine } from "./support/engine";
import type { Answer } from "./support/engine";
import { TestPolicyPack } from "./support/policy-pack";
import { TestStack } from "./support/stack";
import type { Config, TestNamespace } from "./support/stack";

/** A server that somebody wrote by hand, with the labels of an instance and nothing of its care. */
const handWritten = `
const k8s = require("@pulumi/kubernetes");
const labels = { "app.kubernetes.io/name": "certctl", "app.kubernetes.io/instance": "pki", "app.kubernetes.io/component": "server" };
const namespace = new k8s.core.v1.Namespace("policy-bad", { metadata: { name: "policy-bad" } });
const metadata = { namespace: namespace.metadata.name };
new k8s.core.v1.Service("door", { metadata, spec: { type: "NodePort", selector: labels, ports: [{ port: 8443 }] } });
new k8s.apps.v1.Deployment("server", {
  metadata,
  spec: {
    replicas: 2,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        hostNetwork: true,
        containers: [
          {
            name: "server",
            image: "ghcr.io/certctl-io/certctl-server:v2.1.7",
            env: [
              { name: "CERTCTL_DEMO_MODE_ACK", value: "true" },
              { name: "CERTCTL_CONFIG_ENCRYPTION_KEY", value: "0123456789abcdef0123456789abcdef" },
            ],
          },
        ],
      },
    },
  },
});
`;

describe("the policy pack on the engine", function () {
  this.timeout(900_000);
  let pack: TestPolicyPack;

  before(async () => {
    pack = await TestPolicyPack.create();
  });

  const withStack = async (
    name: string,
    namespace: TestNamespace,
    from: "dev" | "prod-ha",
    work: (
      command: (args: string[], settings?: object) => Promise<Answer>,
      stack: TestStack,
    ) => Promise<void>,
    config: Config = {},
  ): Promise<void> => {
    const stack = await TestStack.create(name, namespace, config, from);
    const env = { PULUMI_OPTION_CONFIG_FILE: stack.configFile };
    await work(
      (args, settings) => pack.pulumi([...args, "--stack", stack.name, "--cwd", root], { env, settings }),
      stack,
    );
  };

  it("lets a preview of the stack dev pass, with advice", async () => {
    await withStack("dev-policy", "policy", "dev", async (command) => {
      const preview = await command(["preview"]);
      assert.equal(preview.code, 0, preview.text);
      assert.deepEqual(violated(preview), {
        mandatory: [],
        advisory: ["certctl-backups", "certctl-image-digests"],
      });
    });
  });

  it("lets the stack prod-ha be deployed, and refuses the advice when it is configured as mandatory", async () => {
    await withStack("policy-prod-ha", "policy", "prod-ha", async (command) => {
      try {
        const update = await command(["up", "--yes"]);
        assert.equal(update.code, 0, update.text);
        assert.deepEqual(violated(update), { mandatory: [], advisory: ["certctl-image-digests"] });
        const strict = await command(["preview"], { "certctl-image-digests": "mandatory" });
        assert.notEqual(strict.code, 0, strict.text);
        assert.deepEqual(violated(strict), { mandatory: ["certctl-image-digests"], advisory: [] });
      } finally {
        await leaveNamespaces("policy", "policy-agents");
      }
    });
  });

  it("refuses a configuration that only warned, by name and reason, and nothing is made", async () => {
    const config = {
      "certctl:deletionProtection": false,
      "certctl:network": { enabled: false },
      "certctl:server": {
        replicas: 3,
        rateLimiting: { backend: "memory" },
        service: { type: "LoadBalancer", sessionAffinity: "None" },
      },
      "certctl:caCertificate": undefined,
      "certctl:caPrivateKey": undefined,
    };
    const work = async (command: (args: string[]) => Promise<Answer>, stack: TestStack): Promise<void> => {
      const update = await command(["up", "--yes"]);
      assert.notEqual(update.code, 0, update.text);
      assert.deepEqual(violated(update).mandatory, [
        "certctl-closed-services",
        "certctl-issuing-ca",
        "certctl-network-policies",
        "certctl-protected-data",
        "certctl-session-affinity",
        "certctl-shared-rate-limits",
      ]);
      for (const message of [
        "Service certctl-server: loadBalancerSourceRanges is not set, which admits every address; name the networks",
        "Deployment certctl-server: CERTCTL_RATE_LIMIT_BACKEND is memory with 3 replicas; use postgres",
        "PersistentVolumeClaim certctl-postgres: protect is false, so pulumi destroy deletes it; set it to true",
      ]) {
        assert.ok(update.text.includes(message), `${message}\n\nis not in\n\n${update.text}`);
      }
      await isNotMade("policy-refused");
      assert.deepEqual(
        (await stack.resources()).filter(({ type }) => type.startsWith("kubernetes:")),
        [],
      );
      for (const value of Object.values(await stack.secretValues())) assert.ok(!update.text.includes(value));
    };
    await withStack("policy-refused", "policy-refused", "prod-ha", work, config);
  });

  it("refuses a server that is written by hand, and nothing is made", async () => {
    const { env, workFolder } = await useEngine();
    const cwd = join(workFolder, "hand-written");
    mkdirSync(cwd);
    writeFileSync(join(cwd, "Pulumi.yaml"), "name: hand-written\nruntime: nodejs\nmain: index.cjs\n");
    writeFileSync(join(cwd, "index.cjs"), handWritten);
    symlinkSync(join(root, "node_modules"), join(cwd, "node_modules"));
    assert.equal((await run("pulumi", ["stack", "init", "hand-written"], env, { cwd })).code, 0);
    const update = await pack.pulumi(["up", "--yes", "--stack", "hand-written"], { cwd });
    assert.notEqual(update.code, 0, update.text);
    assert.deepEqual(violated(update).mandatory, [
      "certctl-closed-services",
      "certctl-encryption-key",
      "certctl-issuing-ca",
      "certctl-literal-secrets",
      "certctl-network-policies",
      "certctl-no-api-token",
      "certctl-no-demonstration",
      "certctl-no-node-access",
      "certctl-no-privileges",
      "certctl-non-root",
      "certctl-read-only-root",
      "certctl-restricted-namespaces",
      "certctl-seccomp",
      "certctl-session-affinity",
      "certctl-shared-rate-limits",
    ]);
    assert.ok(!update.text.includes("0123456789abcdef0123456789abcdef"));
    await isNotMade("policy-bad");
  });
});

async function isNotMade(namespace: string): Promise<void> {
  assert.equal(await kubectl("get", "namespace", namespace, "--ignore-not-found"), "");
}

/** Names of the rules of which the CLI prints a violation, by level. */
function violated({ text }: Answer): Record<"mandatory" | "advisory", string[]> {
  const found = [...text.matchAll(/\[(mandatory|advisory)\]\s+(certctl-[-a-z]+)/g)];
  const names = (level: string): string[] =>
    [...new Set(found.filter(([, one]) => one === level).map(([, , name = ""]) => name))].sort();
  return { mandatory: names("mandatory"), advisory: names("advisory") };
}
