import assert from "node:assert/strict";
import { DescribeKeyCommand, GetKeyRotationStatusCommand } from "@aws-sdk/client-kms";
import * as s3 from "@aws-sdk/client-s3";
import type { BackupBucketArgs } from "../../src/aws";
import type { PolicyDocument } from "../../src/aws/policy-document";
import { awsClients } from "../support/aws/clients";
import type { AwsClients } from "../support/aws/clients";
import type { Moto } from "../support/aws/moto.mjs" with { "resolution-mode": "import" };
import { BucketStack } from "./support/bucket-stack";

const oidcProviderArn = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123";
const everything: BackupBucketArgs = {
  identity: { mode: "irsa", irsa: { oidcProviderArn }, namespace: "pki" },
  objectLock: { mode: "governance", days: 7 },
  lifecycle: { expireAfterDays: 90, transition: { afterDays: 30, storageClass: "GLACIER_IR" } },
  replication: { region: "eu-west-1" },
  accessLog: { mode: "create" },
  tags: { team: "pki" },
};

describe("a bucket for backups, made by the engine in a simulated AWS,", function () {
  this.timeout(900_000);
  let moto: Moto;
  let aws: AwsClients;
  let stack: BucketStack;
  const stacks: BucketStack[] = [];
  let bucket: string;

  before(async () => {
    const { startMoto } = await import("../support/aws/moto.mjs");
    moto = await startMoto({ conditions: true });
    aws = awsClients(moto.endpoint);
    stack = await create("everything", everything);
    await stack.up();
    bucket = (await stack.outputs()).sink.bucket ?? "";
  });
  after(async () => {
    for (const one of stacks) one.remove();
    await moto.stop();
  });

  const create = async (name: string, args: BackupBucketArgs, region?: string): Promise<BucketStack> => {
    const created = await BucketStack.create(name, args, moto, region);
    stacks.push(created);
    return created;
  };

  it("has each setting in force, as S3 tells it", async () => {
    const settings = await settingsOf(aws, bucket);
    const { keyArn } = (await stack.outputs()).sink;
    assert.deepEqual(settings.versioning, "Enabled");
    assert.deepEqual(settings.encryption, [
      {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: keyArn },
        BucketKeyEnabled: true,
      },
    ]);
    assert.deepEqual(settings.publicAccess, {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    assert.deepEqual(settings.ownership, [{ ObjectOwnership: "BucketOwnerEnforced" }]);
    assert.deepEqual(settings.retention?.Mode, "GOVERNANCE");
    assert.deepEqual(settings.retention.Days, 7);
    const [rule, markers] = settings.lifecycle;
    assert.equal(rule?.Filter?.Prefix, "certctl/");
    assert.equal(rule.Expiration?.Days, 90);
    assert.equal(rule.NoncurrentVersionExpiration?.NoncurrentDays, 14);
    assert.equal(rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation, 2);
    assert.deepEqual(rule.Transitions, [{ Days: 30, StorageClass: "GLACIER_IR" }]);
    assert.equal(markers?.Expiration?.ExpiredObjectDeleteMarker, true);
    assert.deepEqual(settings.logging?.TargetPrefix, "access-log/");
    assert.deepEqual(settings.tags, [{ Key: "team", Value: "pki" }]);
    assert.ok(settings.policy.Statement.some(({ Sid }) => Sid === "DenyWithoutTls"));
    assert.equal(settings.replication[0]?.Status, "Enabled");
  });

  it("has a key of its own that rotates", async () => {
    const { keyArn: KeyId } = (await stack.outputs()).sink;
    const { KeyMetadata } = await aws.kms.send(new DescribeKeyCommand({ KeyId }));
    assert.equal(KeyMetadata?.KeyState, "Enabled");
    const { KeyRotationEnabled } = await aws.kms.send(new GetKeyRotationStatusCommand({ KeyId }));
    assert.equal(KeyRotationEnabled, true);
  });

  it("has a copy in the other region, with a key there", async () => {
    const elsewhere = awsClients(moto.endpoint, { region: "eu-west-1" });
    const { replica = "" } = await stack.outputs();
    const { LocationConstraint } = await elsewhere.s3.send(
      new s3.GetBucketLocationCommand({ Bucket: replica }),
    );
    assert.equal(LocationConstraint, "eu-west-1");
    const { encryption, versioning } = await settingsOf(elsewhere, replica);
    assert.equal(versioning, "Enabled");
    assert.match(
      encryption[0]?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID ?? "",
      /^arn:aws:kms:eu-west-1:/,
    );
  });

  it("refuses what its policy refuses: somebody else's write, and every delete", async () => {
    const object = { Bucket: bucket, Key: "certctl/a" };
    // The administrator of the test is no role, and so nobody whom the policy names.
    await assert.rejects(
      aws.s3.send(new s3.PutObjectCommand({ ...object, Body: "x", IfNoneMatch: "*" })),
      isRefusal,
    );
    await assert.rejects(aws.s3.send(new s3.DeleteObjectCommand(object)), isRefusal);
  });

  it("changes nothing the second time, and a refresh finds nothing", () => stack.isSettled());

  it("is mended when somebody has changed it by hand", async () => {
    await aws.s3.send(new s3.DeleteBucketPolicyCommand({ Bucket: bucket }));
    const open = {
      BlockPublicAcls: false,
      BlockPublicPolicy: false,
      IgnorePublicAcls: false,
      RestrictPublicBuckets: false,
    };
    await aws.s3.send(
      new s3.PutPublicAccessBlockCommand({ Bucket: bucket, PublicAccessBlockConfiguration: open }),
    );
    await aws.s3.send(new s3.DeleteBucketLifecycleCommand({ Bucket: bucket }));
    const refreshed = await stack.must("refresh", "--yes", "--skip-preview");
    for (const type of ["BucketPolicy", "BucketPublicAccessBlock", "BucketLifecycleConfiguration"])
      assert.match(refreshed.text, new RegExp(type));
    await stack.up();
    const { policy, publicAccess, lifecycle } = await settingsOf(aws, bucket);
    assert.ok(policy.Statement.length > 0);
    assert.equal(publicAccess?.RestrictPublicBuckets, true);
    assert.equal(lifecycle.length, 2);
    await stack.isSettled();
  });

  it("changes in place when backups are kept longer", async () => {
    stack.configure({ ...everything, lifecycle: { ...everything.lifecycle, expireAfterDays: 180 } });
    const preview = await stack.must("preview");
    assert.match(preview.text, /2 to update/);
    assert.doesNotMatch(preview.text, /replace|to delete/);
    await stack.up();
    assert.equal((await settingsOf(aws, bucket)).lifecycle[0]?.Expiration?.Days, 180);
  });

  it("stays, with its settings and its key, when the stack goes", async () => {
    const refused = await stack.pulumi("destroy", "--yes", "--skip-preview");
    assert.notEqual(refused.code, 0);
    assert.match(refused.text, /protected/);
    await stack.must("destroy", "--yes", "--skip-preview", "--exclude-protected");
    assert.equal((await settingsOf(aws, bucket)).versioning, "Enabled");
    await stack.up();
    await stack.isSettled();
  });

  it("stays even when nobody protects it in the state any more", async () => {
    await stack.must("state", "unprotect", "--all", "--yes");
    await stack.must("destroy", "--yes", "--skip-preview");
    assert.equal((await settingsOf(aws, bucket)).versioning, "Enabled");
    const { KeyMetadata } = await aws.kms.send(
      new DescribeKeyCommand({ KeyId: (await settingsOf(aws, bucket)).keyId }),
    );
    assert.equal(KeyMetadata?.KeyState, "Enabled");
  });

  it("can be thrown away, where that was said", async () => {
    const thrownAway = await create("thrownaway", { deletionProtection: false });
    await thrownAway.up();
    const { bucket: Bucket = "" } = (await thrownAway.outputs()).sink;
    await aws.s3.send(new s3.PutObjectCommand({ Bucket, Key: "certctl/a", Body: "x", IfNoneMatch: "*" }));
    await thrownAway.must("destroy", "--yes", "--skip-preview");
    await assert.rejects(aws.s3.send(new s3.HeadBucketCommand({ Bucket })), { name: "NotFound" });
  });

  for (const [region, partition] of [
    ["us-gov-west-1", "aws-us-gov"],
    ["cn-north-1", "aws-cn"],
  ] as const) {
    it(`comes up in ${partition}, with EKS Pod Identity and keys of S3`, async () => {
      const identity = { mode: "podIdentity", podIdentity: { clusterName: "prod" } } as const;
      const there = await create(partition, { identity, encryption: { mode: "s3" } }, region);
      await there.up();
      await there.isSettled();
      const { sink } = await there.outputs();
      assert.match(sink.roleArn ?? "", new RegExp(`^arn:${partition}:iam::`));
      const { encryption, policy } = await settingsOf(
        awsClients(moto.endpoint, { region }),
        sink.bucket ?? "",
      );
      assert.equal(encryption[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm, "AES256");
      assert.match(JSON.stringify(policy), new RegExp(`arn:${partition}:s3:::`));
    });
  }

  it("that exists already gets settings without an owner, when that is said", async () => {
    await aws.s3.send(new s3.CreateBucketCommand({ Bucket: "company-backups" }));
    const adopted = await create("adopted", {
      mode: "existing",
      existing: { bucket: "company-backups", manageSettings: true },
    });
    await adopted.up();
    await adopted.isSettled();
    assert.equal((await settingsOf(aws, "company-backups")).versioning, "Enabled");
    assert.ok(!(await adopted.resources()).some(({ type }) => type === "aws:s3/bucket:Bucket"));
  });
});

function isRefusal(error: { $metadata?: { httpStatusCode?: number } }): boolean {
  return error.$metadata?.httpStatusCode === 403;
}

/** Everything that S3 tells of a bucket. */
async function settingsOf({ s3: client }: AwsClients, Bucket: string) {
  const absent = () => undefined;
  const encryption = await client.send(new s3.GetBucketEncryptionCommand({ Bucket }));
  const rules = encryption.ServerSideEncryptionConfiguration?.Rules ?? [];
  const lock = await client.send(new s3.GetObjectLockConfigurationCommand({ Bucket })).catch(absent);
  const replication = await client.send(new s3.GetBucketReplicationCommand({ Bucket })).catch(absent);
  const tagging = await client.send(new s3.GetBucketTaggingCommand({ Bucket })).catch(absent);
  const policy = await client.send(new s3.GetBucketPolicyCommand({ Bucket }));
  return {
    versioning: (await client.send(new s3.GetBucketVersioningCommand({ Bucket }))).Status,
    encryption: rules,
    keyId: rules[0]?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID,
    publicAccess: (await client.send(new s3.GetPublicAccessBlockCommand({ Bucket })))
      .PublicAccessBlockConfiguration,
    ownership: (await client.send(new s3.GetBucketOwnershipControlsCommand({ Bucket }))).OwnershipControls
      ?.Rules,
    lifecycle: (await client.send(new s3.GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules ?? [],
    logging: (await client.send(new s3.GetBucketLoggingCommand({ Bucket }))).LoggingEnabled,
    policy: JSON.parse(policy.Policy ?? "") as PolicyDocument,
    retention: lock?.ObjectLockConfiguration?.Rule?.DefaultRetention,
    replication: replication?.ReplicationConfiguration?.Rules ?? [],
    tags: tagging?.TagSet,
  };
}
