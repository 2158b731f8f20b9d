import { backupWarnings } from "./backup-warnings";
import type { CertctlArgs } from "../certctl-args";
import { ExposureMode, IngressController } from "../exposure/exposure-args";
import { SslMode } from "../database/database-args";
import { stackInstance } from "../kubernetes/names";
import { AuthType } from "../server/auth-args";
import { RateLimitBackend } from "../server/limits-args";
import { ExternalTrafficPolicy, ServiceType, SessionAffinity } from "../server/server-args";
import { instanceSettings } from "./instance-settings";
import type { InstanceSettings } from "./instance-settings";
import { TlsMode, TrustMode } from "../tls/tls-args";
import { text } from "../checks/unseen";
import { daysLeft, readCertificates } from "../tls/pem";

/**
 * What is legal but risky, one line each, with the fix. Of Outputs it sees only that they are there: give it
 * `settledArgs(args)` to look at their values too.
 */
export function certctlWarnings(args: CertctlArgs): string[] {
  const settings = instanceSettings(args, stackInstance);
  return [
    ...replicaWarnings(settings),
    ...rateLimitWarnings(settings),
    ...exposureWarnings(args, settings),
    ...accessWarnings(settings),
    ...networkWarnings(settings),
    ...certificateWarnings(args, settings),
    ...secretWarnings(args, settings),
    ...policyWarnings(args, settings),
    ...backupWarnings(settings),
    ...unusedWarnings(args, settings),
  ];
}

/** What several servers must share. */
function replicaWarnings({ server, database, connections }: InstanceSettings): string[] {
  const { maxReplicas, rateLimiting, service } = server;
  if (!(maxReplicas > 1)) return [];
  const scaled = server.autoscaling ? "autoscaling.maxReplicas" : "replicas";
  const several = `server.${scaled} is ${String(maxReplicas)}`;
  const together = connections.pool * connections.replicas;
  return [
    ...warnIf(
      rateLimiting.backend === RateLimitBackend.Memory,
      `${several}, and each counts requests for itself: set server.rateLimiting.backend: postgres`,
    ),
    ...warnIf(
      service.sessionAffinity !== SessionAffinity.ClientIP,
      `${several}, and clients change between them: set server.service.sessionAffinity: ClientIP`,
    ),
    ...warnIf(
      database.external !== undefined && database.external.maxConnections === undefined,
      `${several}, and together they may open ${String(together)} connections: set database.external.maxConnections to what the server accepts`,
    ),
  ];
}

/** Who gets in without being asked. */
function accessWarnings({ server }: InstanceSettings): string[] {
  const { type, sourceRanges } = server.service;
  return [
    ...warnIf(
      server.auth?.type === AuthType.None,
      "server.auth.type is none, so everybody whom the gateway lets in is one administrator, and audit events name nobody: use api-key or oidc where they suffice",
    ),
    ...warnIf(
      type === ServiceType.LoadBalancer && sourceRanges === undefined,
      "the load balancer admits every address: set server.service.sourceRanges",
    ),
  ];
}

/** Certificates that anybody gets, that do not last, or that end soon. */
function certificateWarnings(args: CertctlArgs, { server, tls }: InstanceSettings): string[] {
  const days = tls.mode === TlsMode.Provided ? daysUntilExpiry(text(args.tlsCertificate)) : undefined;
  return [
    ...warnIf(
      server.est?.open !== undefined,
      "server.est.open gives certificates to everybody who reaches the server: use server.est.profiles",
    ),
    ...warnIf(
      args.caCertificate === undefined && args.existingSecrets?.issuingCa === undefined,
      "there is no issuing CA, so iss-local makes a new one at each restart and in each pod: npm run secrets -- <stack> makes a pair",
    ),
    ...warnIf(
      days !== undefined && days < 30,
      `tlsCertificate expires in ${String(days)} ${days === 1 ? "day" : "days"}: npm run secrets -- <stack> --renew-tls`,
    ),
  ];
}

/** Secrets that others may see, or that are out of use. */
function secretWarnings({ previousApiKeys }: CertctlArgs, { database }: InstanceSettings): string[] {
  const { external } = database;
  return [
    ...warnIf(
      external?.sslMode === SslMode.Disable,
      `the connection to ${text(external?.host) ?? "the database"} is not encrypted: set database.external.sslMode: verify-full`,
    ),
    ...warnIf(
      previousApiKeys !== undefined && Object.keys(previousApiKeys).length > 0,
      "previousApiKeys still work: when no client uses them any more, pulumi config rm certctl:previousApiKeys",
    ),
  ];
}

