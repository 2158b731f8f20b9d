import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkedSettings } from "../checks/checked-settings";
import { needs, partArguments, takes } from "../checks/contract";
import type { Contract } from "../checks/contract";
import { under } from "../checks/issues";
import { provisioningIssues } from "./provisioning-checks";
import { resolveImages } from "../images/images";
import type { ImageSettings } from "../images/images-args";
import { dependencies } from "../kubernetes/dependencies";
import { hashedName } from "../kubernetes/hash";
import { jobAnnotations } from "../kubernetes/jobs";
import { objectLabels } from "../kubernetes/labels";
import type { Scheduling } from "../kubernetes/types";
import type { AuthType } from "../server/auth-args";
import { trustAdvice, trustSourceIssues } from "../tls/trust";
import type { Trust } from "../tls/trust";
import type { ProvisioningSettings } from "./provisioning-args";
import { provisioningJobSpec } from "./provisioning-manifests";
import { resolveProvisioning } from "./provisioning-settings";

/** Arguments of the provisioning of a server. */
export interface ServerProvisioningArgs extends ProvisioningSettings {
  /** Namespace of the Job. */
  namespace: pulumi.Input<string>;
  /** Base URL of the server. */
  serverUrl: pulumi.Input<string>;
  /** Secret with the API key `admin`. */
  apiKeys: pulumi.Input<string>;
  /** What the Job trusts. */
  trust: Trust;
  /** Changes when the server's pods or the admin key do: the Job then runs again. */
  revision: pulumi.Input<string>;
  /**
   * The restore that the server started after: what it restored is provisioned by a Job of its own.
   *
   * @default none
   */
  restored?: string;
  /** Name of the instance, for labels. @default the component's name */
  instance?: string;
  /** Container images. */
  images?: ImageSettings;
  /** Labels on every object. @default {} */
  commonLabels?: Record<string, string>;
  /** Where the pod may run. */
  scheduling?: Scheduling;
  /**
   * How the server's callers prove who they are; with `none` the Job checks the gateway, and grants nothing.
   *
   * @default api-key
   */
  authType?: AuthType;
}

const contract: Contract<ServerProvisioningArgs, ProvisioningSettings> = {
  settings: "ProvisioningSettings",
  others: {
    ...partArguments,
    serverUrl: needs("text", "the URL of a server, such as the url of new CertctlServer(…)"),
    apiKeys: needs("text", "the name of a Secret with the key admin"),
    trust: needs("object", trustAdvice),
    revision: needs("text", "the revision of a server, such as the one of new CertctlServer(…)"),
    restored: takes("text"),
    images: takes("setting"),
    scheduling: takes("Scheduling"),
    authType: takes("AuthType"),
  },
  issues: (args) => [...under("trust", trustSourceIssues(args.trust)), ...provisioningIssues(args)],
};

/**
 * Roles for the named keys, no demo grant, and the proof that issuers are loaded: what makes a Ready server a
 * working one.
 */
export class ServerProvisioning extends pulumi.ComponentResource {
  /** The Job. */
  public readonly job: k8s.batch.v1.Job;
  /**
   * Provisions what was restored; none without a restore. It goes with the option, and the other Job stays as
   * it is.
   */
  public readonly restoredJob?: k8s.batch.v1.Job;

  constructor(name: string, args: ServerProvisioningArgs, opts?: pulumi.ComponentResourceOptions) {
    super("certctl:index:ServerProvisioning", name, {}, opts);
    args = checkedSettings(contract, args, name, opts);
    const labelled = { instance: args.instance ?? name, commonLabels: args.commonLabels };
    const settings = resolveProvisioning(args);
    const provision = (
      jobName: string,
      revision: pulumi.Input<string>,
      after: pulumi.Resource[],
    ): k8s.batch.v1.Job => {
      const spec = provisioningJobSpec({
        ...args,
        ...labelled,
        settings,
        images: resolveImages(args.images),
        revision,
      });
      const metadata = {
        name: hashedName(jobName, spec),
        namespace: args.namespace,
        labels: objectLabels(labelled, "provisioning"),
        annotations: jobAnnotations(settings.activeDeadlineSeconds),
      };
      // Not the other way round: an earlier name may come back, and deleting the old Job would then take the
      // new one.
      return new k8s.batch.v1.Job(
        jobName,
        { metadata, spec },
        { parent: this, dependsOn: dependencies(opts, after), deleteBeforeReplace: true },
      );
    };
    this.job = provision(name, args.revision, []);
    if (args.restored !== undefined)
      this.restoredJob = provision(`${name}-restored`, args.restored, [this.job]);
    this.registerOutputs({});
  }
}
