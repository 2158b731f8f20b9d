import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { kubectl, kubectlApply } from "../../engine/support/cluster";
import { eventually } from "./eventually";
import { ObjectMetrics } from "./object-metrics";
import { prometheusName, prometheusNamespace, prometheusObjects } from "./prometheus-objects";
import { useNode } from "./real-node";

/** A target, as Prometheus tells of it. */
export interface Target {
  scrapePool: string;
  scrapeUrl: string;
  labels: Record<string, string>;
  health: string;
  lastError: string;
}

/** A rule, as Prometheus tells of it. */
export interface LoadedRule {
  name: string;
  query: string;
  health: string;
  lastError?: string;
}

/** An alert that is pending or fires. */
export interface ActiveAlert {
  state: string;
  labels: Record<string, string>;
}

/** What the Prometheus Operator watches besides what an instance brings. */
const ownKinds = ["prometheuses", "podmonitors", "probes"];

/** Prometheus on the node, run by the Prometheus Operator. */
export class Prometheus {
  private constructor(
    private readonly objectMetrics: ObjectMetrics,
    private readonly address: string,
  ) {}

  static async start(): Promise<Prometheus> {
    const node = await useNode();
    const objectMetrics = await ObjectMetrics.start(node);
    await applyOwnKinds();
    const items = prometheusObjects(node, objectMetrics.address);
    // The API server takes a moment until it serves new kinds.
    await eventually(30, () =>
      kubectlApply(JSON.stringify({ apiVersion: "v1", kind: "List", items }), "--server-side"),
    );
    return eventually(90, async () => {
      const pod = ["pod", `prometheus-${prometheusName}-0`, "--namespace", prometheusNamespace];
      const prometheus = new Prometheus(
        objectMetrics,
        await kubectl("get", ...pod, "--output=jsonpath={.status.podIP}"),
      );
      await prometheus.rules();
      return prometheus;
    });
  }

  async targets(): Promise<Target[]> {
    return (await this.ask<{ activeTargets: Target[] }>("targets?state=active")).activeTargets;
  }

  /** Its configuration, in YAML and without what is secret in it. */
  async configuration(): Promise<string> {
    return (await this.ask<{ yaml: string }>("status/config")).yaml;
  }

  async rules(): Promise<LoadedRule[]> {
    return (await this.ask<{ groups: { rules: LoadedRule[] }[] }>("rules")).groups.flatMap(
      ({ rules }) => rules,
    );
  }

  async alerts(): Promise<ActiveAlert[]> {
    return (await this.ask<{ alerts: ActiveAlert[] }>("alerts")).alerts;
  }

  /** Labels of the series that an expression has now. */
  async query(expression: string): Promise<Record<string, string>[]> {
    const { result } = await this.ask<{ result: { metric: Record<string, string> }[] }>(
      `query?query=${encodeURIComponent(expression)}`,
    );
    return result.map(({ metric }) => metric);
  }

  /** Ends the pods. What else there is of it ends with the node. */
  async stop(): Promise<void> {
    await kubectl("delete", "prometheuses,deployments", "--all", "--namespace", prometheusNamespace);
    await this.objectMetrics.stop();
  }

  private async ask<T>(path: string): Promise<T> {
    const { loopbackRequest } = await import("../../../scripts/local/loopback-request.mjs");
    const { status, text } = await loopbackRequest(`http://${this.address}:9090/api/v1/${path}`);
    assert.equal(status, 200, text);
    return (JSON.parse(text) as { data: T }).data;
  }
}

async function applyOwnKinds(): Promise<void> {
  const { ensureToolchain } = await import("../../../toolchain/toolchain.mjs");
  const { nodeEngines } = await import("../../../toolchain/engines.mjs");
  const { engines } = await ensureToolchain({ engines: nodeEngines, only: ["prometheus-operator"] });
  const folder = join(dirname(engines["prometheus-operator"] ?? ""), "definitions");
  const filenames = ownKinds.flatMap((kind) => [
    "--filename",
    join(folder, `monitoring.coreos.com_${kind}.yaml`),
  ]);
  await kubectl("apply", "--server-side", ...filenames);
}
