import { BackupSinkMode } from "../backup/sink-args";
import { AgentsKind } from "../agents/agents-args";
import type { CertctlArgs } from "../certctl-args";
import { requiredConnections } from "../database/postgres-settings";
import { defaultNamespace, stackInstance } from "../kubernetes/names";
import { TrustMode } from "../tls/tls-args";
import { instanceSettings } from "./instance-settings";
import type { InstanceSettings } from "./instance-settings";
import { allIssues } from "../checks/all-issues";
import { checkedArgs } from "../checks/checked-inputs";
import { missingSecretMessage } from "../checks/missing-secret";
import { FleetSize } from "../fleet-size/fleet-size-args";
import { provisioningIssues } from "../provisioning/provisioning-checks";
import { migrationIssues } from "../migration/migration-checks";
import { instanceRestoreIssues } from "./instance-restore-checks";
import { openServerIssues } from "./open-server-checks";
import type { Issue } from "../checks/issues";
import { issueIf, show, under } from "../checks/issues";
import { text } from "../checks/unseen";
import { requiredSecrets } from "../secrets/required-secrets";
import { agentsIssues } from "../agents/agents-checks";
import { DatabaseMode } from "../database/database-args";
import { backupIssues } from "../backup/backup-checks";
import { databaseIssues } from "../database/database-checks";
import type { ExposureContext } from "../exposure/exposure-checks";
import { exposureIssues } from "../exposure/exposure-checks";
import { fleetProfile } from "../fleet-size/fleet-size";
import { labelIssues, resourceIssues } from "../kubernetes/kubernetes-checks";
import { monitoringIssues } from "../monitoring/monitoring-checks";
import { existingSecretIssues, secretIssues } from "../secrets/secrets-checks";
import type { NetworkContext } from "../network/network-checks";
import { networkIssues } from "../network/network-checks";
import type { SetVariable } from "../server/variables/set-variables";
import { secretVariables, settingVariables } from "../server/variables/set-variables";
import { pathIssues } from "../server/files/file-checks";
import { serverIssues } from "../server/server-checks";
import { SessionAffinity } from "../server/server-args";
import { resolveServer } from "../server/server-settings";
import { secretVariableIssues } from "../server/variables/secret-variable-checks";
import { duplicateIssues, variableIssues } from "../server/variables/variable-checks";
import { bundleIssues } from "../server/variables/bundle-checks";
import { serverDnsNames } from "../tls/dns-names";
import { tlsIssues, tlsMaterialIssues } from "../tls/tls-checks";

/** Everything that is wrong with an instance beyond the form of its arguments. `name` is the component's. */
export function certctlIssues(args: CertctlArgs, name: string): Issue[] {
  const settings = instanceSettings(args, name);
  const dnsNames = serverDnsNames(name, text(settings.namespace) ?? defaultNamespace);
  const tls = args.tls ?? {};
  return [
    ...namespaceIssues(args),
    ...under("commonLabels", labelIssues(args.commonLabels)),
    ...under("server", serverIssues(args.server ?? {})),
    ...under("database", databaseIssues(args.database ?? {})),
    ...under("migrations", migrationIssues(args.migrations ?? {})),
    ...under("backup", backupIssues(args.backup ?? {})),
    ...instanceRestoreIssues(args, settings),
    ...under("provisioning", provisioningIssues(args.provisioning ?? {})),
    ...under("agents", agentsIssues(args.agents ?? {})),
    ...under("network", networkIssues(args.network ?? {}, networkContext(args, settings))),
    ...under("tls", tlsIssues(tls)),
    ...under("monitoring", monitoringIssues(args.monitoring ?? {})),
    ...under("exposure", args.exposure ? exposureIssues(args.exposure, exposureContext(settings)) : []),
    ...defaultResourceIssues(args),
    ...connectionIssues(args, settings),
    ...affinityIssues(args),
    ...nodeAgentIssues(args, settings),
    ...secretIssues(args),
    ...existingSecretIssues(args.existingSecrets ?? {}, args),
    ...missingSecretIssues(args),
    ...tlsMaterialIssues(tls, args, dnsNames),
    ...environmentIssues(args),
  ];
}

const systemNamespaces = ["default", "kube-system", "kube-public", "kube-node-lease"];

function namespaceIssues({ namespace, createNamespace }: CertctlArgs): Issue[] {
  const exists = systemNamespaces.includes(text(namespace) ?? "") && createNamespace !== false;
  return issueIf(
    exists,
    "namespace",
    `${show(namespace)} exists in every cluster; choose another, or set createNamespace: false`,
  );
}

/**
 * Amounts that contradict the default of the fleet size. Those that contradict each other are found with the
 * part.
 */
function defaultResourceIssues({ fleetSize, server, database, backup, agents }: CertctlArgs): Issue[] {
  if (!isKnown(fleetSize)) return [];
  const profile = fleetProfile(fleetSize);
  return [
    ...under("server.resources", resourceIssues(server?.resources, profile.server.resources)),
    ...under(
      "database.bundled.resources",
      resourceIssues(database?.bundled?.resources, profile.database.resources),
    ),
    ...under("backup.resources", resourceIssues(backup?.resources, profile.backup.resources)),
    ...under("backup.drill.resources", resourceIssues(backup?.drill?.resources, profile.database.resources)),
    ...under("agents.resources", resourceIssues(agents?.resources, profile.agents.resources)),
  ];
}

function isKnown(fleetSize: FleetSize | undefined): boolean {
  return fleetSize === undefined || Object.values(FleetSize).includes(fleetSize);
}

