import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ClusterObject } from "../../engine/support/cluster";
import type { RunningNode } from "../node.mjs" with { "resolution-mode": "import" };

/** A sample, as its metric's name, the labels besides those of its object, and its value. */
type Sample = [metric: string, labels: Record<string, string>, value: number];

interface Condition {
  type: string;
  status: string;
  reason?: string;
}

interface ContainerStatus {
  name: string;
  ready: boolean;
  state: { running?: object };
}

interface CronJobSpec {
  schedule: string;
  concurrencyPolicy: string;
  timeZone?: string;
}

/** A kind: where its objects are listed, the label that has their name, and what is told of each. */
interface Kind {
  path: string;
  label: string;
  samples: (object: ClusterObject) => Sample[];
}

const conditionsOf = ({ status }: ClusterObject): Condition[] => (status.conditions ?? []) as Condition[];
const unixTime = (time: unknown): number => Date.parse(String(time)) / 1000;

/** One sample for each status that a condition can have: 1 for the one that it has. */
function conditionSamples(
  metric: string,
  label: string,
  { status }: Condition,
  labels: Record<string, string> = {},
): Sample[] {
  return ["True", "False", "Unknown"].map((one) => [
    metric,
    { ...labels, [label]: one.toLowerCase() },
    Number(status === one),
  ]);
}

/** A time that an object may not have yet. */
function timeSample(metric: string, time: unknown): Sample[] {
  return time === undefined ? [] : [[metric, {}, unixTime(time)]];
}

function cronJobLabels({
  schedule,
  concurrencyPolicy,
  timeZone = "local",
}: CronJobSpec): Record<string, string> {
  return { schedule, concurrency_policy: concurrencyPolicy, timezone: timeZone };
}

const kinds: Kind[] = [
  {
    path: "/apis/apps/v1/deployments",
    label: "deployment",
    samples: (object) => [
      ["kube_deployment_spec_replicas", {}, Number(object.spec.replicas)],
      ["kube_deployment_status_replicas_ready", {}, Number(object.status.readyReplicas ?? 0)],
      ...conditionsOf(object).flatMap((condition) => {
        const { type, reason = "" } = condition;
        return conditionSamples("kube_deployment_status_condition", "status", condition, {
          condition: type,
          reason,
        });
      }),
    ],
  },
  {
    path: "/apis/apps/v1/statefulsets",
    label: "statefulset",
    samples: ({ status }) => [
      ["kube_statefulset_status_replicas_ready", {}, Number(status.readyReplicas ?? 0)],
    ],
  },
  {
    path: "/api/v1/pods",
    label: "pod",
    samples: ({ metadata: { uid }, status }) =>
      ((status.containerStatuses ?? []) as ContainerStatus[]).flatMap(
        ({ name: container, ready, state }): Sample[] => [
          ["kube_pod_container_status_running", { uid, container }, Number(state.running !== undefined)],
          ["kube_pod_container_status_ready", { uid, container }, Number(ready)],
        ],
      ),
  },
  {
    path: "/apis/batch/v1/jobs",
    label: "job_name",
    samples: (object) => [
      ...timeSample("kube_job_status_start_time", object.status.startTime),
      ...conditionsOf(object)
        .filter(({ type }) => type === "Failed")
        .flatMap((condition) => conditionSamples("kube_job_failed", "condition", condition)),
    ],
  },
  {
    path: "/apis/batch/v1/cronjobs",
    label: "cronjob",
    samples: ({ metadata, spec, status }) => [
      ["kube_cronjob_info", cronJobLabels(spec as unknown as CronJobSpec), 1],
      ["kube_cronjob_created", {}, unixTime(metadata.creationTimestamp)],
      ["kube_cronjob_spec_suspend", {}, Number(spec.suspend === true)],
      ...timeSample("kube_cronjob_status_last_successful_time", status.lastSuccessfulTime),
    ],
  },
];

/**
 * What kube-state-metrics tells of a cluster, as far as alerts and dashboard ask for it: it is in none of the
 * registries from which the node is made. Names, labels and values are those of its documentation
 * (docs/metrics); its own, built from source, were the same at every moment of the tests.
 */
export class ObjectMetrics {
  private constructor(
    private readonly server: Server,
    readonly address: string,
  ) {}

  /** Listens where pods reach this machine. */
  static async start(node: RunningNode): Promise<ObjectMetrics> {
    const text = await metricsOf(node);
    const server = createServer((_, answer) => {
      text().then(
        (metrics) => answer.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(metrics),
        (error: unknown) => answer.writeHead(500).end(String(error)),
      );
    });
    // It does not keep a test run from ending.
    await new Promise<void>((resolve) => server.listen(0, node.hostAddress, resolve).unref());
    return new ObjectMetrics(server, `${node.hostAddress}:${String((server.address() as AddressInfo).port)}`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

async function metricsOf({ server, kubeconfig }: RunningNode): Promise<() => Promise<string>> {
  const { loopbackRequest } = await import("../../../scripts/local/loopback-request.mjs");
  // The node writes it as JSON.
  const { clusters, users } = JSON.parse(readFileSync(kubeconfig, "utf8")) as {
    clusters: { cluster: { "certificate-authority-data": string } }[];
    users: { user: { token: string } }[];
  };
  const certificateAuthority = Buffer.from(
    clusters[0]?.cluster["certificate-authority-data"] ?? "",
    "base64",
  ).toString();
  const token = users[0]?.user.token;
  return async () => {
    const families = kinds.map(async ({ path, label, samples }) => {
      const { status, text } = await loopbackRequest(`${server}${path}`, { token, certificateAuthority });
      assert.equal(status, 200, text);
      return (JSON.parse(text) as { items: ClusterObject[] }).items.flatMap((object) => {
        const { name, namespace = "" } = object.metadata;
        return samples(object).map(([metric, labels, value]) =>
          sampleLine(metric, { namespace, [label]: name, ...labels }, value),
        );
      });
    });
    return `${(await Promise.all(families)).flat().join("\n")}\n`;
  };
}

function sampleLine(metric: string, labels: Record<string, string>, value: number): string {
  const pairs = Object.entries(labels).map(([name, text]) => `${name}=${JSON.stringify(text)}`);
  return `${metric}{${pairs.join(",")}} ${String(value)}`;
}
