import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkedSettings } from "../checks/checked-settings";
import { needs, partArguments, takes } from "../checks/contract";
import type { Contract } from "../checks/contract";
import { dependencies } from "../kubernetes/dependencies";
import { policyName } from "../kubernetes/names";
import { networkPolicy } from "./policy-manifests";
import { trafficIssues } from "./traffic-checks";
import type { Traffic } from "./traffic";

/** Arguments of network policies: what the pods do on the network, which is all that they may do. */
export type NetworkPoliciesArgs = Traffic;

const contract: Contract<NetworkPoliciesArgs> = {
  others: {
    ...partArguments,
    instance: needs("ObjectName", "the name of the instance"),
    parts: needs("texts", "the kinds of pods that there are"),
    edges: needs("list", "who connects to whom"),
    elsewhere: takes("object"),
  },
  issues: trafficIssues,
};

/**
 * One network policy for each kind of pod in the namespace of an instance. Parts in a namespace of their own
 * bring theirs, because their namespace comes with them.
 */
export class NetworkPolicies extends pulumi.ComponentResource {
  /** One for each kind of pod that lives here. */
  public readonly policies: k8s.networking.v1.NetworkPolicy[];

  constructor(name: string, args: NetworkPoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("certctl:index:NetworkPolicies", name, {}, opts);
    args = checkedSettings(contract, args, name, opts);
    const child = { parent: this, dependsOn: dependencies(opts) };
    const here = args.parts.filter((part) => args.elsewhere?.[part] === undefined);
    this.policies = here.map(
      (part) =>
        new k8s.networking.v1.NetworkPolicy(
          policyName(args.instance, part),
          networkPolicy(part, args),
          child,
        ),
    );
    this.registerOutputs({});
  }
}
