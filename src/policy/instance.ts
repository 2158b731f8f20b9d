import type { Component } from "../kubernetes/labels";
import type {
  AutoscalerSpec,
  Container,
  EnvironmentVariable,
  Labels,
  LabelSelector,
  Metadata,
  PodSpec,
  PodTemplate,
} from "./objects";

/**
 * A resource as the engine hands it to a policy: its inputs before it is deployed, its state at the end of a
 * preview or update.
 */
export interface Resource {
  urn: string;
  type: string;
  props: Readonly<Record<string, unknown>>;
  opts: { protect: boolean };
  /** What it waits for; at the end only. */
  dependencies?: readonly Resource[];
}

/** A Kubernetes object of a stack. */
export interface StackObject {
  resource: Resource;
  kind: string;
  name: string;
  namespace: string;
  labels: Labels;
}

/** A pod that an object makes, or that it is. */
export interface Pod {
  object: StackObject;
  component: string | undefined;
  labels: Labels;
  spec: PodSpec;
}

/**
 * The objects of one instance of certctl, found by the labels that the components put, and all objects of its
 * stack.
 */
export interface Instance {
  objects: readonly StackObject[];
  pods: readonly Pod[];
  stack: readonly StackObject[];
}

const nameLabel = "app.kubernetes.io/name";
const instanceLabel = "app.kubernetes.io/instance";
const componentLabel = "app.kubernetes.io/component";

/** The Kubernetes object of a resource; undefined for a resource that is none. */
export function stackObject(resource: Resource): StackObject | undefined {
  const [provider, , kind] = resource.type.split(":");
  if (provider !== "kubernetes" || kind === undefined) return undefined;
  const { name, namespace, labels } = (resource.props.metadata ?? {}) as Metadata;
  return { resource, kind, name: name ?? "", namespace: namespace ?? "default", labels: labels ?? {} };
}

/** The part of an object that says what is wanted. */
export function specOf<Spec extends object>({ resource }: StackObject): Partial<Spec> {
  return resource.props.spec ?? {};
}

interface PodMaker {
  template: PodTemplate;
  jobTemplate: { spec?: { template?: PodTemplate } };
}

/** The pod that an object makes, if it makes one. */
export function podOf(object: StackObject): Pod | undefined {
  const { template, jobTemplate } = specOf<PodMaker>(object);
  const made = template ?? jobTemplate?.spec?.template;
  const { metadata, spec }: PodTemplate = (object.kind === "Pod" ? object.resource.props : made) ?? {};
  if (!spec) return undefined;
  const labels = metadata?.labels ?? {};
  return { object, component: labels[componentLabel] ?? object.labels[componentLabel], labels, spec };
}

/**
 * Name of the instance of certctl that an object belongs to, by its own labels, those of its pods, or those
 * that a Service selects.
 */
export function instanceName(object: StackObject): string | undefined {
  const { selector } = object.kind === "Service" ? specOf<{ selector: Labels }>(object) : {};
  const labels = [object.labels, podOf(object)?.labels ?? {}, selector ?? {}].find(
    (candidate) => candidate[nameLabel] === "certctl",
  );
  return labels && (labels[instanceLabel] ?? "");
}

/** The part of an instance that an object belongs to. */
export function isPart(object: StackObject, ...components: Component[]): boolean {
  return components.some((component) => object.labels[componentLabel] === component);
}

/** The instances of certctl in a stack. */
export function instances(resources: readonly Resource[]): Instance[] {
  const stack = resources.map(stackObject).filter((object) => object !== undefined);
  const byName = new Map<string, StackObject[]>();
  for (const object of stack) {
    const name = instanceName(object);
    if (name !== undefined) byName.set(name, [...(byName.get(name) ?? []), object]);
  }
  return [...byName.values()].map((objects) => ({
    objects,
    pods: objects.map(podOf).filter((pod) => pod !== undefined),
    stack,
  }));
}

/** The objects of a kind. */
export function ofKind(objects: readonly StackObject[], ...kinds: string[]): StackObject[] {
  return objects.filter(({ kind }) => kinds.includes(kind));
}

/** The pods of a part. */
export function podsOf({ pods }: Pick<Instance, "pods">, component: Component): Pod[] {
  return pods.filter((pod) => pod.component === component);
}

/** Every container of a pod. */
export function containersOf({ spec }: Pod): Container[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])];
}

/** A variable of a pod's main containers. */
export function variableOf({ spec }: Pod, name: string): EnvironmentVariable | undefined {
  return spec.containers?.flatMap(({ env = [] }) => env).find((variable) => variable.name === name);
}

/** The most pods that a workload may have: those that it names, or that its autoscaler may make. */
export function mostReplicas({ object }: Pod, { stack }: Instance): number {
  const { replicas = 1 } = specOf<{ replicas: number }>(object);
  return Math.max(replicas, ...autoscalersOf(object, stack).map(({ maxReplicas = 1 }) => maxReplicas));
}

/** The fewest pods that a workload may have. */
export function fewestReplicas({ object }: Pod, { stack }: Instance): number {
  const { replicas = 1 } = specOf<{ replicas: number }>(object);
  const [least = replicas] = autoscalersOf(object, stack).map(({ minReplicas = 1 }) => minReplicas);
  return least;
}

function autoscalersOf(
  { kind, name, namespace }: StackObject,
  stack: readonly StackObject[],
): Partial<AutoscalerSpec>[] {
  return ofKind(stack, "HorizontalPodAutoscaler")
    .filter((autoscaler) => autoscaler.namespace === namespace)
    .map((autoscaler) => specOf<AutoscalerSpec>(autoscaler))
    .filter(({ scaleTargetRef }) => scaleTargetRef?.kind === kind && scaleTargetRef.name === name);
}

/** A selector that is a plain map of labels, as a Service has it: an empty one selects nothing. */
export function selectorOf(labels: Labels | undefined): LabelSelector | undefined {
  return labels && Object.keys(labels).length > 0 ? { matchLabels: labels } : undefined;
}
