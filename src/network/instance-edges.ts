import type { CertctlArgs } from "../certctl-args";
import { DatabaseMode } from "../database/database-args";
import { exposureCallers } from "../exposure/exposure-callers";
import type { PodComponent } from "../kubernetes/labels";
import { scrapers } from "../monitoring/scrapers";
import type { IssuerSettings } from "../server/issuer-args";
import { ExternalTrafficPolicy, ServiceType } from "../server/server-args";
import { mailPort } from "../server/server-environment";
import type { Edge, PolicyPort } from "./edges";
import { anywhere, fromPeers, hostEnd, internet, isPart, namedPods, tcp, toPeers } from "./edges";

const https = tcp(443);
const dnsPorts: PolicyPort[] = [
  { protocol: "UDP", port: 53 },
  { protocol: "TCP", port: 53 },
];
const clusterDns = [namedPods("kube-system", { "k8s-app": "kube-dns" })];

/** Who connects to whom in an instance: the one place that its network policies follow from. A new part adds its lines here. */
export function instanceEdges(args: CertctlArgs): Edge[] {
  const edges = [
    { from: "provisioning", to: "server", ports: serverPorts(args) },
    { from: "agents", to: "server", ports: serverPorts(args) },
    ...toDatabase("migration", args),
    ...toDatabase("server", args),
    ...toDatabase("backup", args),
    ...serverCallers(args),
    ...serverDestinations(args),
    ...toPeers("agents", args.network?.agentDestinations, https),
  ] satisfies Edge[];
  return withDns(edges, args);
}

function toDatabase(from: PodComponent, { database, network }: CertctlArgs): Edge[] {
  const external = database?.mode === DatabaseMode.External ? database.external : undefined;
  if (!external) return [{ from, to: "database", ports: tcp(database?.bundled?.port ?? 5432) }];
  const ports = tcp(external.port ?? 5432);
  if (network?.databaseDestinations) return toPeers(from, network.databaseDestinations, ports);
  return [{ from, to: hostEnd(external.host), ports }];
}

/** Whoever carries out the exposure, Prometheus, and what the user adds. */
function serverCallers(args: CertctlArgs): Edge[] {
  const callers = [...exposureCallers(args.exposure ?? {}), ...scrapers(args.monitoring), ...(args.network?.serverCallers ?? [])];
  return [...fromPeers(callers, "server", serverPorts(args)), ...fromOutside(args)];
}

/** Through the Service's own door. Only where nodes keep callers' addresses can a policy tell who they are. */
function fromOutside(args: CertctlArgs): Edge[] {
  const { type = ServiceType.ClusterIP, sourceRanges, externalTrafficPolicy } = args.server?.service ?? {};
  if (type === ServiceType.ClusterIP) return [];
  const told = externalTrafficPolicy === ExternalTrafficPolicy.Local ? sourceRanges : undefined;
  const ports = serverPorts(args);
  return told
    ? fromPeers(
        told.map((cidr) => ({ cidr })),
        "server",
        ports,
      )
    : [{ from: anywhere, to: "server", ports }];
}

/** Issuers, notifiers and identity providers, by HTTPS; what arguments name; what the user adds. */
function serverDestinations({ server, network }: CertctlArgs): Edge[] {
  const { smtp, issuer } = server ?? {};
  return [
    ...toPeers("server", internet, https),
    ...(smtp ? [{ from: "server", to: hostEnd(smtp.host), ports: tcp(mailPort(smtp)) } as const] : []),
    ...toAcme(issuer),
    ...toPeers("server", network?.serverDestinations, https),
  ];
}

/** A name on port 443 is taken for one of the internet: it opens nothing more. */
function toAcme({ acme }: IssuerSettings = {}): Edge[] {
  if (!acme || !URL.canParse(acme.directoryUrl)) return [];
  const { hostname, port } = new URL(acme.directoryUrl);
  const to = hostEnd(hostname);
  return port === "" && to === anywhere ? [] : [{ from: "server", to, ports: tcp(Number(port || "443")) }];
}

function serverPorts(args: CertctlArgs): PolicyPort[] {
  return tcp(args.server?.port ?? 8443);
}

/** Who opens a connection looks up a name first. */
function withDns(edges: Edge[], { network }: CertctlArgs): Edge[] {
  const callers = [...new Set(edges.map(({ from }) => from).filter(isPart))];
  return [...edges, ...callers.flatMap((from) => toPeers(from, network?.dns ?? clusterDns, dnsPorts))];
}
