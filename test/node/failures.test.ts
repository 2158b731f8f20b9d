import assert from "node:assert/strict";
import { kubectl, kubectlApply } from "../engine/support/cluster";
import { TestStack } from "../engine/support/stack";
import type { Config, TestNamespace } from "../engine/support/stack";
import { eventually, stackNames } from "./support/node-instance";
import type { StackName } from "./support/node-instance";
import { useNode } from "./support/real-node";

/** A way to fail that users meet, and the words that name its cause in `pulumi up`. */
interface Failure {
  cause: string;
  name: "no-image" | "no-secret" | "full" | "foreign-data" | "no-database";
  config: Config;
  says: RegExp;
  /** What is there before. */
  prepare?: (namespace: string) => Promise<void>;
}

const failures: Failure[] = [
  {
    cause: "an image that cannot be pulled",
    name: "no-image",
    config: { "certctl:images": { postgres: "registry.invalid/postgres:16-alpine" } },
    says: /registry\.invalid\/postgres:16-alpine/,
  },
  {
    cause: "a Secret that is missing",
    name: "no-secret",
    config: {
      "certctl:databasePassword": undefined,
      "certctl:existingSecrets": { databasePassword: "nobody-made-this" },
    },
    says: /secret "nobody-made-this" not found/,
  },
  {
    cause: "a full volume",
    name: "full",
    config: { "certctl:database": { bundled: { storage: { size: "16Mi", storageClass: "sized" } } } },
    says: /No space left on device/,
  },
  {
    cause: "a volume that holds another cluster's data",
    name: "foreign-data",
    config: {
      "certctl:createNamespace": false,
      "certctl:database": { bundled: { storage: { size: "1Gi" } } },
      "certctl:migrations": { backoffLimit: 0 },
    },
    says: /password authentication failed for user \\*"certctl/,
    prepare: fillVolume,
  },
  {
    cause: "a database that nobody answers for",
    name: "no-database",
    config: {
      "certctl:database": { mode: "external", external: { host: "db.nowhere.invalid", sslMode: "disable" } },
      "certctl:migrations": { backoffLimit: 0 },
    },
    says: /db\.nowhere\.invalid/,
  },
];

/** What `pulumi up` answered. */
interface Outcome {
  code: number;
  text: string;
  seconds: number;
}

describe("what pulumi up says, with real pods, about", function () {
  this.timeout(1_200_000);
  const outcomes = new Map<string, Promise<Outcome>>();
  const key = (stackName: StackName, { cause }: Failure): string => `${cause}, with ${stackName}`;

  before(async () => {
    await useNode();
    // They wait most of the time, so they do it side by side.
    for (const stackName of stackNames) {
      for (const failure of failures) outcomes.set(key(stackName, failure), provoke(stackName, failure));
    }
    await Promise.allSettled(outcomes.values());
  });

  for (const stackName of stackNames) {
    for (const failure of failures) {
      it(key(stackName, failure), async () => {
        const outcome = await outcomes.get(key(stackName, failure));
        assert.ok(outcome);
        console.log(`      after ${outcome.seconds.toFixed(0)} s`);
        assert.notEqual(outcome.code, 0, outcome.text);
        assert.match(outcome.text, failure.says);
        assert.doesNotMatch(outcome.text, /\n\s+at .*\.[jt]s:/, "no stack trace");
        // Pods are waited for 33 s here, and 10 minutes by default; the rest is for ten programs that start
        // at once.
        assert.ok(outcome.seconds < 500, `within its timeout, not ${outcome.seconds.toFixed(0)} s`);
      });
    }
  }
});

async function provoke(stackName: StackName, failure: Failure): Promise<Outcome> {
  const { config, prepare } = failure;
  const namespace: TestNamespace = `${stackName}-${failure.name}`;
  // Long enough for what comes up, short enough to wait for.
  const common = {
    "certctl:readyTimeoutSeconds": 33,
    "certctl:deletionProtection": false,
    "certctl:agents": { enabled: false },
  };
  const stack = await TestStack.create(`node-${namespace}`, namespace, { ...common, ...config }, stackName);
  await prepare?.(namespace);
  const since = Date.now();
  const { code, text } = await stack.tryUp();
  const seconds = (Date.now() - since) / 1000;
  // The pods would take from what comes after; everything else ends with the node.
  await kubectl("delete", "namespace", namespace, "--wait=false");
  return { code, text, seconds };
}

/**
 * Leaves a claim as an earlier instance does that was protected: with a database whose password is another.
 */
async function fillVolume(namespace: string): Promise<void> {
  const { images } = await useNode();
  const claim = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "certctl-postgres", namespace },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  };
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "earlier", namespace },
    spec: {
      securityContext: { runAsUser: 70, runAsGroup: 70, fsGroup: 70 },
      containers: [
        {
          name: "postgres",
          image: images.postgres.tag,
          env: [
            { name: "POSTGRES_USER", value: "certctl" },
            { name: "POSTGRES_PASSWORD", value: "an earlier password" },
            { name: "PGDATA", value: "/var/lib/postgresql/data/pgdata" },
          ],
          readinessProbe: { exec: { command: ["pg_isready", "-h", "127.0.0.1"] }, periodSeconds: 1 },
          volumeMounts: [{ name: "data", mountPath: "/var/lib/postgresql/data" }],
        },
      ],
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: "certctl-postgres" } }],
    },
  };
  const items = [{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }, claim, pod];
  await kubectlApply(JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await eventually(60, () =>
    kubectl("wait", "--for=condition=Ready", "pod/earlier", "--namespace", namespace, "--timeout=1s"),
  );
  await kubectl("delete", "pod", "earlier", "--namespace", namespace, "--wait=true");
}
