import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkedSettings } from "../checks/checked-settings";
import { needs, partArguments, takes } from "../checks/contract";
import type { Contract } from "../checks/contract";
import { serverIssues } from "./server-checks";
import type { Database } from "../database/database";
import type { FleetSize } from "../fleet-size/fleet-size-args";
import { resolveImages } from "../images/images";
import type { ImageSettings } from "../images/images-args";
import { dependencies } from "../kubernetes/dependencies";
import type { SecretKey } from "../kubernetes/environment";
import { contentHash } from "../kubernetes/hash";
import { derive } from "../kubernetes/inputs";
import { objectLabels } from "../kubernetes/labels";
import { contentConfigMap, readScript } from "../kubernetes/scripts";
import { serverAutoscaler, serverDisruptionBudget } from "./availability-manifests";
import type { ServerSettings } from "./server-args";
import type { ServerManifestInput } from "./server-input";
import {
  restoredAnnotation,
  serverDeployment,
  serverService,
  serverServiceAccount,
} from "./server-manifests";
import { resolveServer } from "./server-settings";

/** Arguments of a server. */
export interface CertctlServerArgs extends ServerSettings {
  /** Namespace of the server. */
  namespace: pulumi.Input<string>;
  /** Its database. */
  database: Database;
  /** Secret with `tls.crt` and `tls.key`. A change of its content is served without a restart. */
  tlsSecret: pulumi.Input<string>;
  /** Secret with the API keys `admin`, `enroll`, `fleet` and `metrics`. */
  apiKeys: pulumi.Input<string>;
  /** Duties whose earlier keys the Secret holds as `previous-<duty>`. @default [] */
  previousDuties?: string[];
  /** The key that encrypts issuer configurations. */
  encryptionKey: SecretKey;
  // facts: the-local-ca
  /**
   * Secret with the CA pair of `iss-local`.
   *
   * @default a new CA per process, lost at each restart
   */
  issuingCa?: pulumi.Input<string>;
  /** Further secret variables, by name. @default {} */
  secretVariables?: Record<string, SecretKey>;
  /** Changes when the content of these Secrets does, so that the pods roll. @default none */
  secretsChecksum?: pulumi.Input<string>;
  /** Whether a migration Job goes before, so that the server does not migrate at boot. @default false */
  migratedByJob?: boolean;
  /** The restore that the pods start after; they keep it when it is no longer given. @default none */
  restored?: string;
  /** Name of the instance, for labels. @default the component's name */
  instance?: string;
  /** Sizes. @default small */
  fleetSize?: FleetSize;
  /** Seconds for which `pulumi up` waits for the pods. @default 600 */
  readyTimeoutSeconds?: number;
  /** Container images. */
  images?: ImageSettings;
  /** Labels on every object. @default {} */
  commonLabels?: Record<string, string>;
}

const contract: Contract<CertctlServerArgs, ServerSettings> = {
  settings: "ServerSettings",
  others: {
    ...partArguments,
    database: needs(["connection", "ready"], "a Database, such as new PostgresDatabase(…)"),
    tlsSecret: needs("text", "the name of a Secret with tls.crt and tls.key"),
    apiKeys: needs("text", "the name of a Secret with the keys admin, enroll, fleet and metrics"),
    previousDuties: takes("texts"),
    encryptionKey: needs(
      ["name", "key"],
      'a Secret\'s name and key, such as { name: "certctl", key: "key" }',
    ),
    issuingCa: takes("text"),
    secretVariables: takes("object"),
    secretsChecksum: takes("text"),
    migratedByJob: takes("boolean"),
    restored: takes("text"),
    fleetSize: takes("setting"),
    readyTimeoutSeconds: takes("setting"),
    images: takes("setting"),
  },
  issues: serverIssues,
};

/**
 * The certctl API server: ServiceAccount, Service, Deployment, and the script that reloads rotated TLS files.
 */
export class CertctlServer extends pulumi.ComponentResource {
  /** In-cluster base URL, `https://<service>.<namespace>.svc:<port>`. */
  public readonly url: pulumi.Output<string>;
  /** Hash of what the pods run: changes whenever they roll. */
  public readonly revision: pulumi.Output<string>;
  /** Its address in the cluster. */
  public readonly service: k8s.core.v1.Service;
  /** Its pods. */
  public readonly deployment: k8s.apps.v1.Deployment;
  /** What a drain may take away; none for a single pod. */
  public readonly disruptionBudget?: k8s.policy.v1.PodDisruptionBudget;
  /** Chooses the number of pods, with `autoscaling`. */
  public readonly autoscaler?: k8s.autoscaling.v2.HorizontalPodAutoscaler;

  constructor(name: string, args: CertctlServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("certctl:index:CertctlServer", name, {}, opts);
    args = checkedSettings(contract, args, name, opts);
    const { namespace } = args;
    const settings = resolveServer(args, args.fleetSize);
    const labelled = { instance: args.instance ?? name, commonLabels: args.commonLabels };
    const child = { parent: this, dependsOn: dependencies(opts) };

    const data = { "reload-tls.sh": readScript(__dirname, "reload-tls.sh") };
    const scripts = contentConfigMap(
      `${name}-scripts`,
      { namespace, labels: objectLabels(labelled, "server"), data },
      child,
    );
    const input: ServerManifestInput = {
      ...labelled,
      name,
      namespace,
      settings,
      readyTimeoutSeconds: args.readyTimeoutSeconds,
      images: resolveImages(args.images),
      connection: args.database.connection,
      tlsSecret: args.tlsSecret,
      issuingCa: args.issuingCa,
      encryptionKey: args.encryptionKey,
      apiKeys: args.apiKeys,
      previousDuties: args.previousDuties ?? [],
      variables: args.secretVariables ?? {},
      migratedByJob: args.migratedByJob ?? false,
      secretsChecksum: derive([args.secretsChecksum, args.database.connection.passwordChecksum], (...sums) =>
        contentHash(sums),
      ),
      scripts: scripts.name,
    };
    const manifest = serverDeployment({ ...input, restored: args.restored });
    const serviceAccount = new k8s.core.v1.ServiceAccount(name, serverServiceAccount(input), child);
    this.service = new k8s.core.v1.Service(name, serverService(input), child);
    this.deployment = new k8s.apps.v1.Deployment(name, manifest, {
      parent: this,
      dependsOn: dependencies(opts, [...args.database.ready, serviceAccount, scripts.resource]),
      ignoreChanges: [
        // The autoscaler's choice. A Deployment that stopped to name a number would fall back to one pod.
        ...(settings.autoscaling ? ["spec.replicas"] : []),
        // The option of a restore may go when it is done, and that must not roll the pods again.
        ...(args.restored === undefined
          ? [`spec.template.metadata.annotations["${restoredAnnotation}"]`]
          : []),
      ],
    });

    const available = { parent: this, dependsOn: dependencies(opts, [this.deployment]) };
    const budget = serverDisruptionBudget(input);
    if (budget) this.disruptionBudget = new k8s.policy.v1.PodDisruptionBudget(name, budget, available);
    const autoscaler = serverAutoscaler(input);
    if (autoscaler)
      this.autoscaler = new k8s.autoscaling.v2.HorizontalPodAutoscaler(name, autoscaler, available);

    this.url = pulumi.output(namespace).apply((ns) => `https://${name}.${ns}.svc:${settings.port}`);
    this.revision = pulumi.output(serverDeployment(input).spec).apply(contentHash);
    this.registerOutputs({ url: this.url });
  }
}
