import assert from "node:assert/strict";
import { basename } from "node:path";
import { run, useEngine } from "./engine";

/** A Kubernetes object, as far as the tests look into it. */
export interface ClusterObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    creationTimestamp: string;
    generation?: number;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec: Record<string, unknown>;
  status: Record<string, unknown>;
  data?: Record<string, string>;
}

/** Runs kubectl and fails with its words when it fails. */
export async function kubectl(...args: string[]): Promise<string> {
  const { env } = await useEngine();
  const answer = await run("kubectl", args, env);
  assert.equal(answer.code, 0, `kubectl ${args.join(" ")}: ${answer.text}`);
  return answer.stdout;
}

/** Hands a manifest to the API server. */
export async function kubectlApply(
  manifest: string,
  ...args: string[]
): Promise<{ stdout: string; stderr: string }> {
  const { env } = await useEngine();
  const answer = await run("kubectl", ["apply", "--filename", "-", ...args], env, { input: manifest });
  assert.equal(answer.code, 0, `kubectl apply: ${answer.text}`);
  return answer;
}

/** Installs CustomResourceDefinitions that the cluster had at first, all unless they are named. */
export async function applyDefinitions(...names: string[]): Promise<void> {
  const { ensureDefinitions } = await import("../../../toolchain/definitions.mjs");
  const nameOf = (file: string): string => basename(file, ".yaml").split("_").reverse().join(".");
  const files = ensureDefinitions().filter((file) => names.length === 0 || names.includes(nameOf(file)));
  const filenames = files.flatMap((file) => ["--filename", file]);
  await kubectl("apply", "--server-side", "--force-conflicts", ...filenames);
  await kubectl("wait", "--for=condition=Established", ...filenames);
}

/**
 * Gives back the room that a stack took on the nodes. Whatever else there is of it goes with the control plane:
 * to destroy the stack as well would take longer, and prove nothing.
 */
export async function leaveNamespaces(...namespaces: string[]): Promise<void> {
  await kubectl("delete", "namespace", ...namespaces, "--wait=false", "--ignore-not-found");
}

/** The objects of some kinds in a namespace. */
export async function objects(namespace: string, ...kinds: string[]): Promise<ClusterObject[]> {
  const text = await kubectl("get", kinds.join(","), "--namespace", namespace, "--output", "json");
  return (JSON.parse(text) as { items: ClusterObject[] }).items;
}

/** One object; fails when there is not exactly one that the name fits. */
export async function object(namespace: string, kind: string, name: string | RegExp): Promise<ClusterObject> {
  const all = await objects(namespace, kind);
  const found = all.filter(({ metadata }) =>
    typeof name === "string" ? metadata.name === name : name.test(metadata.name),
  );
  assert.equal(
    found.length,
    1,
    `${kind} ${String(name)} among ${all.map(({ metadata }) => metadata.name).join(", ")}`,
  );
  return found[0] as ClusterObject;
}

/** When a condition of an object last changed to true. */
export function conditionTime(of: ClusterObject, type: string): string {
  const conditions = (of.status.conditions ?? []) as {
    type: string;
    status: string;
    lastTransitionTime: string;
  }[];
  const condition = conditions.find((candidate) => candidate.type === type && candidate.status === "True");
  assert.ok(condition, `${of.kind} ${of.metadata.name} has no condition ${type}`);
  return condition.lastTransitionTime;
}
