import type { Issue } from "../checks/issues";
import { issueIf, show, under } from "../checks/issues";
import { isContainer, unseen } from "../checks/unseen";
import { PodComponent } from "../kubernetes/labels";
import { anywhere } from "./edges";
import type { Traffic } from "./traffic";

/** What is wrong with a description of what pods do on the network. */
export function trafficIssues({ parts, edges, elsewhere = {} }: Traffic): Issue[] {
  return [
    ...parts.flatMap((part, index) => partIssues(`parts[${String(index)}]`, part)),
    ...edges.flatMap((edge, index) => under(`edges[${String(index)}]`, edgeIssues(edge))),
    ...Object.keys(elsewhere).flatMap((part) => partIssues(`elsewhere.${part}`, part)),
  ];
}

function partIssues(path: string, part: unknown): Issue[] {
  const known: readonly unknown[] = Object.values(PodComponent);
  return issueIf(!known.includes(part), path, `${show(part)} is not one of ${known.join(", ")}`);
}

function edgeIssues(edge: unknown): Issue[] {
  if (!isContainer(edge)) return [{ path: "", message: "is no connection; give from, to and ports" }];
  const { from, to, ports } = edge as Record<string, unknown>;
  return [
    ...endIssues("from", from),
    ...endIssues("to", to),
    ...issueIf(!Array.isArray(ports) || ports.length === 0, "ports", "is missing; name the ports"),
  ];
}

function endIssues(path: string, end: unknown): Issue[] {
  if (end === undefined)
    return [{ path, message: "is missing; give a part, a peer of a policy, or anywhere" }];
  if (isContainer(end) || end === unseen || end === anywhere) return [];
  return partIssues(path, end);
}