/** Network policies that are missing or too narrow, and alerts that are not there. */
function policyWarnings(args: CertctlArgs, { server, network, monitoring }: InstanceSettings): string[] {
  return [
    ...warnIf(
      args.network?.enabled === false,
      "there are no network policies, so any pod of the cluster may connect to the server and the database: remove network.enabled: false",
    ),
    ...warnIf(
      server.networkScan?.enabled === true &&
        network !== undefined &&
        network.serverDestinations === undefined,
      "server.networkScan is on, and the server may reach no private network: list what it scans in network.serverDestinations",
    ),
    ...warnIf(
      monitoring?.rules.kubeStateMetrics === false,
      "monitoring.rules.kubeStateMetrics is false, so nothing tells of a failed Job, a stuck rollout or the database: install kube-state-metrics",
    ),
  ];
}

/** Secrets that the choice of a certificate leaves without a reader. */
function unusedWarnings(args: CertctlArgs, { tls }: InstanceSettings): string[] {
  const pair = tls.mode === TlsMode.Provided ? [] : present(args, ["tlsCertificate", "tlsPrivateKey"]);
  const chosen = args.tls?.trust?.mode;
  const ca =
    chosen === undefined || chosen === TrustMode.CaCertificate ? [] : present(args, ["tlsCaCertificate"]);
  return [
    ...pair.map(
      (key) => `${key} is not used, because tls.mode is ${tls.mode}: pulumi config rm certctl:${key}`,
    ),
    ...ca.map(
      (key) =>
        `${key} is not used, because tls.trust.mode is ${chosen ?? ""}: pulumi config rm certctl:${key}`,
    ),
  ];
}

/** Callers whom the network policies cannot tell from others, or whose pods are guessed. */
function networkWarnings({ network, server, exposure }: InstanceSettings): string[] {
  if (!network) return [];
  const { type, sourceRanges, externalTrafficPolicy } = server.service;
  const { mode, gateway } = exposure ?? {};
  return [
    ...warnIf(
      type === ServiceType.LoadBalancer &&
        sourceRanges !== undefined &&
        externalTrafficPolicy !== ExternalTrafficPolicy.Local,
      "network policies cannot tell the load balancer's callers from others, because nodes replace addresses: set server.service.externalTrafficPolicy: Local",
    ),
    ...warnIf(
      mode === ExposureMode.Gateway && gateway !== undefined && gateway.callers === undefined,
      `the pods of the Gateway are taken for those with the label gateway.networking.k8s.io/gateway-name: ${gateway?.listener.gateway ?? ""} in its namespace: name them in exposure.gateway.callers`,
    ),
  ];
}

// facts: rate-limits
/** certctl counts requests by the address that they come from. */
function rateLimitWarnings({ server, exposure }: InstanceSettings): string[] {
  const { auth, rateLimiting } = server;
  const between = auth?.type === AuthType.None ? "gateway" : (exposure?.mode ?? ExposureMode.None);
  return warnIf(
    between !== ExposureMode.None && rateLimiting.rps === undefined && rateLimiting.enabled !== false,
    `everybody behind the ${between} shares one rate limit: set server.rateLimiting.rps for all of them together`,
  );
}

// facts: rate-limits, http-surface
/** What a way in that ends TLS brings with it. */
function exposureWarnings(
  { tlsCaCertificate }: CertctlArgs,
  { exposure, server, tls }: InstanceSettings,
): string[] {
  if (!exposure) return [];
  const { mode, ingress, gateway } = exposure;
  const { est, scep } = server;
  const profiles = [...Object.values(est?.profiles ?? {}), ...Object.values(scep?.profiles ?? {})];
  const showCertificates = profiles.some(({ clientCas }) => clientCas !== undefined);
  const nginx =
    mode === ExposureMode.Ingress &&
    (ingress?.controller ?? IngressController.Nginx) === IngressController.Nginx;
  return [
    ...warnIf(
      showCertificates && gateway?.passthrough === undefined,
      `clients that show certificates cannot come through the ${mode ?? ""}, which ends TLS: use exposure.gateway.passthrough or a load balancer`,
    ),
    ...warnIf(
      nginx && tlsCaCertificate === undefined && tls.trustMode !== TrustMode.TlsSecret,
      "nginx does not verify the server's certificate, because it reads CA certificates from a Secret only: set tlsCaCertificate",
    ),
  ];
}

function present(args: CertctlArgs, keys: readonly (keyof CertctlArgs)[]): string[] {
  return keys.filter((key) => args[key] !== undefined);
}

/** A warning when the condition holds. */
export function warnIf(condition: boolean, warning: string): string[] {
  return condition ? [warning] : [];
}

function daysUntilExpiry(pem: string | undefined): number | undefined {
  const read = pem === undefined ? undefined : readCertificates(pem);
  return read && "certificates" in read && read.certificates[0] ? daysLeft(read.certificates[0]) : undefined;
}
