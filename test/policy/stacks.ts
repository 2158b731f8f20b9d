import assert from "node:assert/strict";
import { captureResources } from "../../scripts/render/capture";
import type { Manifest } from "../../scripts/render/capture";
import { Certctl } from "../../src/certctl";
import type { CertctlArgs } from "../../src/certctl-args";
import type { Resource } from "../../src/policy/instance";
import { generateSecrets } from "../support/secrets";
import { committed } from "../support/stack-files";

export type StackName = "dev" | "prod-ha";

/** What follows the advice of the pack too, besides what a committed stack file says. */
const advised: CertctlArgs = {
  images: {
    server: `registry.example.com/certctl-server@sha256:${"a".repeat(64)}`,
    agent: `registry.example.com/certctl-agent@sha256:${"b".repeat(64)}`,
    postgres: `registry.example.com/postgres@sha256:${"c".repeat(64)}`,
    sqlExporter: `registry.example.com/query-exporter@sha256:${"d".repeat(64)}`,
  },
  backup: { enabled: true },
};

/** The arguments of a committed stack, with generated secrets. */
export async function stackArgs(stack: StackName): Promise<CertctlArgs> {
  return { ...committed(stack), ...(await generateSecrets()) };
}

/** The resources of a stack whose arguments keep every rule. */
export async function goodStack(stack: StackName, more: CertctlArgs = {}): Promise<Resource[]> {
  return resourcesOf(stack, { ...(await stackArgs(stack)), ...advised, ...more });
}

/** The resources that a stack with these arguments registers, as a policy sees them. */
export async function resourcesOf(stack: string, args: CertctlArgs): Promise<Resource[]> {
  const captured = await captureResources(() => new Certctl("certctl", args));
  const urn = ({ type, name }: { type: string; name: string }): string =>
    `urn:pulumi:${stack}::certctl::${type}::${name}`;
  const resources = new Map<string, Resource & { dependencies: Resource[] }>();
  for (const { type, name, manifest, protect, dependencies } of captured) {
    const before = dependencies
      .map((dependency) => resources.get(urn(dependency)))
      .filter((resource) => resource !== undefined);
    resources.set(urn({ type, name }), {
      urn: urn({ type, name }),
      type,
      props: manifest,
      opts: { protect },
      dependencies: before,
    });
  }
  return [...resources.values()];
}

/** What is changed in a good stack. Objects are named by kind and name of their resource. */
export interface Change {
  /**
   * Sets a value at a path: keys joined by blanks, and in a list the `name` of an entry. Undefined removes
   * what is there.
   */
  set?: readonly [object: string, path: string, value: unknown][];
  add?: readonly Manifest[];
  remove?: readonly string[];
  /** Takes away `protect`. */
  unprotect?: readonly string[];
  /** Takes away all that an object waits for. */
  detach?: readonly string[];
}

/** A copy of resources, changed. */
export function changed(
  resources: readonly Resource[],
  { set = [], add = [], remove = [], unprotect = [], detach = [] }: Change,
): Resource[] {
  const copies = new Map(
    resources.map((resource) => {
      const label = labelOf(resource);
      const protect = resource.opts.protect && !unprotect.includes(label);
      const dependencies = detach.includes(label) ? [] : resource.dependencies;
      return [
        label,
        { ...resource, props: structuredClone(resource.props), opts: { protect }, dependencies },
      ];
    }),
  );
  for (const label of [...set.map(([object]) => object), ...remove, ...unprotect, ...detach])
    assert.ok(copies.has(label), `there is no ${label}`);
  for (const [object, path, value] of set) setAt(copies.get(object)?.props ?? {}, path.split(" "), value);
  for (const label of remove) copies.delete(label);
  return [...copies.values(), ...add.map(resourceOf)];
}

/** By the name of the resource: that of the object may carry a hash. */
function labelOf({ urn, type }: Resource): string {
  return `${type.split(":").at(-1) ?? ""} ${urn.split("::").at(-1) ?? ""}`;
}

function resourceOf(manifest: Manifest): Resource {
  const type = `kubernetes:${manifest.apiVersion}:${manifest.kind}`;
  const urn = `urn:pulumi:prod-ha::certctl::${type}::${manifest.metadata.name}`;
  return { urn, type, props: manifest, opts: { protect: true }, dependencies: [] };
}

function setAt(target: object, [step = "", ...rest]: readonly string[], value: unknown): void {
  const place = placeOf(target, step);
  const container = place.container as Record<string | number, unknown>;
  if (rest.length > 0) setAt((container[place.key] ??= {}), rest, value);
  else if (value !== undefined) container[place.key] = value;
  else if (Array.isArray(target)) target.splice(Number(place.key), 1);
  else Reflect.deleteProperty(container, place.key);
}

/** Where a step of a path leads. An entry that a list lacks is added to it. */
function placeOf(target: object, step: string): { container: object; key: string | number } {
  if (!Array.isArray(target)) return { container: target, key: step };
  const entries = target as { name?: string }[];
  const found = entries.findIndex(({ name }) => name === step);
  return { container: target, key: found >= 0 ? found : entries.push({ name: step }) - 1 };
}
