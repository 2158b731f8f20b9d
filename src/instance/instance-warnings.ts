import { backupWarnings } from "./backup-warnings";
import type { CertctlArgs } from "../certctl-args";
import { connectionReserve } from "./plan";
import { ExposureMode, IngressController } from "../exposure/exposure-args";
import { AuthType } from "../server/auth-args";
import { TrustMode } from "../tls/tls-args";
import { trustMode } from "../tls/trust";
import { text } from "../checks/unseen";
import { resolveServer } from "../server/server-settings";
import { daysLeft, readCertificates } from "../tls/pem";

/** What is legal but risky, one line each, with the fix. */
export function certctlWarnings(args: CertctlArgs): string[] {
  const { server, database, tls, existingSecrets, monitoring } = args;
  const { maxReplicas, rateLimiting, service } = resolveServer(server ?? {}, args.fleetSize);
  const scaled = server?.autoscaling ? "autoscaling.maxReplicas" : "replicas";
  const several = `server.${scaled} is ${String(maxReplicas)}`;
  const external = database?.mode === "external" ? database.external : undefined;
  const tlsMode = tls?.mode ?? "provided";
  const days = tlsMode === "provided" ? daysUntilExpiry(text(args.tlsCertificate)) : undefined;
  const unusedPair = tlsMode === "provided" ? [] : present(args, ["tlsCertificate", "tlsPrivateKey"]);
  const unusedCa = ["configMap", "systemRoots", "tlsSecret"].includes(tls?.trust?.mode ?? "")
    ? present(args, ["tlsCaCertificate"])
    : [];
  return [
    ...warnIf(
      maxReplicas > 1 && rateLimiting.backend === "memory",
      `${several}, and each counts requests for itself: set server.rateLimiting.backend: postgres`,
    ),
    ...warnIf(
      maxReplicas > 1 && service.sessionAffinity !== "ClientIP",
      `${several}, and clients change between them: set server.service.sessionAffinity: ClientIP`,
    ),
    ...warnIf(
      external !== undefined && external.maxConnections === undefined && maxReplicas > 1,
      `${several}, and together they may open ${String(connectionReserve(args) - 20)} connections: set database.external.maxConnections to what the server accepts`,
    ),
    ...rateLimitWarnings(args),
    ...exposureWarnings(args),
    ...warnIf(
      server?.auth?.type === AuthType.None,
      "server.auth.type is none, so everybody whom the gateway lets in is one administrator, and audit events name nobody: use api-key or oidc where they suffice",
    ),
    ...warnIf(
      service.type === "LoadBalancer" && service.sourceRanges === undefined,
      "the load balancer admits every address: set server.service.sourceRanges",
    ),
    ...networkWarnings(args),
    ...warnIf(
      server?.est?.open !== undefined,
      "server.est.open gives certificates to everybody who reaches the server: use server.est.profiles",
    ),
    ...warnIf(
      args.caCertificate === undefined && existingSecrets?.issuingCa === undefined,
      "there is no issuing CA, so iss-local makes a new one at each restart and in each pod: npm run secrets -- <stack> makes a pair",
    ),
    ...warnIf(
      days !== undefined && days < 30,
      `tlsCertificate expires in ${String(days)} ${days === 1 ? "day" : "days"}: npm run secrets -- <stack> --renew-tls`,
    ),
    ...warnIf(
      external?.sslMode === "disable",
      `the connection to ${text(external?.host) ?? "the database"} is not encrypted: set database.external.sslMode: verify-full`,
    ),
    ...warnIf(
      args.previousApiKeys !== undefined && Object.keys(args.previousApiKeys).length > 0,
      "previousApiKeys still work: when no client uses them any more, pulumi config rm certctl:previousApiKeys",
    ),
    ...warnIf(
      args.network?.enabled === false,
      "there are no network policies, so any pod of the cluster may connect to the server and the database: remove network.enabled: false",
    ),
    ...warnIf(
      server?.networkScan?.enabled === true &&
        args.network?.enabled !== false &&
        args.network?.serverDestinations === undefined,
      "server.networkScan is on, and the server may reach no private network: list what it scans in network.serverDestinations",
    ),
    ...warnIf(
      monitoring?.enabled === true && monitoring.rules?.kubeStateMetrics === false,
      "monitoring.rules.kubeStateMetrics is false, so nothing tells of a failed Job, a stuck rollout or the database: install kube-state-metrics",
    ),
    ...backupWarnings(args),
    ...unusedPair.map(
      (key) => `${key} is not used, because tls.mode is ${tlsMode}: pulumi config rm certctl:${key}`,
    ),
    ...unusedCa.map(
      (key) =>
        `${key} is not used, because tls.trust.mode is ${tls?.trust?.mode ?? ""}: pulumi config rm certctl:${key}`,
    ),
  ];
}

/** Callers whom the network policies cannot tell from others, or whose pods are guessed. */
function networkWarnings({ network, server, exposure = {} }: CertctlArgs): string[] {
  if (network?.enabled === false) return [];
  const { type, sourceRanges, externalTrafficPolicy } = server?.service ?? {};
  const { mode, gateway } = exposure;
  return [
    ...warnIf(
      type === "LoadBalancer" && sourceRanges !== undefined && externalTrafficPolicy !== "Local",
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
function rateLimitWarnings({ server, exposure }: CertctlArgs): string[] {
  const { auth, rateLimiting } = server ?? {};
  const between = auth?.type === AuthType.None ? "gateway" : (exposure?.mode ?? ExposureMode.None);
  return warnIf(
    between !== ExposureMode.None && rateLimiting?.rps === undefined && rateLimiting?.enabled !== false,
    `everybody behind the ${between} shares one rate limit: set server.rateLimiting.rps for all of them together`,
  );
}

// facts: rate-limits, http-surface
/** What a way in that ends TLS brings with it. */
function exposureWarnings(args: CertctlArgs): string[] {
  const { mode = ExposureMode.None, ingress, gateway } = args.exposure ?? {};
  if (mode === ExposureMode.None) return [];
  const { est, scep } = args.server ?? {};
  const profiles = [...Object.values(est?.profiles ?? {}), ...Object.values(scep?.profiles ?? {})];
  const showCertificates = profiles.some(({ clientCas }) => clientCas !== undefined);
  const trust = trustMode(args.tls, args.tlsCaCertificate !== undefined);
  const nginx =
    mode === ExposureMode.Ingress &&
    (ingress?.controller ?? IngressController.Nginx) === IngressController.Nginx;
  return [
    ...warnIf(
      showCertificates && gateway?.passthrough === undefined,
      `clients that show certificates cannot come through the ${mode}, which ends TLS: use exposure.gateway.passthrough or a load balancer`,
    ),
    ...warnIf(
      nginx && args.tlsCaCertificate === undefined && trust !== TrustMode.TlsSecret,
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

/**
 * Risky but legal choices, one line each, with the fix. Of Outputs it sees only that they are there: give it
 * `settledArgs(args)` to look at their values too.
 */
export function warnCertctl(args: CertctlArgs): string[] {
  return certctlWarnings(args);
}
