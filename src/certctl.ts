import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { CertctlAgents } from "./agents/certctl-agents";
import { DatabaseBackup } from "./backup/database-backup";
import { DatabaseRestore } from "./backup/database-restore";
import type { CertctlArgs } from "./certctl-args";
import { vouchedFor } from "./checks/checked-settings";
import type { Database } from "./database/database";
import { ExternalDatabase } from "./database/external-database";
import { PostgresDatabase } from "./database/postgres-database";
import { ServerExposure } from "./exposure/server-exposure";
import { checkedInstance } from "./instance/instance-checks";
import { instancePlan } from "./instance/plan";
import { requireCustomResources } from "./kubernetes/custom-resources";
import { dependencies } from "./kubernetes/dependencies";
import { contentHash } from "./kubernetes/hash";
import { DatabaseMigration } from "./migration/database-migration";
import { Unpublished } from "./kubernetes/unpublished";
import { CertctlMonitoring } from "./monitoring/certctl-monitoring";
import { SqlExporter } from "./monitoring/sql-exporter";
import { NetworkPolicies } from "./network/network-policies";
import { ServerProvisioning } from "./provisioning/server-provisioning";
import { InstanceSecrets } from "./secrets/instance-secrets";
import { serverSecrets } from "./secrets/server-secrets";
import { CertctlServer } from "./server/certctl-server";
import { ServerTls } from "./tls/server-tls";

/** The parts of an instance. */
interface InstanceParts {
  network?: NetworkPolicies;
  secrets: InstanceSecrets;
  tls: ServerTls;
  database: Database;
  backup?: DatabaseBackup;
  restore?: DatabaseRestore;
  migration?: DatabaseMigration;
  server: CertctlServer;
  provisioning: ServerProvisioning;
  exposure?: ServerExposure;
  agents?: CertctlAgents;
  sqlExporter?: SqlExporter;
  monitoring?: CertctlMonitoring;
}

const parts = new Unpublished<Certctl, InstanceParts>();

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

  constructor(name: string, args: CertctlArgs, opts?: pulumi.ComponentResourceOptions) {
    super("certctl:index:Certctl", name, {}, opts);
    const plan = instancePlan(name, checkedInstance(name, args));
    const { names } = plan;
    // Complete at the end: the type says what there will be then.
    const made = parts.hold(this, {} as InstanceParts);
    const start = { parent: this, dependsOn: dependencies(opts) };
    const kinds = requireCustomResources(name, plan.neededKinds, start);
    const after = (...before: (pulumi.Resource | undefined)[]): pulumi.ComponentResourceOptions =>
      // Policies come first: no pod runs without its own.
      vouchedFor({ parent: this, dependsOn: dependencies(opts, [...kinds, made.network, ...before]) });

    const { namespace, protection } = plan;
    this.namespace = namespace && new k8s.core.v1.Namespace(name, namespace, { ...after(), ...protection });
    made.network = plan.network && new NetworkPolicies(names.network, plan.network, after(this.namespace));
    const first = after(this.namespace);
    const secrets = (made.secrets = new InstanceSecrets(names.secrets, plan.secrets, first));
    const tls = (made.tls = new ServerTls(names.tls, plan.tls, first));
    const database = (made.database = plan.database.external
      ? new ExternalDatabase(names.externalDatabase, plan.database.external, first)
      : new PostgresDatabase(names.postgres, plan.database.bundled, first));
    made.backup = plan.backup && new DatabaseBackup(names.backup, { ...plan.backup, database }, first);

    const { apiKeys, encryptionKey } = secrets;
    const credentials = { database, tlsSecret: tls.secretName, apiKeys, encryptionKey };
    const migration = { ...plan.migration, ...credentials };
    if (plan.restore && made.backup) {
      const restore = { ...plan.restore, source: made.backup, migration };
      made.restore = new DatabaseRestore(names.restore, restore, after(secrets, tls));
    }
    if (plan.migrationJob) {
      const job = { ...migration, ...(plan.migrationJob.backupFirst && { backup: made.backup }) };
      made.migration = new DatabaseMigration(names.migration, job, after(secrets, tls, made.restore));
    }
    const restored = made.restore?.id;
    const server = { ...plan.server, ...credentials, ...serverSecrets(secrets), restored };
    made.server = new CertctlServer(names.server, server, after(secrets, tls, made.restore, made.migration));
    this.url = made.server.url;

    const { trust, caCertificate } = tls;
    const client = { serverUrl: this.url, trust };
    const revision = pulumi.all([made.server.revision, secrets.adminChecksum]).apply(contentHash);
    const provisioning = { ...plan.provisioning, ...client, apiKeys, revision, restored };
    made.provisioning = new ServerProvisioning(names.provisioning, provisioning, after(made.server));
    const exposure = plan.exposure && { ...plan.exposure, trust, caCertificate };
    made.exposure = exposure && new ServerExposure(names.exposure, exposure, after(made.provisioning));
    const agents = plan.agents && { ...plan.agents, ...client, caCertificate };
    made.agents = agents && new CertctlAgents(names.agents, agents, after(made.provisioning));
    const exporter = plan.sqlExporter && { ...plan.sqlExporter, database };
    made.sqlExporter = exporter && new SqlExporter(names.sqlExporter, exporter, after(made.server));
    const monitoring = plan.monitoring && { ...plan.monitoring, apiKeys, trust };
    made.monitoring = monitoring && new CertctlMonitoring(names.monitoring, monitoring, after(made.server));
    this.registerOutputs({ url: this.url });
  }

  /** Who may connect to whom, unless `network.enabled` is false. */
  public get network(): NetworkPolicies | undefined {
    return parts.of(this).network;
  }

  /** The Secrets of keys. */
  public get secrets(): InstanceSecrets {
    return parts.of(this).secrets;
  }

  /** The server's certificate. */
  public get tls(): ServerTls {
    return parts.of(this).tls;
  }

  /** The database. */
  public get database(): Database {
    return parts.of(this).database;
  }

  /** Where backups are kept, and their schedules; none unless `backup.enabled` asks for them. */
  public get backup(): DatabaseBackup | undefined {
    return parts.of(this).backup;
  }

  /** The restore, while `restore` asks for one. */
  public get restore(): DatabaseRestore | undefined {
    return parts.of(this).restore;
  }

  /** The migration Job; none with `migrations.mode: server`. */
  public get migration(): DatabaseMigration | undefined {
    return parts.of(this).migration;
  }

  /** The server. */
  public get server(): CertctlServer {
    return parts.of(this).server;
  }

  /** What makes a Ready server a working one. */
  public get provisioning(): ServerProvisioning {
    return parts.of(this).provisioning;
  }

  /** The way in for clients outside of the cluster; none unless `exposure` asks for it. */
  public get exposure(): ServerExposure | undefined {
    return parts.of(this).exposure;
  }

  /** The agents, unless `agents.enabled` is false. */
  public get agents(): CertctlAgents | undefined {
    return parts.of(this).agents;
  }

  /** Asks the database for what the server's gauges cannot tell, with `monitoring.sqlExporter`. */
  public get sqlExporter(): SqlExporter | undefined {
    return parts.of(this).sqlExporter;
  }

  /** What Prometheus and Grafana are told, with `monitoring.enabled`. */
  public get monitoring(): CertctlMonitoring | undefined {
    return parts.of(this).monitoring;
  }
}
