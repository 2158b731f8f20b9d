import type { CertctlArgs } from "./certctl-args";
import { text } from "./config/plain";
import { daysLeft, readCertificates } from "./tls/pem";

/** What is legal but risky, one line each, with the fix. */
export function certctlWarnings(args: CertctlArgs): string[] {
  const { server, database, tls, existingSecrets, monitoring } = args;
  const replicas = server?.replicas ?? 1;
  const several = `server.replicas is ${String(replicas)}`;
  const external = database?.mode === "external" ? database.external : undefined;
  const tlsMode = tls?.mode ?? "provided";
  const days = tlsMode === "provided" ? daysUntilExpiry(text(args.tlsCertificate)) : undefined;
  const unusedPair = tlsMode === "provided" ? [] : present(args, ["tlsCertificate", "tlsPrivateKey"]);
  const unusedCa = ["configMap", "systemRoots", "tlsSecret"].includes(tls?.trust?.mode ?? "") ? present(args, ["tlsCaCertificate"]) : [];
  return [
    ...warnIf(
      replicas > 1 && (server?.rateLimiting?.backend ?? "memory") === "memory",
      `${several}, and each counts requests for itself: set server.rateLimiting.backend: postgres`,
    ),
    ...warnIf(
      replicas > 1 && server?.service?.sessionAffinity !== "ClientIP",
      `${several}, and clients change between them: set server.service.sessionAffinity: ClientIP`,
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
      server?.networkScan?.enabled === true && args.network?.enabled !== false && args.network?.serverDestinations === undefined,
      "server.networkScan is on, and the server may reach no private network: list what it scans in network.serverDestinations",
    ),
    ...warnIf(
      monitoring?.enabled === true && monitoring.rules?.kubeStateMetrics === false,
      "monitoring.rules.kubeStateMetrics is false, so nothing tells of a failed Job, a stuck rollout or the database: install kube-state-metrics",
    ),
    ...unusedPair.map((key) => `${key} is not used, because tls.mode is ${tlsMode}: pulumi config rm certctl:${key}`),
    ...unusedCa.map((key) => `${key} is not used, because tls.trust.mode is ${tls?.trust?.mode ?? ""}: pulumi config rm certctl:${key}`),
  ];
}

function present(args: CertctlArgs, keys: readonly (keyof CertctlArgs)[]): string[] {
  return keys.filter((key) => args[key] !== undefined);
}

function warnIf(condition: boolean, warning: string): string[] {
  return condition ? [warning] : [];
}

function daysUntilExpiry(pem: string | undefined): number | undefined {
  const read = pem === undefined ? undefined : readCertificates(pem);
  return read && "certificates" in read && read.certificates[0] ? daysLeft(read.certificates[0]) : undefined;
}
