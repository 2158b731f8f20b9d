import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./engine";
import type { StateResource } from "./stack";

/** An arrow: the second waits for the first. */
export type Edge = `${string} --> ${string}`;

/**
 * The arrows between the parts of an instance, as the engine knows them, without those that follow from
 * others.
 */
export function graphOfState(resources: readonly StateResource[], instance: string): Edge[] {
  const part = partsOf(resources, instance);
  const edges = new Set<Edge>();
  for (const resource of resources) {
    const to = part(resource.urn);
    for (const dependency of resource.dependencies ?? []) {
      const from = part(dependency);
      if (from !== undefined && to !== undefined && from !== to) edges.add(`${from} --> ${to}`);
    }
  }
  return withoutShortcuts([...edges]).sort();
}

/**
 * The arrows of the README's drawing, for an instance that has the parts of these resources: what leads
 * through a missing part goes on.
 */
export function graphOfReadme(resources: readonly StateResource[], instance: string): Edge[] {
  const [, drawing = ""] =
    /```mermaid\n([\s\S]*?)```/.exec(readFileSync(join(root, "README.md"), "utf8")) ?? [];
  const arrows = [...drawing.matchAll(/^\s*(\w+)[^\n]*?-->\s*(\w+)/gm)].map(
    ([, from = "", to = ""]): Edge => `${from} --> ${to}`,
  );
  const present = new Set(resources.map(({ urn }) => urn).map(partsOf(resources, instance)));
  const drawn = new Set(arrows.flatMap((arrow) => arrow.split(" --> ")));
  const missing = [...drawn].filter((part) => !present.has(part));
  return withoutShortcuts(missing.reduce(leadPast, arrows)).sort();
}

/** Tells the part of an instance that a resource belongs to. */
function partsOf(resources: readonly StateResource[], instance: string): (urn: string) => string | undefined {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const top = resources.find(({ type }) => type === "certctl:index:Certctl");
  const part = (urn: string): string | undefined => {
    const resource = byUrn.get(urn);
    if (!resource || resource === top) return undefined;
    if (resource.parent !== top?.urn)
      return resource.parent === undefined ? undefined : part(resource.parent);
    const name = urn.split("::").at(-1) ?? "";
    if (name === instance) return "namespace";
    return resource.type.startsWith("certctl:") ? name.slice(instance.length + 1) : undefined;
  };
  return part;
}

function leadPast(edges: Edge[], part: string): Edge[] {
  const from = edges
    .filter((edge) => edge.endsWith(` --> ${part}`))
    .map((edge) => edge.split(" --> ")[0] ?? "");
  const to = edges
    .filter((edge) => edge.startsWith(`${part} --> `))
    .map((edge) => edge.split(" --> ")[1] ?? "");
  const others = edges.filter((edge) => !edge.split(" --> ").includes(part));
  return [
    ...new Set([...others, ...from.flatMap((before) => to.map((after): Edge => `${before} --> ${after}`))]),
  ];
}

/** Leaves out each arrow that a longer way also says. */
function withoutShortcuts(edges: Edge[]): Edge[] {
  const next = (from: string): string[] =>
    edges
      .map((edge) => edge.split(" --> "))
      .filter(([start]) => start === from)
      .map(([, end]) => end ?? "");
  const reaches = (from: string, to: string): boolean =>
    next(from).some((step) => step === to || reaches(step, to));
  return edges.filter((edge) => {
    const [from = "", to = ""] = edge.split(" --> ");
    return !next(from).some((step) => step !== to && reaches(step, to));
  });
}
