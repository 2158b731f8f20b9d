import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./engine";
import type { StateResource } from "./stack";

/** An arrow: the second waits for the first. */
export type Edge = `${string} --> ${string}`;

/** The arrows between the parts of an instance, as the engine knows them, without those that follow from others. */
export function graphOfState(resources: readonly StateResource[], instance: string): Edge[] {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const top = resources.find(({ type }) => type === "certctl:index:Certctl");
  const partOf = (urn: string): string | undefined => {
    const resource = byUrn.get(urn);
    if (!resource || resource === top) return undefined;
    if (resource.parent !== top?.urn) return resource.parent === undefined ? undefined : partOf(resource.parent);
    const name = urn.split("::").at(-1) ?? "";
    return name === instance ? "namespace" : name.slice(instance.length + 1);
  };
  const edges = new Set<Edge>();
  for (const resource of resources) {
    const to = partOf(resource.urn);
    for (const dependency of resource.dependencies ?? []) {
      const from = partOf(dependency);
      if (from !== undefined && to !== undefined && from !== to) edges.add(`${from} --> ${to}`);
    }
  }
  return withoutShortcuts([...edges]).sort();
}

/** The arrows of the README's drawing. */
export function graphOfReadme(): Edge[] {
  const [, drawing = ""] = /```mermaid\n([\s\S]*?)```/.exec(readFileSync(join(root, "README.md"), "utf8")) ?? [];
  const arrows = drawing.matchAll(/^\s*(\w+)[^\n]*?-->\s*(\w+)/gm);
  return [...arrows].map(([, from = "", to = ""]): Edge => `${from} --> ${to}`).sort();
}

/** Leaves out each arrow that a longer way also says. */
function withoutShortcuts(edges: Edge[]): Edge[] {
  const next = (from: string): string[] =>
    edges
      .map((edge) => edge.split(" --> "))
      .filter(([start]) => start === from)
      .map(([, end]) => end ?? "");
  const reaches = (from: string, to: string): boolean => next(from).some((step) => step === to || reaches(step, to));
  return edges.filter((edge) => {
    const [from = "", to = ""] = edge.split(" --> ");
    return !next(from).some((step) => step !== to && reaches(step, to));
  });
}
