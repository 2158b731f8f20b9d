import { BackupSinkMode, S3IdentityMode } from "../backup/sink-args";
import { exposureCallers } from "../exposure/exposure-callers";
import type { PodComponent } from "../kubernetes/labels";
import { sqlExporterPort } from "../monitoring/sql-exporter-manifests";
import { ExternalTrafficPolicy, ServiceType } from "../server/server-args";
import { mailPort } from "../server/mail-port";
import type { Edge, PolicyPort } from "../network/edges";
import {
  anywhere,
  fromPeers,
  internet,
  isPart,
  namedPods,
  tcp,
  toHost,
  toPeers,
  urlOf,
} from "../network/edges";
import type { NetworkPeer } from "../network/network-args";
import type { InstanceSettings } from "./instance-settings";

const https = tcp(443);
const dnsPorts: PolicyPort[] = [
  { protocol: "UDP", port: 53 },
  { protocol: "TCP", port: 53 },
];
const clusterDns = [namedPods("kube-system", { "k8s-app": "kube-dns" })];

/**
 * Who connects to whom in an instance: the one place that its network policies follow from. A new part adds
 * its lines here.
 */
export function instanceEdges(settings: InstanceSettings): Edge[] {
  const edges = [
    { from: "provisioning", to: "server", ports: serverPorts(settings) },
    { from: "agents", to: "server", ports: serverPorts(settings) },
    ...toDatabase("migration", settings),
    ...toDatabase("server", settings),
    ...toDatabase("backup", settings),
    ...toDatabase("restore", settings),
    ...toDatabase("sql-exporter", settings),
    ...fromPeers(settings.monitoring?.scrapers, "sql-exporter", tcp(sqlExporterPort)),
    ...toBucket(settings),
    ...toPushgateway(settings),
    ...serverCallers(settings),
    ...serverDestinations(settings),
    ...toPeers("agents", settings.network?.agentDestinations, https),
  ] satisfies Edge[];
  return withDns(edges, settings);
}

function toDatabase(from: PodComponent, { database, network }: InstanceSettings): Edge[] {
  const { bundled, external } = database;
  if (!external) return [{ from, to: "database", ports: tcp(bundled.port) }];
  const ports = tcp(external.port);
  if (network?.databaseDestinations) return toPeers(from, network.databaseDestinations, ports);
  return [{ from, ...toHost(external.host), ports }];
}

/** Whoever carries out the exposure, Prometheus, and what the user adds. */
function serverCallers(settings: InstanceSettings): Edge[] {
  const { exposure, monitoring, network } = settings;
  const callers = [
    ...exposureCallers(exposure ?? {}),
    ...(monitoring?.scrapers ?? []),
    ...(network?.serverCallers ?? []),
  ];
  return [...fromPeers(callers, "server", serverPorts(settings)), ...fromOutside(settings)];
}

/**
 * Through the Service's own door. Only where nodes keep callers' addresses can a policy tell who they are.
 */
function fromOutside(settings: InstanceSettings): Edge[] {
  const { type, sourceRanges, externalTrafficPolicy } = settings.server.service;
  if (type === ServiceType.ClusterIP) return [];
  const told = externalTrafficPolicy === ExternalTrafficPolicy.Local ? sourceRanges : undefined;
  const ports = serverPorts(settings);
  return told
    ? fromPeers(
        told.map((cidr) => ({ cidr })),
        "server",
        ports,
      )
    : [{ from: anywhere, to: "server", ports }];
}

/** Issuers, notifiers and identity providers, by HTTPS; what arguments name; what the user adds. */
function serverDestinations({ server, network }: InstanceSettings): Edge[] {
  const { smtp, issuer, notifiers } = server;
  const urls = [issuer?.acme?.directoryUrl, issuer?.stepCa?.url, notifiers?.webhook?.url];
  return [
    ...toPeers("server", internet, https),
    ...(smtp ? [{ from: "server", ...toHost(smtp.host), ports: tcp(mailPort(smtp)) }] : []),
    ...urls.flatMap(toUrl),
    ...toPeers("server", network?.serverDestinations, https),
  ];
}

/** A name on port 443 is taken for one of the internet: it opens nothing more. */
function toUrl(url: string | undefined): Edge[] {
  if (url === undefined || !URL.canParse(url)) return [];
  const { hostname, protocol, port } = new URL(url);
  const end = toHost(hostname);
  const number = Number(port || (protocol === "http:" ? "80" : "443"));
  return number === 443 && end.to === anywhere ? [] : [{ from: "server", ...end, ports: tcp(number) }];
}

/** EKS Pod Identity: its agent on the node, at an address of AWS's choice. */
const podIdentityAgent: NetworkPeer[] = [{ cidr: "169.254.170.23/32" }, { cidr: "fd00:ec2::23/128" }];

/** Everybody who writes or reads backups in a bucket, and where they get their credentials. */
function toBucket({ backup, network }: InstanceSettings): Edge[] {
  if (backup?.sink.mode !== BackupSinkMode.S3) return [];
  const { endpoint, identity } = backup.sink.s3;
  const url = urlOf(endpoint);
  const ports = url ? tcp(Number(url.port || (url.protocol === "http:" ? "80" : "443"))) : https;
  return (["backup", "restore", "drill"] as const).flatMap((from): Edge[] => {
    const store =
      endpoint === undefined ? toPeers(from, internet, https) : [{ from, ...toHost(url?.hostname), ports }];
    // AWS STS, which is not behind the endpoint.
    const tokens =
      endpoint !== undefined && identity.mode === S3IdentityMode.Irsa ? toPeers(from, internet, https) : [];
    return [
      ...(network?.bucketDestinations
        ? toPeers(from, network.bucketDestinations, ports)
        : [...store, ...tokens]),
      ...(identity.mode === S3IdentityMode.PodIdentity ? toPeers(from, podIdentityAgent, tcp(80)) : []),
    ];
  });
}

function toPushgateway({ backup }: InstanceSettings): Edge[] {
  const url = urlOf(backup?.pushgateway?.url);
  if (!url) return [];
  return (["backup", "drill"] as const).map((from) => ({
    from,
    ...toHost(url.hostname),
    ports: tcp(Number(url.port || "80")),
  }));
}

function serverPorts({ server }: InstanceSettings): PolicyPort[] {
  return tcp(server.port);
}

/** Who opens a connection looks up a name first. */
function withDns(edges: Edge[], { network }: InstanceSettings): Edge[] {
  const callers = [...new Set(edges.map(({ from }) => from).filter(isPart))];
  return [...edges, ...callers.flatMap((from) => toPeers(from, network?.dns ?? clusterDns, dnsPorts))];
}
