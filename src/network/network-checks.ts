import type { Issue } from "../checks/issues";
import { issueIf, show, under } from "../checks/issues";
import { text } from "../checks/unseen";
import { labelGrammarIssues } from "../kubernetes/kubernetes-checks";
import { isInside, rangeIssues, readRange } from "../kubernetes/ip-ranges";
import type { NetworkPeer, NetworkSettings } from "./network-args";

/** What the peers depend on. */
export interface NetworkContext {
  /** Whether the database is a pod of the instance. */
  bundledDatabase: boolean;
  /** Whether backups go to a volume. */
  backupVolume: boolean;
}

/** What is wrong with the peers of an instance. */
export function networkIssues(
  network: NetworkSettings,
  { bundledDatabase, backupVolume }: NetworkContext,
): Issue[] {
  const {
    serverCallers,
    serverDestinations,
    agentDestinations,
    databaseDestinations,
    bucketDestinations,
    dns,
  } = network;
  const lists = {
    serverCallers,
    serverDestinations,
    agentDestinations,
    databaseDestinations,
    bucketDestinations,
    dns,
  };
  return [
    ...Object.entries(lists).flatMap(([name, peers]) => under(name, peersIssues(peers))),
    ...issueIf(
      databaseDestinations !== undefined && bundledDatabase,
      "databaseDestinations",
      "is only for database.mode: external; the pod of the bundled database is known",
    ),
    ...issueIf(
      bucketDestinations !== undefined && backupVolume,
      "bucketDestinations",
      "is only for backup.sink.mode: s3; a volume is reached without the network",
    ),
    ...emptyListIssues("bucketDestinations", bucketDestinations, "no backup could reach its bucket"),
    ...emptyListIssues(
      "databaseDestinations",
      databaseDestinations,
      "the server could not reach its database",
    ),
    ...emptyListIssues("dns", dns, "no pod could find the server or the database"),
  ];
}

/** What is wrong with a list that must not be empty. */
export function emptyListIssues(
  path: string,
  peers: NetworkPeer[] | undefined,
  consequence: string,
): Issue[] {
  return issueIf(
    Array.isArray(peers) && peers.length === 0,
    path,
    `is empty: ${consequence}; leave it out for the default`,
  );
}

/** What is wrong with the peers of a list. */
export function peersIssues(peers: NetworkPeer[] = []): Issue[] {
  return peers.flatMap((peer, index) => under(`[${String(index)}]`, peerIssues(peer)));
}

function peerIssues({ namespaceLabels, podLabels, cidr, except }: NetworkPeer): Issue[] {
  const labels = namespaceLabels !== undefined || podLabels !== undefined;
  return [
    ...issueIf(!labels && cidr === undefined, "", "names nobody; give namespaceLabels, podLabels or cidr"),
    ...issueIf(
      labels && cidr !== undefined,
      "cidr",
      "cannot be given together with labels; make it a peer of its own",
    ),
    ...issueIf(except !== undefined && cidr === undefined, "except", "has no effect without cidr"),
    ...under("namespaceLabels", labelGrammarIssues(namespaceLabels)),
    ...under("podLabels", labelGrammarIssues(podLabels)),
    ...rangeIssues("cidr", text(cidr)),
    ...(except ?? []).flatMap((range, index) =>
      exceptionIssues(`except[${String(index)}]`, text(range), text(cidr)),
    ),
  ];
}

function exceptionIssues(path: string, given: string | undefined, cidr: string | undefined): Issue[] {
  const [inner, outer] = [readRange(given), readRange(cidr)];
  if (!inner || !outer) return rangeIssues(path, given);
  return issueIf(!isInside(inner, outer), path, `${show(given)} is not a part of ${cidr ?? ""}`);
}
