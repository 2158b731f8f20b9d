import * as eks from "@pulumi/aws/eks";
import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "./account";
import type { BackupIdentitySettings } from "./backup-bucket-args";
import type { ReplicatedBucket } from "./guarded-bucket";
import type { PolicyDocument } from "./policy-document";
import type { AccessInput } from "./role-policies";
import { irsaTrust, podIdentityTrust } from "./role-policies";

/** A role, and the ServiceAccount that it is for. */
export interface ServiceAccountRoleArgs {
  identity: BackupIdentitySettings;
  serviceAccount: pulumi.Input<string>;
  description: string;
  /** Where the cluster is. */
  place: pulumi.Output<Place>;
  tags?: Record<string, string>;
}

/** A role that one ServiceAccount may assume, without any rights yet. */
export function serviceAccountRole(
  name: string,
  args: ServiceAccountRoleArgs,
  opts: pulumi.CustomResourceOptions,
): iam.Role {
  const { identity, serviceAccount, tags } = args;
  const role = new iam.Role(
    name,
    {
      description: args.description,
      assumeRolePolicy: pulumi.jsonStringify(trustPolicy(args)),
      permissionsBoundary: identity.permissionsBoundary,
      tags,
    },
    opts,
  );
  const { podIdentity, namespace = "certctl" } = identity;
  if (podIdentity) {
    const { clusterName, region } = podIdentity;
    new eks.PodIdentityAssociation(
      name,
      { clusterName, region, namespace, serviceAccount, roleArn: role.arn, tags },
      opts,
    );
  }
  return role;
}

function trustPolicy({
  identity,
  serviceAccount: account,
  place,
}: ServiceAccountRoleArgs): pulumi.Output<PolicyDocument> {
  const { irsa, podIdentity, namespace = "certctl" } = identity;
  const subject = pulumi.all([namespace, account]);
  if (irsa) {
    const provider = pulumi.all([irsa.oidcProviderArn, irsa.audience ?? "sts.amazonaws.com"]);
    return pulumi
      .all([provider, subject])
      .apply(([[arn, audience], names]) => irsaTrust(arn, audience, ...names));
  }
  const clusterName = podIdentity?.clusterName ?? "";
  return pulumi
    .all([place, clusterName, subject])
    .apply(([{ partition, accountId, region }, cluster, [ns, serviceAccount]]) => {
      const clusterArn = `arn:${partition}:eks:${region}:${accountId}:cluster/${cluster}`;
      return podIdentityTrust({ accountId, clusterArn, namespace: ns, serviceAccount });
    });
}

/** A role's policy for one bucket. */
export function accessTo(
  { bucket, place, keyArn }: ReplicatedBucket,
  prefix: string,
  policy: (input: AccessInput) => PolicyDocument,
): pulumi.Output<PolicyDocument> {
  return pulumi
    .all([bucket.arn, place, keyArn ?? ""])
    .apply(([bucketArn, { viaService }, key]) =>
      policy({ bucketArn, prefix, viaService, ...(key !== "" && { keyArn: key }) }),
    );
}

/**
 * Gives a role what a policy allows. Tells its ARN when it has it: what uses the ARN waits for the rights.
 */
export function grant(
  name: string,
  role: iam.Role,
  policy: pulumi.Output<PolicyDocument>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const granted = new iam.RolePolicy(name, { role: role.name, policy: pulumi.jsonStringify(policy) }, opts);
  return pulumi.all([role.arn, granted.id]).apply(([arn]) => arn);
}
