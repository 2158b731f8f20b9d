import { BackupSinkMode, S3IdentityMode } from "../backup/sink-args";
import type { CertctlArgs } from "../certctl-args";
import { DatabaseMode } from "../database/database-args";
import { exposureCallers } from "../exposure/exposure-callers";
import type { PodComponent } from "../kubernetes/labels";
import { scrapers } from "../monitoring/scrapers";
import { sqlExporterPort } from "../monitoring/sql-exporter-manifests";
import { ExternalTrafficPolicy, ServiceType } from "../server/server-args";
import { mailPort } from "../server/server-environment";
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
export function instanceEdges(args: CertctlArgs): Edge[] {
  const edges = [
    { from: "provisioning", to: "server", ports: serverPorts(args) },
    { from: "agents", to: "server", ports: serverPorts(args) },
    ...toDatabase("migration", args),
    ...toDatabase("server", args),
    ...toDatabase("backup", args),
    ...toDatabase("restore", args),
    ...toDatabase("sql-exporter", args),
    ...fromPeers(scrapers(args.monitoring), "sql-exporter", tcp(sqlExporterPort)),
    ...toBucket(args),
    ...toPushgateway(args),
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
  return [{ from, ...toHost(external.host), ports }];
}

/** Whoever carries out the exposure, Prometheus, and what the user adds. */
function serverCallers(args: CertctlArgs): Edge[] {
  const callers = [
    ...exposureCallers(args.exposure ?? {}),
    ...scrapers(args.monitoring),
    ...(args.network?.serverCallers ?? []),
  ];
  return [...fromPeers(callers, "server", serverPorts(args)), ...fromOutside(args)];
}

/**
 * Through the Service's own door. Only where nodes keep callers' addresses can a policy tell who they are.
 */
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
  const { smtp, issuer, notifiers } = server ?? {};
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
function toBucket({ backup, network }: CertctlArgs): Edge[] {
  const { mode, s3 = {} } = backup?.sink ?? {};
  if (mode !== BackupSinkMode.S3) return [];
  const { endpoint, identity } = s3;
  const url = urlOf(endpoint);
  const ports = url ? tcp(Number(url.port || (url.protocol === "http:" ? "80" : "443"))) : https;
  const identityMode = identity?.mode ?? S3IdentityMode.Irsa;
  return (["backup", "restore", "drill"] as const).flatMap((from): Edge[] => {
    const store =
      endpoint === undefined ? toPeers(from, internet, https) : [{ from, ...toHost(url?.hostname), ports }];
    // AWS STS, which is not behind the endpoint.
    const tokens =
      endpoint !== undefined && identityMode === S3IdentityMode.Irsa ? toPeers(from, internet, https) : [];
    return [
      ...(network?.bucketDestinations
        ? toPeers(from, network.bucketDestinations, ports)
        : [...store, ...tokens]),
      ...(identityMode === S3IdentityMode.PodIdentity ? toPeers(from, podIdentityAgent, tcp(80)) : []),
    ];
  });
}

function toPushgateway({ backup }: CertctlArgs): Edge[] {
  const url = urlOf(backup?.pushgateway?.url);
  if (!url) return [];
  return (["backup", "drill"] as const).map((from) => ({
    from,
    ...toHost(url.hostname),
    ports: tcp(Number(url.port || "80")),
  }));
}

function serverPorts(args: CertctlArgs): PolicyPort[] {
  return tcp(args.server?.port ?? 8443);
}

/** Who opens a connection looks up a name first. */
function withDns(edges: Edge[], { network }: CertctlArgs): Edge[] {
  const callers = [...new Set(edges.map(({ from }) => from).filter(isPart))];
  return [...edges, ...callers.flatMap((from) => toPeers(from, network?.dns ?? clusterDns, dnsPorts))];
}
