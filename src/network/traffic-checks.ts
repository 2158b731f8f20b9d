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
  const { from, fromPeer, to, toPeer, ports } = edge as Record<string, unknown>;
  return [
    ...endIssues("from", from, fromPeer),
    ...endIssues("to", to, toPeer),
    ...issueIf(!Array.isArray(ports) || ports.length === 0, "ports", "is missing; name the ports"),
  ];
}

function endIssues(path: string, end: unknown, peer: unknown): Issue[] {
  return [
    ...issueIf(
      end === undefined && peer === undefined,
      path,
      `is missing; give a part, anywhere, or ${path}Peer, the peer of a policy`,
    ),
    ...issueIf(
      end !== undefined && peer !== undefined,
      `${path}Peer`,
      `takes the place of ${path}, which is set too; remove one of the two`,
    ),
    ...(end === undefined || end === unseen || end === anywhere ? [] : partIssues(path, end)),
  ];
}
