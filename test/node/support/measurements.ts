import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kubectl } from "../../engine/support/cluster";
import { root } from "../../engine/support/engine";
import { eventually } from "./eventually";

/** What one step took. */
interface Measurement {
  stack: string;
  step: string;
  seconds: number;
  /** Memory in MB that the instance's pods use when the step is done, by component. */
  memory: Record<string, number>;
}

interface StatsSummary {
  pods: { podRef: { name: string; namespace: string }; memory?: { workingSetBytes?: number } }[];
}

const measurements: Measurement[] = [];

/** Runs a step of a stack, and records how long it took and what its pods then use. */
export async function measured<T>(
  stack: { stackName: string; namespaces: readonly string[] },
  step: string,
  action: () => Promise<T>,
) {
  const since = Date.now();
  const result = await action();
  const seconds = (Date.now() - since) / 1000;
  const measurement = { stack: stack.stackName, step, seconds, memory: await podMemory(stack.namespaces) };
  measurements.push(measurement);
  console.log(`      ${describeMeasurement(measurement)}`);
  return result;
}

/** A step of an instance's way up. */
export interface Step {
  step: string;
  /** Whose pods it is about, as their names begin. Those of a Job have ended, and use nothing any more. */
  pods?: string;
  /** When it was done, by the cluster's clock, which counts whole seconds. */
  time: string;
}

/** Records when each step of an instance was done, and what its pods use. */
export async function recordSteps(
  { stackName, namespaces }: { stackName: string; namespaces: readonly string[] },
  start: string,
  steps: readonly Step[],
): Promise<void> {
  // The kubelet looks at new pods every 10 to 20 seconds.
  const watched = steps.flatMap(({ pods }) => pods ?? []);
  const used = await eventually(30, async () => {
    const memory = await podMemory(namespaces);
    for (const component of watched)
      assert.ok(memory[component], `nobody has looked at the pods of ${component} yet`);
    return memory;
  });
  for (const { step, pods = "", time } of steps) {
    const memory = Object.fromEntries(Object.entries(used).filter(([component]) => component === pods));
    const measurement = {
      stack: stackName,
      step: `${step} after`,
      seconds: (Date.parse(time) - Date.parse(start)) / 1000,
      memory,
    };
    measurements.push(measurement);
    console.log(`      ${describeMeasurement(measurement)}`);
  }
}

async function podMemory(namespaces: readonly string[]): Promise<Record<string, number>> {
  const nodes = (await kubectl("get", "nodes", "--output", "name")).trim().split("\n");
  const memory: Record<string, number> = {};
  for (const node of nodes) {
    const summary = JSON.parse(
      await kubectl("get", "--raw", `/api/v1/nodes/${node.replace("node/", "")}/proxy/stats/summary`),
    ) as StatsSummary;
    for (const { podRef, memory: used } of summary.pods) {
      // Nothing is what a pod uses that was not looked at yet.
      if (!namespaces.includes(podRef.namespace) || !used?.workingSetBytes) continue;
      const component = podRef.name.replace(/^certctl-/, "").replace(/-.*/, "");
      memory[component] = (memory[component] ?? 0) + used.workingSetBytes / 1e6;
    }
  }
  return memory;
}

function describeMeasurement({ stack, step, seconds, memory }: Measurement): string {
  const parts = Object.entries(memory).map(
    ([component, megabytes]) => `${component} ${megabytes.toFixed(0)}`,
  );
  return `${stack}: ${step}: ${seconds.toFixed(1)} s${parts.length ? `; memory in MB: ${parts.sort().join(", ")}` : ""}`;
}

after("the measurements are kept", () => {
  if (measurements.length === 0) return;
  mkdirSync(join(root, ".local"), { recursive: true });
  const file = join(root, ".local", "node-measurements.json");
  writeFileSync(file, `${JSON.stringify(measurements, undefined, 2)}\n`);
  console.log(`    measurements: ${file}`);
});
