import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkedSettings } from "../checks/checked-settings";
import { looksAt, needs, partArguments, takes } from "../checks/contract";
import type { Contract } from "../checks/contract";
import { agentsPartIssues } from "./agents-part-checks";
import type { FleetSize } from "../fleet-size/fleet-size-args";
import { resolveImages } from "../images/images";
import type { ImageSettings } from "../images/images-args";
import { dependencies } from "../kubernetes/dependencies";
import { secretChecksum } from "../kubernetes/hash";
import { objectLabels } from "../kubernetes/labels";
import { contentConfigMap, readScript } from "../kubernetes/scripts";
import { podSecurityLabels } from "../kubernetes/security";
import { networkPolicy } from "../network/policy-manifests";
import type { Traffic } from "../network/traffic";
import type { Trust } from "../tls/trust";
import { AgentsKind } from "./agents-args";
import type { AgentSettings } from "./agents-args";
import { agentsNamespace } from "./agents-namespace";
import { resolveAgents } from "./agents-settings";
import { agentDaemonSet } from "./agents-daemonset";
import type { AgentManifestInput } from "./agents-manifests";
import { agentStatefulSet } from "./agents-statefulset";

/** The API keys of agents. */
export interface AgentKeys {
  /** Registers them. */
  enroll: pulumi.Input<string>;
  /** Their heartbeats and jobs. */
  fleet: pulumi.Input<string>;
}

/** Arguments of agents. `enabled` is the instance's: agents that are made are wanted. */
export interface CertctlAgentsArgs extends AgentSettings {
  /** Namespace of the instance. Node agents live in `node.namespace` instead. */
  namespace: pulumi.Input<string>;
  /** Base URL of the server. */
  serverUrl: pulumi.Input<string>;
  /**
   * PEM certificates of the CAs that agents trust, which become a ConfigMap of their own; this or `trust`.
   */
  caCertificate?: pulumi.Input<string>;
  /** Where the CA certificates are. @default the roots in the image */
  trust?: Trust;
  /** The API keys that agents use, which become a Secret of their own; this or `existingKeys`. */
  keys?: AgentKeys;
  /** Name of a Secret with the keys `enroll` and `fleet`. */
  existingKeys?: pulumi.Input<string>;
  /**
   * What the pods of the instance do on the network: the agents' policy follows from it, and is created before
   * them, in their namespace.
   *
   * @default no policy
   */
  traffic?: Traffic;
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

const contract: Contract<CertctlAgentsArgs, AgentSettings> = {
  settings: "AgentSettings",
  except: ["enabled"],
  others: {
    ...partArguments,
    serverUrl: needs("text", "the URL of a server, such as the url of new CertctlServer(…)"),
    caCertificate: looksAt("text"),
    trust: takes("object"),
    keys: takes(["enroll", "fleet"]),
    existingKeys: takes("text"),
    traffic: takes(["parts", "edges"]),
    fleetSize: takes("setting"),
    readyTimeoutSeconds: takes("setting"),
    images: takes("setting"),
  },
  issues: agentsPartIssues,
};

/** Agents: each registers itself once, and keeps its identity and keys on a claim, or on its node. */
export class CertctlAgents extends pulumi.ComponentResource {
  /** Namespace of the agents. */
  public readonly namespace: pulumi.Input<string>;
  /** With `kind: StatefulSet`. */
  public readonly statefulSet?: k8s.apps.v1.StatefulSet;
  /** With `kind: DaemonSet`. */
  public readonly daemonSet?: k8s.apps.v1.DaemonSet;

  constructor(name: string, args: CertctlAgentsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("certctl:index:CertctlAgents", name, {}, opts);
    args = checkedSettings(contract, args, name, opts);
    const onNodes = args.kind === AgentsKind.DaemonSet;
    const labelled = { instance: args.instance ?? name, commonLabels: args.commonLabels };
    const labels = objectLabels(labelled, "agents");
    const before: pulumi.Resource[] = [];

    this.namespace = agentsNamespace(args, args.namespace);
    if (onNodes) {
      const metadata = { name: this.namespace, labels: { ...labels, ...podSecurityLabels("privileged") } };
      before.push(
        new k8s.core.v1.Namespace(name, { metadata }, { parent: this, dependsOn: dependencies(opts) }),
      );
    }
    const namespace = this.namespace;
    const child = { parent: this, dependsOn: dependencies(opts, before) };

    if (args.traffic) {
      const policy = networkPolicy("agents", args.traffic);
      before.push(new k8s.networking.v1.NetworkPolicy(name, policy, child));
    }
    if (args.keys) {
      const { enroll, fleet } = args.keys;
      const stringData = { enroll: pulumi.secret(enroll), fleet: pulumi.secret(fleet) };
      before.push(
        new k8s.core.v1.Secret(
          `${name}-keys`,
          { metadata: { name: `${name}-keys`, namespace, labels }, stringData },
          child,
        ),
      );
    }
    const data = Object.fromEntries(
      ["enroll.sh", "run-agent.sh", "own-state.sh"].map((file) => [file, readScript(__dirname, file)]),
    );
    const scripts = contentConfigMap(`${name}-scripts`, { namespace, labels, data }, child);
    before.push(scripts.resource);
    let trust: Trust = args.trust ?? { systemRoots: true };
    if (args.caCertificate !== undefined) {
      const bundle = contentConfigMap(
        `${name}-ca`,
        { namespace, labels, data: { "ca.crt": args.caCertificate } },
        child,
      );
      before.push(bundle.resource);
      trust = { configMap: bundle.name, key: "ca.crt" };
    }

    const input: AgentManifestInput = {
      ...labelled,
      name,
      namespace,
      images: resolveImages(args.images),
      settings: resolveAgents(args, args.fleetSize),
      readyTimeoutSeconds: args.readyTimeoutSeconds,
      serverUrl: args.serverUrl,
      trust,
      keys: args.existingKeys ?? `${name}-keys`,
      keysChecksum: args.keys ? secretChecksum({ ...args.keys }) : "existing",
      scripts: scripts.name,
    };
    const workload = { parent: this, dependsOn: dependencies(opts, before) };
    if (onNodes) this.daemonSet = new k8s.apps.v1.DaemonSet(name, agentDaemonSet(input), workload);
    else this.statefulSet = new k8s.apps.v1.StatefulSet(name, agentStatefulSet(input), workload);
    this.registerOutputs({ namespace });
  }
}
