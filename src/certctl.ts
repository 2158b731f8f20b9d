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
import { Unpublished } from "./kubernetes/unpublished";
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
    // Complete at the end: the type says what there will be then.
    const made = parts.hold(this, {} as InstanceParts);
    const after = (...before: (pulumi.Resource | undefined)[]): pulumi.ComponentResourceOptions =>
      vouchedFor({
        parent: this,
        // Policies come first: no pod runs without its own.
        dependsOn: dependencies(opts, [
          ...kinds,
          ...[made.network, ...before].filter((part) => part !== undefined),
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
    if (traffic) made.network = new NetworkPolicies(`${name}-network`, traffic, after(this.namespace));
    made.secrets = new InstanceSecrets(`${name}-secrets`, { ...args, ...shared }, after(this.namespace));
    const dnsNames = serverDnsNames(name, namespace);
    made.tls = new ServerTls(`${name}-tls`, { ...args, ...shared, dnsNames }, after(this.namespace));
    made.database = databaseFor(
      name,
      args,
      { ...shared, requiredConnections: connectionReserve(args) },
      after(this.namespace),
    );

    if (args.backup?.enabled) {
      const backup = { ...args.backup, ...shared, database: made.database };
      made.backup = new DatabaseBackup(`${name}-backup`, backup, after(this.namespace));
    }
    const { apiKeys, encryptionKey } = made.secrets;
    const credentials = { database: made.database, tlsSecret: made.tls.secretName, apiKeys, encryptionKey };
    const { mode = "job", backupFirst = false, ...migrations } = args.migrations ?? {};
    const migration = { ...shared, ...migrations, ...credentials, scheduling };
    if (args.restore && made.backup) {
      const restore = { namespace, source: made.backup, restore: args.restore, migration };
      made.restore = new DatabaseRestore(`${name}-restore`, restore, after(made.secrets, made.tls));
    }
    if (mode === "job") {
      const saved = backupFirst ? { ...migration, backup: made.backup } : migration;
      made.migration = new DatabaseMigration(
        `${name}-migrate`,
        saved,
        after(made.secrets, made.tls, made.restore),
      );
    }
    made.server = new CertctlServer(
      `${name}-server`,
      {
        ...exposedServer(name, args),
        ...shared,
        ...credentials,
        previousDuties: made.secrets.previousDuties,
        issuingCa: made.secrets.issuingCa,
        secretVariables: made.secrets.variables,
        secretsChecksum: made.secrets.serverChecksum,
        migratedByJob: made.migration !== undefined,
        restored: made.restore?.id,
      },
      after(made.secrets, made.tls, made.restore, made.migration),
    );
    const { trust } = made.tls;
    const serverUrl = (this.url = made.server.url);
    const revision = pulumi.all([made.server.revision, made.secrets.adminChecksum]).apply(contentHash);
    const restored = made.restore?.id;
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
    made.provisioning = new ServerProvisioning(`${name}-provision`, provisioning, after(made.server));

    if (args.exposure) {
      const exposure = {
        ...args.exposure,
        ...shared,
        ...exposedService(name, args),
        ...clientTrust(made.tls),
      };
      made.exposure = new ServerExposure(`${name}-exposure`, exposure, after(made.provisioning));
    }
    const { enabled = true, ...agents } = args.agents ?? {};
    if (enabled) {
      const keys =
        args.apiKeys && !args.existingSecrets?.apiKeys
          ? { keys: fleetKeys(args.apiKeys) }
          : { existingKeys: apiKeys };
      const bundle =
        made.tls.caCertificate === undefined ? { trust } : { caCertificate: made.tls.caCertificate };
      const policy = traffic?.elsewhere?.agents === undefined ? {} : { traffic };
      const agentArgs = { ...agents, ...shared, ...keys, ...bundle, ...policy, serverUrl };
      made.agents = new CertctlAgents(`${name}-agents`, agentArgs, after(made.provisioning));
    }
    if (args.monitoring?.sqlExporter?.enabled) {
      const exporter = { ...args.monitoring.sqlExporter, ...shared, database: made.database, scheduling };
      made.sqlExporter = new SqlExporter(`${name}-sql-exporter`, exporter, after(made.server));
    }
    if (args.monitoring?.enabled) {
      const monitoring = { ...args.monitoring, ...shared, ...watchedParts(name, args), apiKeys, trust };
      made.monitoring = new CertctlMonitoring(`${name}-monitoring`, monitoring, after(made.server));
    }
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
