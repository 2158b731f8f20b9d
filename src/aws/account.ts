import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { getPartitionOutput } from "@pulumi/aws/getPartition";
import { getRegionOutput } from "@pulumi/aws/getRegion";
import * as pulumi from "@pulumi/pulumi";

/** Where resources are, as ARNs and policies want to know it. */
export interface Place {
  partition: string;
  accountId: string;
  region: string;
  /** `s3.<region>.<suffix>`: how KMS names the S3 that asks it. */
  viaService: string;
}

/** The provider's account, and one of its regions. */
export function placeOf(region: string | undefined, opts: pulumi.InvokeOptions): pulumi.Output<Place> {
  const facts = pulumi.all([
    getPartitionOutput({}, opts),
    getCallerIdentityOutput({}, opts),
    getRegionOutput({ region }, opts),
  ]);
  return facts.apply(([{ partition, dnsSuffix }, { accountId }, found]) => ({
    partition,
    accountId,
    region: found.region,
    viaService: `s3.${found.region}.${dnsSuffix}`,
  }));
}
