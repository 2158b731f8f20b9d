import assert from "node:assert/strict";
import { HeadBucketCommand } from "@aws-sdk/client-s3";
import { awsClients } from "../support/aws/clients";
import type { Moto } from "../support/aws/moto.mjs" with { "resolution-mode": "import" };
import { awsEnvironment } from "./support/bucket-stack";
import { kubectl, object } from "./support/cluster";
import { useEngine } from "./support/engine";
import { TestStack } from "./support/stack";

describe("the stack prod-ha with a bucket on AWS", function () {
  this.timeout(300_000);
  let moto: Moto;
  let stack: TestStack;
  let environment: NodeJS.ProcessEnv;
  let bucket: string;

  before(async () => {
    const { startMoto } = await import("../support/aws/moto.mjs");
    moto = await startMoto({ conditions: true });
    const engine = await useEngine();
    environment = { ...engine.env };
    Object.assign(engine.env, awsEnvironment(engine.env, moto));
    const oidcProviderArn = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123";
    const backupBucket = { identity: { mode: "irsa", irsa: { oidcProviderArn } } };
    stack = await TestStack.create("test-bucket", "bucket", { "certctl:backupBucket": backupBucket }, "prod-ha");
  });

  after(async () => {
    await stack.pulumi(["state", "unprotect", "--all", "--yes"]);
    await stack.destroy();
    await kubectl("delete", "namespace", "bucket", "--wait=false", "--ignore-not-found");
    const { env } = await useEngine();
    for (const key of Object.keys(env)) env[key] = environment[key];
    await moto.stop();
  });

  it("comes up, and tells bucket, key and roles", async () => {
    await stack.up();
    const { backupBucket } = (await stack.outputs()) as { backupBucket: Record<string, string> };
    bucket = backupBucket.bucket ?? "";
    await awsClients(moto.endpoint).s3.send(new HeadBucketCommand({ Bucket: bucket }));
    assert.match(backupBucket.roleArn ?? "", /^arn:aws:iam::123456789012:role\/certctl-backup-writer-/);
    assert.match(backupBucket.keyArn ?? "", /^arn:aws:kms:us-east-1:/);
  });

  it("changes nothing the second time", async () => {
    const preview = await stack.preview("--expect-no-changes");
    assert.equal(preview.code, 0, preview.text);
  });

  it("leaves bucket and volume when it goes", async () => {
    const destroyed = await stack.destroy("--exclude-protected");
    assert.equal(destroyed.code, 0, destroyed.text);
    await awsClients(moto.endpoint).s3.send(new HeadBucketCommand({ Bucket: bucket }));
    assert.equal((await object("bucket", "persistentvolumeclaim", "certctl-postgres")).status.phase, "Bound");
  });
});
