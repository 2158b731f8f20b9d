import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { CertctlAgents } from "./agents/certctl-agents";
import { DatabaseBackup } from "./backup/database-backup";
import { DatabaseRestore } from "./backup/database-restore";
import type { CertctlArgs } from "./certctl-args";
import { checkCertctl } from "./instance/instance-checks";
import { instanceTraffic } from "./instance/instance-traffic";
import {
  clientTrust,
  connectionReserve,
  databaseFor,
  exposedServer,
  exposedService,
  namespaceManifest,
  watchedParts,
} from "./instance/plan";
import { checkedArgs } from "./checks/checked-inputs";
import { vouchedFor } from "./checks/checked-settings";
import type { Database } from "./database/database";
import { DatabaseMigration } from "./migration/database-migration";
import { ServerExposure } from "./exposure/server-exposure";
import { requireCustomResources } from "./kubernetes/custom-resources";
import { dependencies } from "./kubernetes/dependencies";
import { contentHash } from "./kubernetes/hash";
import { dataProtection } from "./kubernetes/protection";
import { sameNodes } from "./kubernetes/scheduling";
import { NetworkPolicies } from "./network/network-policies";
import { CertctlMonitoring } from "./monitoring/certctl-monitoring";
import { SqlExporter } from "./monitoring/sql-exporter";
import { neededKinds } from "./instance/needed-kinds";
import { ServerProvisioning } from "./provisioning/server-provisioning";
import { fleetKeys } from "./secrets/api-keys";
import { InstanceSecrets } from "./secrets/instance-secrets";
import { CertctlServer } from "./server/certctl-server";
import { serverDnsNames } from "./tls/dns-names";
import { ServerTls } from "./tls/server-tls";

/**
 * A certctl instance that works: namespace, secrets, database, restore, migration, server, provisioning,
 * agents, in this order. Each part waits for the one before it, so a part that fails stops the update and
 * leaves what runs untouched.
 */
export class Certctl extends pulumi.ComponentResource {
  /** In-cluster base URL of the server. */
  public readonly url: pulumi.Output<string>;
  /** Namespace of the instance, unless it existed already. */
  public readonly namespace?: k8s.core.v1.Namespace;
  /** Who may connect to whom, unless `network.enabled` is false. */
  public readonly network?: NetworkPolicies;
  public readonly secrets: InstanceSecrets;
  public readonly tls: ServerTls;
  public readonly database: Database;
  /** Where backups are kept, and their schedules; none unless `backup.enabled` asks for them. */
  public readonly backup?: DatabaseBackup;
  /** The restore, while `restore` asks for one. */
  public readonly restore?: DatabaseRestore;
  /** The migration Job; none with `migrations.mode: server`. */
  public readonly migration?: DatabaseMigration;
  public readonly server: CertctlServer;
  public readonly provisioning: ServerProvisioning;
  /** The way in for clients outside of the cluster; none unless `exposure` asks for it. */
  public readonly exposure?: ServerExposure;
  /** The agents, unless `agents.enabled` is false. */
  public readonly agents?: CertctlAgents;
  /** Asks the database for what the server's gauges cannot tell, with `monitoring.sqlExporter`. */
  public readonly sqlExporter?: SqlExporter;
  /** What Prometheus and Grafana are told, with `monitoring.enabled`. */
  public readonly monitoring?: CertctlMonitoring;

