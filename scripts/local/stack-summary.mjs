import { execFile } from "node:child_process";
import { UserError } from "../lib/user-error.cjs";
import { repositoryFolder } from "./local-folder.mjs";

/**
 * @typedef {object} KubernetesObject
 * @property {string} kind
 * @property {{ name: string, namespace?: string }} metadata
 * @property {Record<string, any>} [spec]
 * @property {Record<string, any>} [status]
 */

/**
 * What a stack gives: its outputs, and how many of its Kubernetes objects there are and are ready.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string[]>} lines
 */
export async function summarizeStack(env) {
  const [outputs, state] = await Promise.all([
    capture("pulumi", ["stack", "output", "--json"], env),
    capture("pulumi", ["stack", "export"], env),
  ]);
  const references = kubernetesReferences(JSON.parse(state));
  const objects = await liveObjects(references, env);
  return [
    "Outputs:",
    ...Object.entries(JSON.parse(outputs)).flatMap(([name, value]) => formatOutput(name, value)),
    "",
    "Resources:",
    ...formatObjects(objects),
  ];
}

/**
 * @param {{ deployment: { resources?: { type: string, outputs?: Record<string, any> }[] } }} state
 */
function kubernetesReferences({ deployment }) {
  return (deployment.resources ?? []).flatMap(({ type, outputs }) => {
    const { apiVersion, kind, metadata } = outputs ?? {};
    if (!type.startsWith("kubernetes:") || !apiVersion || !kind || !metadata?.name) return [];
    return [{ apiVersion, kind, metadata: { name: metadata.name, namespace: metadata.namespace } }];
  });
}

/**
 * @param {ReturnType<typeof kubernetesReferences>} references
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<KubernetesObject[]>} these objects, and the pods in their namespaces
 */
async function liveObjects(references, env) {
  if (references.length === 0) return [];
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: references });
  const namespaces = [...new Set(references.flatMap(({ metadata }) => metadata.namespace ?? []))];
  const answers = await Promise.all([
    capture("kubectl", ["get", "--filename", "-", "--output", "json", "--ignore-not-found"], env, list),
    ...namespaces.map((namespace) =>
      capture("kubectl", ["get", "pods", "--namespace", namespace, "--output", "json"], env),
    ),
  ]);
  return answers.flatMap((answer) => {
    if (answer.trim() === "") return [];
    const parsed = JSON.parse(answer);
    return parsed.items ?? [parsed];
  });
}

/**
 * @param {KubernetesObject[]} objects
 * @returns {string[]}
 */
export function formatObjects(objects) {
  /** @type {Map<string, KubernetesObject[]>} */
  const byKind = new Map();
  for (const object of objects) byKind.set(object.kind, [...(byKind.get(object.kind) ?? []), object]);
  const width = Math.max(...[...byKind.keys()].map((kind) => kind.length), 0);
  return [...byKind].map(([kind, ofKind]) => {
    const states = ofKind.map(isReady).filter((state) => state !== undefined);
    const ready = states.length === 0 ? "" : `   ${states.filter(Boolean).length} of ${states.length} ready`;
    return `  ${kind.padEnd(width)} ${String(ofKind.length).padStart(4)}${ready}`;
  });
}

/**
 * @param {KubernetesObject} object
 * @returns {boolean | undefined} nothing for kinds that are never anything but there
 */
function isReady({ kind, spec = {}, status = {} }) {
  const condition = (/** @type {string} */ type) =>
    status.conditions?.some(
      (/** @type {{ type: string, status: string }} */ item) => item.type === type && item.status === "True",
    ) ?? false;
  switch (kind) {
    case "Deployment":
    case "StatefulSet":
      return (status.readyReplicas ?? 0) === spec.replicas;
    case "DaemonSet":
      return status.numberReady === status.desiredNumberScheduled;
    case "Job":
      return condition("Complete");
    case "Pod":
      return status.phase === "Succeeded" || condition("Ready");
    case "PersistentVolumeClaim":
      return status.phase === "Bound";
    default:
      return undefined;
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 * @returns {string[]}
 */
export function formatOutput(name, value) {
  if (typeof value === "object" && value !== null) {
    return [
      `  ${name}:`,
      ...Object.entries(value).flatMap(([key, item]) => formatOutput(key, item).map((line) => `  ${line}`)),
    ];
  }
  const [first = "", ...more] = String(value).trimEnd().split("\n");
  return [`  ${name}: ${first}${more.length === 0 ? "" : ` … (all of it: npx pulumi stack output ${name})`}`];
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {string} [input]
 * @returns {Promise<string>}
 */
function capture(command, args, env, input) {
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      { cwd: repositoryFolder, env, maxBuffer: 256 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout);
        // kubectl says the same for each object.
        const said = [...new Set(stderr.trim().split("\n"))].join("\n");
        reject(new UserError(`${command} ${args.join(" ")} has failed:\n${said}`));
      },
    );
    child.stdin?.end(input ?? "");
  });
}
