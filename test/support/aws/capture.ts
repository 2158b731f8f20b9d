import * as pulumi from "@pulumi/pulumi";
import { BackupBucket } from "../../../src/aws";
import type { BackupBucketArgs, BackupBucketSink } from "../../../src/aws";
import type { PolicyDocument } from "../../../src/aws/policy-document";

/** A resource as a program registers it with the engine, which here is a mock. */
export interface Registered {
  /** Type and name, such as `s3/bucketPolicy backups`. */
  id: string;
  inputs: Record<string, unknown>;
  /** Ids of the resources that it names in `dependsOn`. */
  dependsOn: string[];
  protect: boolean;
  retainOnDelete: boolean;
}

/** Where the mock of AWS is. */
export interface Where {
  partition: "aws" | "aws-us-gov" | "aws-cn";
  region: string;
  dnsSuffix: string;
}

export const partitions: readonly Where[] = [
  { partition: "aws", region: "eu-central-1", dnsSuffix: "amazonaws.com" },
  { partition: "aws-us-gov", region: "us-gov-west-1", dnsSuffix: "amazonaws.com" },
  { partition: "aws-cn", region: "cn-north-1", dnsSuffix: "amazonaws.com.cn" },
];

export const accountId = "123456789012";

/** What a bucket registers, and its sink, resolved. */
export interface Captured {
  resources: Registered[];
  sink: { [K in keyof BackupBucketSink]: string };
}

/**
 * Runs a `BackupBucket` called `backups` against mocks. Callers take turns: the mocks belong to the process.
 */
export function captureBucket(args: BackupBucketArgs, where = partitions[0]): Promise<Captured> {
  const result = turn.then(() => capture(args, where ?? ({} as Where)));
  turn = result.catch(() => undefined);
  return result;
}

let turn: Promise<unknown> = Promise.resolve();

async function capture(args: BackupBucketArgs, { partition, region, dnsSuffix }: Where): Promise<Captured> {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs: given }) => {
        const inputs = given as Record<string, unknown>;
        const found = resources.find(({ id }) => id === idOf(type, name));
        if (found) found.inputs = inputs;
        return {
          id: name,
          state: { ...inputs, ...outputsOf(type, name, inputs, { partition, region, dnsSuffix }) },
        };
      },
      call: ({ token, inputs }) => {
        const asked = (inputs as { region?: string }).region ?? region;
        if (token.endsWith(":getPartition")) return { partition, dnsSuffix };
        if (token.endsWith(":getCallerIdentity")) return { accountId };
        if (token.endsWith(":getRegion")) return { region: asked };
        throw new Error(`no mock of ${token}`);
      },
    },
    "certctl",
    "test",
  );
  const record: pulumi.ResourceTransformation = ({ type, name, opts }) => {
    const { protect = false, retainOnDelete = false, dependsOn } = opts as pulumi.CustomResourceOptions;
    const named = [dependsOn ?? []]
      .flat()
      .filter((one): one is pulumi.CustomResource => pulumi.CustomResource.isInstance(one));
    const dependencies = named.map((one) => {
      // Members of the SDK's own.
      const { __pulumiType, __name } = one as unknown as { __pulumiType: string; __name: string };
      return idOf(__pulumiType, __name);
    });
    resources.push({ id: idOf(type, name), inputs: {}, dependsOn: dependencies, protect, retainOnDelete });
    return undefined;
  };
  const failures: unknown[] = [];
  const onRejection = (reason: unknown): void => void failures.push(reason);
  process.on("unhandledRejection", onRejection);
  try {
    const { sink } = new BackupBucket("backups", args, { transformations: [record] });
    await pulumi.runtime.disconnect();
    await new Promise(setImmediate);
    if (failures.length > 0) throw failures[0];
    const settled = pulumi.output(sink) as unknown as { promise(): Promise<Captured["sink"]> };
    return {
      resources: resources.filter(({ id }) => !id.startsWith("index/")),
      sink: await settled.promise(),
    };
  } finally {
    process.off("unhandledRejection", onRejection);
  }
}

/** `aws:s3/bucketPolicy:BucketPolicy` and a name → `s3/bucketPolicy name`. */
function idOf(type: string, name: string): string {
  return `${type.split(":")[1] ?? ""}${type.startsWith("certctl:") ? "/component" : ""} ${name}`;
}

function outputsOf(
  type: string,
  name: string,
  inputs: Record<string, unknown>,
  { partition, region }: Where,
): Record<string, unknown> {
  const arns: Record<string, string> = {
    "aws:s3/bucket:Bucket": `arn:${partition}:s3:::${name}`,
    "aws:kms/key:Key": `arn:${partition}:kms:${typeof inputs.region === "string" ? inputs.region : region}:${accountId}:key/${name}`,
    "aws:iam/role:Role": `arn:${partition}:iam::${accountId}:role/${name}`,
  };
  return {
    arn: arns[type],
    ...(type === "aws:s3/bucket:Bucket" && { bucket: name }),
    ...(type === "aws:iam/role:Role" && { name }),
  };
}

/** The resource with this type and name. */
export function resource({ resources }: Captured, id: string): Registered {
  const found = resources.find((one) => one.id === id);
  if (!found) throw new Error(`there is no ${id} among ${resources.map((one) => one.id).join(", ")}`);
  return found;
}

/** The policy of a resource, as it is sent. */
export function policyOf(captured: Captured, id: string): PolicyDocument {
  const { policy, assumeRolePolicy } = resource(captured, id).inputs;
  return JSON.parse(String(policy ?? assumeRolePolicy)) as PolicyDocument;
}
