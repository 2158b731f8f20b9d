import type { Issue } from "../checks/issues";
import { issueIf, show, under } from "../checks/issues";
import { text } from "../checks/unseen";
import { emptyListIssues, peersIssues } from "../network/network-checks";
import type { NetworkPeer } from "../network/network-args";
import { ServiceType } from "../server/server-args";
import { TlsMode, TrustMode } from "../tls/tls-args";
import { trustKey } from "../tls/tls-settings";
import type { TlsSettings } from "../tls/tls-args";
import { ExposureMode, IngressController } from "./exposure-args";
import type { ExposureSettings, GatewaySettings, IngressSettings } from "./exposure-args";

/** What the way in must fit. */
export interface ExposureContext {
  serviceType: ServiceType;
  tls: TlsSettings;
  /** What clients of the server trust. */
  trust: TrustMode;
  /** Whether network policies decide who reaches the server. */
  networkPolicies: boolean;
}

/** What is wrong with the way in. */
export function exposureIssues(settings: ExposureSettings, context: ExposureContext): Issue[] {
  const { mode = ExposureMode.None, ingress, gateway } = settings;
  // What is no mode has been reported.
  if (!Object.values(ExposureMode).includes(mode)) return [];
  const secondDoor = `${mode} is a second way in besides the Service of type ${context.serviceType}; use server.service.type: ClusterIP`;
  return [
    ...issueIf(
      mode === ExposureMode.Ingress && !ingress,
      "ingress",
      "is missing; mode ingress needs at least its hosts",
    ),
    ...issueIf(
      mode === ExposureMode.Gateway && !gateway,
      "gateway",
      "is missing; mode gateway needs its listener and hosts",
    ),
    ...issueIf(ingress !== undefined && mode !== ExposureMode.Ingress, "ingress", otherMode("ingress", mode)),
    ...issueIf(gateway !== undefined && mode !== ExposureMode.Gateway, "gateway", otherMode("gateway", mode)),
    ...issueIf(
      mode !== ExposureMode.None && context.serviceType !== ServiceType.ClusterIP,
      "mode",
      secondDoor,
    ),
    ...under("ingress", ingress ? ingressIssues(ingress, context) : []),
    ...under("gateway", gateway ? gatewayIssues(gateway, context) : []),
  ];
}

function otherMode(wanted: string, mode: string): string {
  return `is only for mode ${wanted}, and exposure.mode is ${mode}; set it to ${wanted}, or remove this`;
}

function ingressIssues(settings: IngressSettings, { trust, networkPolicies }: ExposureContext): Issue[] {
  const { controller = IngressController.Nginx, tlsSecret, certManager } = settings;
  const alb = controller === IngressController.Alb;
  const certificates =
    "an ALB takes certificates from AWS: use alb.certificateArn, or let it find one by the hosts";
  return [
    ...hostIssues("hosts", settings.hosts),
    ...issueIf(alb && tlsSecret !== undefined, "tlsSecret", certificates),
    ...issueIf(alb && certManager !== undefined, "certManager", certificates),
    ...issueIf(
      !alb && tlsSecret !== undefined && certManager !== undefined,
      "certManager",
      "makes a Secret of its own; remove tlsSecret",
    ),
    ...issueIf(!alb && settings.alb !== undefined, "alb", "is only for controller: alb"),
    ...issueIf(
      controller === IngressController.Traefik && trust === TrustMode.ConfigMap,
      "controller",
      "traefik reads CA certificates from a Secret, not from the ConfigMap of tls.trust; set tlsCaCertificate, and remove tls.trust",
    ),
    ...under("annotations", annotationIssues(settings.annotations ?? {})),
    ...callerIssues(settings.callers),
    ...issueIf(
      alb && networkPolicies && settings.callers === undefined,
      "callers",
      `is missing; ${albSubnets}`,
    ),
    ...(alb ? (settings.callers ?? []).flatMap(albCallerIssues) : []),
  ];
}

const albSubnets =
  "an ALB has no pods that network policies could select: give the cidr of its subnets, such as cidr: 10.20.0.0/16";

function albCallerIssues({ cidr }: NetworkPeer, index: number): Issue[] {
  return issueIf(cidr === undefined, `callers[${String(index)}]`, `has labels; ${albSubnets}`);
}

function callerIssues(callers: NetworkPeer[] | undefined): Issue[] {
  return [
    ...under("callers", peersIssues(callers)),
    ...emptyListIssues("callers", callers, "nobody could reach the server through it"),
  ];
}

/** The hosts of a list; none when something else stands there, which has been reported. */
function listed(hosts: unknown): readonly string[] {
  return Array.isArray(hosts) ? (hosts as string[]) : [];
}

function hostIssues(path: string, given: unknown): Issue[] {
  const hosts = listed(given);
  return [
    ...issueIf(
      Array.isArray(given) && hosts.length === 0,
      path,
      "is empty; name the server for its clients, such as certctl.example.com",
    ),
    ...hosts.flatMap((host, index) =>
      issueIf(hosts.indexOf(host) < index, `${path}[${String(index)}]`, `${show(host)} is there twice`),
    ),
  ];
}

/**
 * Annotations that decide how a controller reaches the server: any other value than the derived one fails.
 */
const governed =
  /^(nginx\.ingress\.kubernetes\.io\/(backend-protocol|proxy-ssl-.+|ssl-passthrough)|alb\.ingress\.kubernetes\.io\/(backend-protocol|target-type|scheme|certificate-arn|ssl-policy)|cert-manager\.io\/.*issuer.*)$/;

function annotationIssues(annotations: Record<string, string>): Issue[] {
  return Object.keys(annotations)
    .filter((key) => governed.test(key))
    .map((key) => ({
      path: `[${JSON.stringify(key)}]`,
      message: "is derived from controller, certManager, alb and tls; remove it",
    }));
}

function gatewayIssues(
  { hosts, passthrough, callers }: GatewaySettings,
  { tls, trust }: ExposureContext,
): Issue[] {
  const key = tls.trust?.configMap?.key ?? trustKey;
  const wrongKey = `a Gateway reads the key ca.crt of the ConfigMap, not ${show(key)}; rename it, or set tlsCaCertificate`;
  return [
    ...hostIssues("hosts", hosts),
    ...issueIf(trust === TrustMode.ConfigMap && key !== trustKey, "", wrongKey),
    ...callerIssues(callers),
    ...under("passthrough", passthrough ? passthroughIssues(passthrough.hosts, listed(hosts), tls) : []),
  ];
}

function passthroughIssues(given: unknown, decrypted: readonly string[], tls: TlsSettings): Issue[] {
  const named = (tls.extraDnsNames ?? []).map(text);
  // What an existing Secret's certificate holds for is not known here.
  const unknown = tls.mode === TlsMode.ExistingSecret;
  return [
    ...hostIssues("hosts", given),
    ...listed(given).flatMap((host, index) => [
      ...issueIf(
        decrypted.includes(host),
        `hosts[${String(index)}]`,
        `${show(host)} is a host of the HTTPRoute too; choose another name`,
      ),
      ...issueIf(
        !unknown && text(host) !== undefined && !named.includes(host),
        `hosts[${String(index)}]`,
        `${show(host)} is not in the server's certificate, which clients see here; add it to tls.extraDnsNames`,
      ),
    ]),
  ];
}
