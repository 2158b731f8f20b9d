import assert from "node:assert/strict";
import { GetRolePolicyCommand, ListRolePoliciesCommand } from "@aws-sdk/client-iam";
import { GetBucketPolicyCommand, HeadBucketCommand } from "@aws-sdk/client-s3";
import type { BackupBucketSettings } from "../../src/aws";
import type { PolicyDocument } from "../../src/aws/policy-document";
import type { BackupSettings } from "../../src/backup/backup-args";
import { awsClients } from "../support/aws/clients";
import type { Moto } from "../support/aws/moto.mjs" with { "resolution-mode": "import" };
import { simulate } from "../support/aws/simulate";
import { awsEnvironment } from "./support/bucket-stack";
import { leaveNamespaces, object } from "./support/cluster";
import { useEngine } from "./support/engine";
import { TestStack } from "./support/stack";

/** A CronJob, as far as the tests look into it. */
interface CronJobSpec {
  jobTemplate: {
    spec: {
      template: {
        spec: { serviceAccountName: string; containers: Container[]; initContainers: Container[] };
      };
    };
  };
}

interface Container {
  name: string;
  env?: { name: string; value?: string }[];
}

describe("the stack prod-ha with backups in its bucket on AWS", function () {
  this.timeout(900_000);
  let moto: Moto;
  let stack: TestStack;
  let environment: NodeJS.ProcessEnv;
  let sink: Record<"bucket" | "region" | "prefix" | "keyArn" | "roleArn" | "restoreRoleArn", string>;

  before(async () => {
    const { startMoto } = await import("../support/aws/moto.mjs");
    moto = await startMoto({ conditions: true });
    const engine = await useEngine();
    environment = { ...engine.env };
    Object.assign(engine.env, awsEnvironment(engine.env, moto));
    const oidcProviderArn =
      "arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123";
    const backupBucket: BackupBucketSettings = {
      encryption: { requireHeaders: true },
      identity: { mode: "irsa", irsa: { oidcProviderArn } },
    };
    const backup: BackupSettings = { enabled: true, sink: { mode: "s3" } };
    stack = await TestStack.create(
      "test-bucket",
      "bucket",
      { "certctl:backupBucket": backupBucket, "certctl:backup": backup },
      "prod-ha",
    );
  });

  after(async () => {
    await leaveNamespaces("bucket", "bucket-agents");
    const { env } = await useEngine();
    for (const key of Object.keys(env)) env[key] = environment[key];
    await moto.stop();
  });

  it("comes up, and tells bucket, key and roles", async () => {
    await stack.up();
    sink = ((await stack.outputs()) as { backupBucket: typeof sink }).backupBucket;
    await awsClients(moto.endpoint).s3.send(new HeadBucketCommand({ Bucket: sink.bucket }));
    assert.match(sink.roleArn, /^arn:aws:iam::123456789012:role\/certctl-backup-writer-/);
    assert.match(sink.restoreRoleArn, /^arn:aws:iam::123456789012:role\/certctl-backup-reader-/);
    assert.match(sink.keyArn, /^arn:aws:kms:us-east-1:/);
  });

  it("tells the pods of backup and drill the bucket, and their service accounts the roles", async () => {
    const { bucket, prefix, region, keyArn } = sink;
    const place = {
      S3_BUCKET: bucket,
      S3_PREFIX: prefix,
      AWS_REGION: region,
      S3_ENCRYPTION: "aws:kms",
      S3_KMS_KEY: keyArn,
    };
    const pods = {
      "certctl-backup": ["upload", sink.roleArn],
      "certctl-drill": ["download", sink.restoreRoleArn],
    } as const;
    for (const [cronJob, [container, roleArn]] of Object.entries(pods)) {
      const { jobTemplate } = (await object("bucket", "cronjob", cronJob)).spec as unknown as CronJobSpec;
      const { serviceAccountName, containers, initContainers } = jobTemplate.spec.template.spec;
      const { env = [] } = [...initContainers, ...containers].find(({ name }) => name === container) ?? {};
      const told = Object.fromEntries(env.map(({ name, value = "" }) => [name, value]));
      for (const [name, value] of Object.entries(place))
        assert.equal(told[name] ?? "", value, `${cronJob} ${name}`);
      const { metadata } = await object("bucket", "serviceaccount", serviceAccountName);
      assert.equal(metadata.annotations?.["eks.amazonaws.com/role-arn"], roleArn);
    }
  });

  it("changes nothing the second time", async () => {
    const preview = await stack.preview("--expect-no-changes");
    assert.equal(preview.code, 0, preview.text);
  });

  describe("has a bucket whose policy, as S3 tells it, with the role's, as IAM does,", () => {
    const sse = "s3:x-amz-server-side-encryption";
    let resourcePolicy: PolicyDocument;
    let ofBackup: PolicyDocument;
    const all: PolicyDocument = {
      Version: "2012-10-17",
      Statement: [{ Sid: "All", Effect: "Allow", Action: "*", Resource: "*" }],
    };

    before(async () => {
      const { s3, iam } = awsClients(moto.endpoint);
      const { Policy = "" } = await s3.send(new GetBucketPolicyCommand({ Bucket: sink.bucket }));
      resourcePolicy = JSON.parse(Policy) as PolicyDocument;
      const RoleName = sink.roleArn.split("/").at(-1);
      const { PolicyNames: [PolicyName] = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
      const { PolicyDocument: document = "" } = await iam.send(
        new GetRolePolicyCommand({ RoleName, PolicyName }),
      );
      ofBackup = JSON.parse(decodeURIComponent(document)) as PolicyDocument;
    });

    /** An upload as the backup makes it, but for what is given. */
    const ask = ({ context, ...given }: Partial<Parameters<typeof simulate>[0]> = {}): Promise<string> =>
      simulate({
        principal: sink.roleArn,
        action: "s3:PutObject",
        resource: `arn:aws:s3:::${sink.bucket}/${sink.prefix}a`,
        context: context ?? usual,
        identityPolicy: ofBackup,
        resourcePolicy,
        ...given,
      });
    const tls = { "aws:SecureTransport": "true" };
    const once = { "s3:if-none-match": "*", "s3:ObjectCreationOperation": "true" };
    const usual = { ...tls, ...once, [sse]: "aws:kms" };

    it("admits the backup's upload", async () => {
      assert.equal(await ask(), "Allowed");
    });
    it("refuses a request without TLS", async () => {
      assert.equal(await ask({ context: { ...usual, "aws:SecureTransport": "false" } }), "ExplicitlyDenied");
    });
    it("refuses an upload without encryption", async () => {
      assert.equal(await ask({ context: { ...tls, ...once } }), "ExplicitlyDenied");
    });
    it("refuses another role, whatever it may do", async () => {
      const principal = "arn:aws:iam::123456789012:role/administrator";
      assert.equal(await ask({ principal, identityPolicy: all }), "ExplicitlyDenied");
    });
    it("refuses a delete by the backup's role", async () => {
      assert.equal(await ask({ action: "s3:DeleteObject", context: tls }), "ExplicitlyDenied");
    });
  });

  // After the tests of the policies: the roles go with the stack.
  describe("when it goes", () => {
    it("leaves bucket and volume", async () => {
      const destroyed = await stack.destroy("--exclude-protected");
      assert.equal(destroyed.code, 0, destroyed.text);
      await awsClients(moto.endpoint).s3.send(new HeadBucketCommand({ Bucket: sink.bucket }));
      assert.equal(
        (await object("bucket", "persistentvolumeclaim", "certctl-postgres")).status.phase,
        "Bound",
      );
    });
  });
});
