import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { CertctlAgents } from "./agents/certctl-agents";
import { DatabaseBackup } from "./backup/database-backup";
import { DatabaseRestore } from "./backup/database-restore";
import type { CertctlArgs } from "./certctl-args";
import { checkedArgs } from "./checks/checked-inputs";
import { vouchedFor } from "./checks/checked-settings";
import type { Database } from "./database/database";
import { ExternalDatabase } from "./database/external-database";
import { PostgresDatabase } from "./database/postgres-database";
import { ServerExposure } from "./exposure/server-exposure";
import { checkCertctl } from "./instance/instance-checks";
import { instancePlan } from "./instance/plan";
import { requireCustomResources } from "./kubernetes/custom-resources";
import { dependencies } from "./kubernetes/dependencies";
import { contentHash } from "./kubernetes/hash";
import { DatabaseMigration } from "./migration/database-migration";
import { CertctlMonitoring } from "./monitoring/certctl-monitoring";
import { SqlExporter } from "./monitoring/sql-exporter";
import { NetworkPolicies } from "./network/network-policies";
import { ServerProvisioning } from "./provisioning/server-provisioning";
import { InstanceSecrets } from "./secrets/instance-secrets";
import { serverSecrets } from "./secrets/server-secrets";
import { CertctlServer } from "./server/certctl-server";
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
    const plan = instancePlan(
      name,
      checkedArgs(args, (plain) => checkCertctl(plain, name)),
    );
    const { names } = plan;
    const start = { parent: this, dependsOn: dependencies(opts) };
    const kinds = requireCustomResources(name, plan.neededKinds, start);
    const after = (...parts: (pulumi.Resource | undefined)[]): pulumi.ComponentResourceOptions =>
      // Policies come first: no pod runs without its own.
      vouchedFor({ parent: this, dependsOn: dependencies(opts, [...kinds, this.network, ...parts]) });

    const { namespace, protection } = plan;
    this.namespace = namespace && new k8s.core.v1.Namespace(name, namespace, { ...after(), ...protection });
    this.network = plan.network && new NetworkPolicies(names.network, plan.network, after(this.namespace));
    const first = after(this.namespace);
    this.secrets = new InstanceSecrets(names.secrets, plan.secrets, first);
    this.tls = new ServerTls(names.tls, plan.tls, first);
    this.database = plan.database.external
      ? new ExternalDatabase(names.externalDatabase, plan.database.external, first)
      : new PostgresDatabase(names.postgres, plan.database.bundled, first);
    const { database, secrets, tls } = this;
    this.backup = plan.backup && new DatabaseBackup(names.backup, { ...plan.backup, database }, first);

    const { apiKeys, encryptionKey } = secrets;
    const credentials = { database, tlsSecret: tls.secretName, apiKeys, encryptionKey };
    const migration = { ...plan.migration, ...credentials };
    if (plan.restore && this.backup) {
      const restore = { ...plan.restore, source: this.backup, migration };
      this.restore = new DatabaseRestore(names.restore, restore, after(secrets, tls));
    }
    if (plan.migrationJob) {
      const job = { ...migration, ...(plan.migrationJob.backupFirst && { backup: this.backup }) };
      this.migration = new DatabaseMigration(names.migration, job, after(secrets, tls, this.restore));
    }
    const restored = this.restore?.id;
    const server = { ...plan.server, ...credentials, ...serverSecrets(secrets), restored };
    this.server = new CertctlServer(names.server, server, after(secrets, tls, this.restore, this.migration));
    this.url = this.server.url;

    const { trust, caCertificate } = tls;
    const client = { serverUrl: this.url, trust };
    const revision = pulumi.all([this.server.revision, secrets.adminChecksum]).apply(contentHash);
    const provisioning = { ...plan.provisioning, ...client, apiKeys, revision, restored };
    this.provisioning = new ServerProvisioning(names.provisioning, provisioning, after(this.server));
    const exposure = plan.exposure && { ...plan.exposure, trust, caCertificate };
    this.exposure = exposure && new ServerExposure(names.exposure, exposure, after(this.provisioning));
    const agents = plan.agents && { ...plan.agents, ...client, caCertificate };
    this.agents = agents && new CertctlAgents(names.agents, agents, after(this.provisioning));
    const exporter = plan.sqlExporter && { ...plan.sqlExporter, database };
    this.sqlExporter = exporter && new SqlExporter(names.sqlExporter, exporter, after(this.server));
    const monitoring = plan.monitoring && { ...plan.monitoring, apiKeys, trust };
    this.monitoring = monitoring && new CertctlMonitoring(names.monitoring, monitoring, after(this.server));
    this.registerOutputs({ url: this.url });
  }
}
