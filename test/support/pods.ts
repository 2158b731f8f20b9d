import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../../scripts/render/capture";

/** A container of a rendered pod, brought down to what a process on this machine needs. */
export interface LocalContainer {
  name: string;
  image: string;
  command: string[];
  args: string[];
  /**
   * Environment, with the values of Secrets and `$(…)` put in, and container paths replaced by those of the
   * local files.
   */
  env: Record<string, string>;
}

interface Source {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef?: { name: string; key: string }; fieldRef?: { fieldPath: string } };
}
interface Volume {
  name: string;
  secret?: { secretName: string; items?: { key: string; path: string }[]; defaultMode?: number };
  configMap?: { name: string; items?: { key: string; path: string }[] };
}
interface Container {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  env?: Source[];
  volumeMounts?: { name: string; mountPath: string }[];
}
interface PodSpec {
  serviceAccountName?: string;
  containers: Container[];
  initContainers?: Container[];
  volumes?: Volume[];
}

/** The one manifest of a kind whose name begins so. */
export function manifestOf(manifests: readonly Manifest[], kind: string, prefix: string): Manifest {
  const found = manifests.filter(
    (manifest) => manifest.kind === kind && manifest.metadata.name.startsWith(prefix),
  );
  assert.equal(
    found.length,
    1,
    `${kind} ${prefix}: ${found.map(({ metadata }) => metadata.name).join(", ") || "none"}`,
  );
  return found[0] as Manifest;
}

/** The pod of a workload, or of a CronJob's Jobs. */
export function podSpec(workload: Manifest): PodSpec {
  const { jobTemplate } = workload.spec as { jobTemplate?: { spec: { template: { spec: PodSpec } } } };
  if (jobTemplate) return jobTemplate.spec.template.spec;
  return (workload.spec as { template: { spec: PodSpec } }).template.spec;
}

/**
 * A container as the kubelet would start it, with its files below a folder: Secrets and ConfigMaps of the
 * same manifests are written there with the modes of the volume. What the manifests do not hold is an error,
 * as it is for the kubelet.
 */
export function localContainer(
  manifests: readonly Manifest[],
  workload: Manifest,
  name: string,
  folder: string,
): LocalContainer {
  const pod = podSpec(workload);
  const container = [...(pod.initContainers ?? []), ...pod.containers].find(
    (candidate) => candidate.name === name,
  );
  assert.ok(container, `no container ${name}`);
  const mounts = (container.volumeMounts ?? []).map(({ name: volume, mountPath }) => {
    const target = join(folder, mountPath);
    mkdirSync(target, { recursive: true });
    writeVolume(
      manifests,
      pod.volumes?.find((candidate) => candidate.name === volume),
      target,
    );
    return mountPath;
  });
  const env: Record<string, string> = {};
  for (const source of container.env ?? []) {
    const value = valueOf(manifests, source);
    // The value of a Secret's key is taken as it is.
    env[source.name] = source.valueFrom ? value : expand(value, env);
  }
  const local = (text: string): string =>
    mounts.some((mount) => text === mount || text.startsWith(`${mount}/`)) ? join(folder, text) : text;
  return {
    name,
    image: container.image,
    command: (container.command ?? []).map(local),
    args: container.args ?? [],
    env: Object.fromEntries(Object.entries(env).map(([key, value]) => [key, local(value)])),
  };
}

function writeVolume(manifests: readonly Manifest[], volume: Volume | undefined, target: string): void {
  const source = volume?.secret ?? volume?.configMap;
  if (!source) return;
  const kind = volume?.secret ? "Secret" : "ConfigMap";
  const data = dataOf(manifests, kind, "secretName" in source ? source.secretName : source.name);
  const items = source.items ?? Object.keys(data).map((key) => ({ key, path: key }));
  for (const { key, path } of items) {
    const file = join(target, path);
    writeFileSync(file, keyOf(data, key));
    chmodSync(file, volume?.secret?.defaultMode ?? 0o644);
  }
}

/** What a pod is told of itself. */
const podFields: Record<string, string> = {
  "metadata.name": "certctl-agents-0",
  "metadata.namespace": "certctl",
  "spec.nodeName": "node-1",
};

function valueOf(manifests: readonly Manifest[], { value, valueFrom }: Source): string {
  if (valueFrom?.secretKeyRef)
    return keyOf(dataOf(manifests, "Secret", valueFrom.secretKeyRef.name), valueFrom.secretKeyRef.key);
  if (valueFrom?.fieldRef) return podFields[valueFrom.fieldRef.fieldPath] ?? "";
  return value ?? "";
}

function dataOf(manifests: readonly Manifest[], kind: string, name: string): Record<string, string> {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  assert.ok(found, `${kind} ${name} does not exist`);
  return { ...(found.data as object), ...(found.stringData as object) };
}

function keyOf(data: Record<string, string>, key: string): string {
  const value = data[key];
  assert.ok(value !== undefined, `no key ${key} among ${Object.keys(data).join(", ")}`);
  return value;
}

/** Kubernetes' own expansion: `$(NAME)` of a variable defined before; anything else stays as it is. */
function expand(text: string, env: Record<string, string>): string {
  return text.replace(/\$\$|\$\(([A-Za-z_][A-Za-z0-9_]*)\)/g, (found, name?: string) =>
    name === undefined ? "$" : (env[name] ?? found),
  );
}