  constructor(name: string, args: CertctlArgs, opts?: pulumi.ComponentResourceOptions) {
    super("certctl:index:Certctl", name, {}, opts);
    args = checkedArgs(args, (plain) => checkCertctl(plain, name));
    const {
      namespace = "certctl",
      fleetSize,
      images,
      commonLabels,
      readyTimeoutSeconds,
      deletionProtection = true,
    } = args;
    const shared = {
      instance: name,
      namespace,
      images,
      commonLabels,
      fleetSize,
      readyTimeoutSeconds,
      deletionProtection,
    };
    const scheduling = sameNodes(args.server?.scheduling);
    const kinds = requireCustomResources(name, neededKinds(args), {
      parent: this,
      dependsOn: dependencies(opts),
    });
    const after = (...parts: (pulumi.Resource | undefined)[]): pulumi.ComponentResourceOptions =>
      vouchedFor({
        parent: this,
        // Policies come first: no pod runs without its own.
        dependsOn: dependencies(opts, [
          ...kinds,
          ...[this.network, ...parts].filter((part) => part !== undefined),
        ]),
      });

    if (args.createNamespace ?? true) {
      const protection = dataProtection(deletionProtection);
      this.namespace = new k8s.core.v1.Namespace(name, namespaceManifest(shared), {
        ...after(),
        ...protection,
      });
    }
    const traffic = args.network?.enabled === false ? undefined : instanceTraffic(args, shared);
    if (traffic) this.network = new NetworkPolicies(`${name}-network`, traffic, after(this.namespace));
    this.secrets = new InstanceSecrets(`${name}-secrets`, { ...args, ...shared }, after(this.namespace));
    const dnsNames = serverDnsNames(name, namespace);
    this.tls = new ServerTls(`${name}-tls`, { ...args, ...shared, dnsNames }, after(this.namespace));
    this.database = databaseFor(
      name,
      args,
      { ...shared, requiredConnections: connectionReserve(args) },
      after(this.namespace),
    );

    if (args.backup?.enabled) {
      const backup = { ...args.backup, ...shared, database: this.database };
      this.backup = new DatabaseBackup(`${name}-backup`, backup, after(this.namespace));
    }
    const { apiKeys, encryptionKey } = this.secrets;
    const credentials = { database: this.database, tlsSecret: this.tls.secretName, apiKeys, encryptionKey };
    const { mode = "job", backupFirst = false, ...migrations } = args.migrations ?? {};
    const migration = { ...shared, ...migrations, ...credentials, scheduling };
    if (args.restore && this.backup) {
      const restore = { namespace, source: this.backup, restore: args.restore, migration };
      this.restore = new DatabaseRestore(`${name}-restore`, restore, after(this.secrets, this.tls));
    }
    if (mode === "job") {
      const saved = backupFirst ? { ...migration, backup: this.backup } : migration;
      this.migration = new DatabaseMigration(
        `${name}-migrate`,
        saved,
        after(this.secrets, this.tls, this.restore),
      );
    }
    this.server = new CertctlServer(
      `${name}-server`,
      {
        ...exposedServer(name, args),
        ...shared,
        ...credentials,
        previousDuties: this.secrets.previousDuties,
        issuingCa: this.secrets.issuingCa,
        secretVariables: this.secrets.variables,
        secretsChecksum: this.secrets.serverChecksum,
        migratedByJob: this.migration !== undefined,
        restored: this.restore?.id,
      },
      after(this.secrets, this.tls, this.restore, this.migration),
    );
    const { trust } = this.tls;
    const serverUrl = (this.url = this.server.url);
    const revision = pulumi.all([this.server.revision, this.secrets.adminChecksum]).apply(contentHash);
    const restored = this.restore?.id;
    const authType = args.server?.auth?.type;
    const provisioning = {
      ...args.provisioning,
      ...shared,
      serverUrl,
      apiKeys,
      trust,
      revision,
      restored,
      scheduling,
      authType,
    };
    this.provisioning = new ServerProvisioning(`${name}-provision`, provisioning, after(this.server));

    if (args.exposure) {
      const exposure = {
        ...args.exposure,
        ...shared,
        ...exposedService(name, args),
        ...clientTrust(this.tls),
      };
      this.exposure = new ServerExposure(`${name}-exposure`, exposure, after(this.provisioning));
    }
    const { enabled = true, ...agents } = args.agents ?? {};
    if (enabled) {
      const keys =
        args.apiKeys && !args.existingSecrets?.apiKeys
          ? { keys: fleetKeys(args.apiKeys) }
          : { existingKeys: apiKeys };
      const bundle =
        this.tls.caCertificate === undefined ? { trust } : { caCertificate: this.tls.caCertificate };
      const policy = traffic?.elsewhere?.agents === undefined ? {} : { traffic };
      const agentArgs = { ...agents, ...shared, ...keys, ...bundle, ...policy, serverUrl };
      this.agents = new CertctlAgents(`${name}-agents`, agentArgs, after(this.provisioning));
    }
    if (args.monitoring?.sqlExporter?.enabled) {
      const exporter = { ...args.monitoring.sqlExporter, ...shared, database: this.database, scheduling };
      this.sqlExporter = new SqlExporter(`${name}-sql-exporter`, exporter, after(this.server));
    }
    if (args.monitoring?.enabled) {
      const monitoring = { ...args.monitoring, ...shared, ...watchedParts(name, args), apiKeys, trust };
      this.monitoring = new CertctlMonitoring(`${name}-monitoring`, monitoring, after(this.server));
    }
    this.registerOutputs({ url: this.url });
  }
}