// facts: sizes
/** Every pool at its fullest, and a reserve, must fit. */
function connectionIssues(
  { database: given, fleetSize }: CertctlArgs,
  { connections, database }: InstanceSettings,
): Issue[] {
  const most = given?.[database.mode]?.maxConnections;
  if (most === undefined || !isKnown(fleetSize)) return [];
  const needed = requiredConnections(connections);
  const { pool, replicas, reserve } = connections;
  const sum = `${String(pool)} for each of ${String(replicas)} replicas and ${String(reserve)} for people and Jobs`;
  return issueIf(
    most < needed,
    `database.${database.mode}.maxConnections`,
    `${String(most)} is too small; ${String(needed)} are needed: ${sum}`,
  );
}

/** The default of the affinity depends on the fleet size. */
function affinityIssues({ server, fleetSize }: CertctlArgs): Issue[] {
  const { sessionAffinity, sessionAffinityTimeoutSeconds } = server?.service ?? {};
  if (sessionAffinity !== undefined || sessionAffinityTimeoutSeconds === undefined || !isKnown(fleetSize))
    return [];
  const useless = resolveServer({}, fleetSize).service.sessionAffinity === SessionAffinity.None;
  return issueIf(
    useless,
    "server.service.sessionAffinityTimeoutSeconds",
    "has no effect without sessionAffinity: ClientIP",
  );
}

function exposureContext({ server, tls, network }: InstanceSettings): ExposureContext {
  return {
    serviceType: server.service.type,
    tls,
    trust: tls.trustMode,
    networkPolicies: network !== undefined,
  };
}

function networkContext({ backup }: CertctlArgs, { database }: InstanceSettings): NetworkContext {
  return {
    bundledDatabase: database.mode === DatabaseMode.Bundled,
    backupVolume: (backup?.sink?.mode ?? BackupSinkMode.Pvc) === BackupSinkMode.Pvc,
  };
}

/** Agents on nodes live in a namespace of their own, where the TLS Secret is not. */
function nodeAgentIssues(
  { agents: given }: CertctlArgs,
  { agents, namespace, tls }: InstanceSettings,
): Issue[] {
  if (agents?.kind !== AgentsKind.DaemonSet) return [];
  const own = text(namespace) ?? defaultNamespace;
  return [
    ...issueIf(
      text(agents.node.namespace) === own,
      "agents.node.namespace",
      `${show(own)} is the instance's own namespace, which admits restricted pods only; node agents need another`,
    ),
    ...issueIf(
      given?.node?.namespace === undefined && own.length > 63 - "-agents".length,
      "agents.node.namespace",
      `is missing, and ${show(`${own}-agents`)} would be longer than 63 characters`,
    ),
    ...issueIf(
      tls.trustMode === TrustMode.TlsSecret,
      "agents.kind",
      "DaemonSet agents cannot read the TLS Secret, which is in another namespace; set tlsCaCertificate, or tls.trust.mode configMap or systemRoots",
    ),
  ];
}

function missingSecretIssues(args: CertctlArgs): Issue[] {
  const given = args as Record<string, unknown>;
  // Of a key with parts, the schema asks for those that are missing.
  const missing = requiredSecrets(args).filter((path) => given[path.split(".")[0] ?? ""] === undefined);
  return [
    ...missing.map((path) => ({ path, message: missingSecretMessage(path) })),
    ...smtpPasswordIssues(args),
  ];
}

function smtpPasswordIssues({ server, smtpPassword }: CertctlArgs): Issue[] {
  const elsewhere = server?.envFromSecrets?.CERTCTL_SMTP_PASSWORD !== undefined;
  const given = smtpPassword !== undefined;
  const path = "smtpPassword";
  return [
    ...issueIf(
      server?.smtp?.username !== undefined && !given && !elsewhere,
      path,
      "is missing; server.smtp.username needs it",
    ),
    ...issueIf(given && server?.smtp === undefined, path, "has no effect without server.smtp"),
    ...issueIf(
      given && elsewhere,
      path,
      "is set in server.envFromSecrets.CERTCTL_SMTP_PASSWORD too; keep one of the two",
    ),
  ];
}

/** What only the variables of all sources together tell. */
function environmentIssues(args: CertctlArgs): Issue[] {
  const settings = args.server ?? {};
  const secret = secretVariables(args);
  const fromSettings = settingVariables(settings).map((one): SetVariable => ({
    ...one,
    path: `server.${one.path}`,
  }));
  const all = [...fromSettings, ...secret];
  return [
    ...secret.flatMap(variableIssues),
    ...pathIssues(secret, settings.mounts ?? []),
    ...duplicateIssues(all).filter(({ path }) => path.startsWith("secretEnv")),
    ...bundleIssues(all, settings.issuer),
    ...secretVariableIssues(settings, all),
    ...openServerIssues(args),
  ];
}

/**
 * Everything that is wrong with the arguments of an instance. `name` is the component's; Services are named
 * after it.
 */
export function checkCertctl(args: CertctlArgs, name: string = stackInstance): Issue[] {
  return allIssues("CertctlArgs", args, "", (masked: CertctlArgs) => certctlIssues(masked, name));
}

/** The arguments, checked: all that is wrong is thrown at once. Outputs are checked when they are known. */
export function checkedInstance(name: string, args: CertctlArgs): CertctlArgs {
  return checkedArgs(args, (plain) => checkCertctl(plain, name));
}
