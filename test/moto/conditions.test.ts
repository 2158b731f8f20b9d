import assert from "node:assert/strict";
import { inspect } from "node:util";
import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { AssumeRoleWithWebIdentityCommand } from "@aws-sdk/client-sts";
import { awsClients } from "../support/aws/clients";
import type { AwsClients, Credentials } from "../support/aws/clients";
import type { Moto } from "../support/aws/moto.mjs" with { "resolution-mode": "import" };

const issuer = "oidc.eks.us-east-1.amazonaws.com/id/0123";
/** What a service account's token says. */
interface Claims {
  iss: string;
  sub: string;
  aud: readonly string[];
}

const subject = "system:serviceaccount:pki:certctl-backup";

describe("moto with evaluated conditions", function () {
  this.timeout(300_000);
  let moto: Moto;
  let admin: AwsClients;
  let providerArn = "";

  before(async () => {
    const { startMoto } = await import("../support/aws/moto.mjs");
    moto = await startMoto({ conditions: true });
    admin = awsClients(moto.endpoint);
    const made = await admin.iam.send(
      new CreateOpenIDConnectProviderCommand({ Url: `https://${issuer}`, ThumbprintList: ["0".repeat(40)] }),
    );
    providerArn = made.OpenIDConnectProviderArn ?? "";
  });
  after(() => moto.stop());

  describe("of a bucket policy", () => {
    const Bucket = "guarded";

    before(async () => {
      await admin.s3.send(new CreateBucketCommand({ Bucket }));
      await admin.s3.send(
        new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(guardedPolicy(Bucket)) }),
      );
    });

    const put = (clients: AwsClients, extra: object = { IfNoneMatch: "*" }) =>
      clients.s3.send(
        new PutObjectCommand({ Bucket, Key: `k${String(Math.random())}`, Body: "x", ...extra }),
      );

    it("lets a request through that breaks none", async () => {
      await put(admin);
      await put(admin, { IfNoneMatch: "*", ServerSideEncryption: "aws:kms" });
    });

    it("refuses a request without TLS", () => refused(put(awsClients(moto.endpoint, { tls: false }))));

    it("refuses another algorithm than the one that is wanted", () =>
      refused(put(admin, { IfNoneMatch: "*", ServerSideEncryption: "AES256" })));

    it("refuses a put without If-None-Match", () => refused(put(admin, {})));

    for (const [title, condition, works] of [
      ["completes a multipart upload with If-None-Match", { IfNoneMatch: "*" }, true],
      ["refuses to complete a multipart upload without it", {}, false],
    ] as const) {
      it(title, async () => {
        const target = { Bucket, Key: `parts-${String(works)}` };
        const { UploadId } = await admin.s3.send(new CreateMultipartUploadCommand(target));
        const { ETag } = await admin.s3.send(
          new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: "x" }),
        );
        const parts = { MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] } };
        const completed = admin.s3.send(
          new CompleteMultipartUploadCommand({ ...target, UploadId, ...parts, ...condition }),
        );
        await (works ? completed : refused(completed));
      });
    }
  });

  describe("of a role", () => {
    const trusted: Claims = { iss: `https://${issuer}`, sub: subject, aud: ["sts.amazonaws.com"] };
    const Bucket = "shared";
    let role: AwsClients;

    before(async () => {
      await admin.s3.send(new CreateBucketCommand({ Bucket }));
      const trust = trustPolicy(providerArn);
      await admin.iam.send(
        new CreateRoleCommand({ RoleName: "backup", AssumeRolePolicyDocument: JSON.stringify(trust) }),
      );
      const policy = {
        RoleName: "backup",
        PolicyName: "own-prefix",
        PolicyDocument: JSON.stringify(prefixPolicy(Bucket)),
      };
      await admin.iam.send(new PutRolePolicyCommand(policy));
    });

    const assume = async (claims: Claims): Promise<Credentials> => {
      const token = ["e30", Buffer.from(JSON.stringify(claims)).toString("base64url"), "x"].join(".");
      const request = {
        RoleArn: "arn:aws:iam::123456789012:role/backup",
        RoleSessionName: "certctl",
        WebIdentityToken: token,
      };
      const { Credentials: session } = await admin.sts.send(new AssumeRoleWithWebIdentityCommand(request));
      const { AccessKeyId = "", SecretAccessKey = "", SessionToken } = session ?? {};
      return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    };

    for (const [title, wrong] of [
      ["another service account", { sub: "system:serviceaccount:pki:default" }],
      ["another namespace", { sub: "system:serviceaccount:default:certctl-backup" }],
      ["another audience", { aud: ["vault"] }],
      ["another cluster", { iss: "https://oidc.eks.us-east-1.amazonaws.com/id/9999" }],
    ] as const) {
      it(`does not trust ${title}`, () => refused(assume({ ...trusted, ...wrong })));
    }

    it("trusts the service account that it names, which may then do what its policy says", async () => {
      const credentials = await assume(trusted);
      await moto.enforceIam();
      role = awsClients(moto.endpoint, { credentials });
      await role.s3.send(new PutObjectCommand({ Bucket, Key: "certctl/a", Body: "x" }));
      await role.s3.send(new ListObjectsV2Command({ Bucket, Prefix: "certctl/" }));
    });

    it("refuses another prefix, and to list another one", async () => {
      await refused(role.s3.send(new PutObjectCommand({ Bucket, Key: "other/a", Body: "x" })));
      await refused(role.s3.send(new ListObjectsV2Command({ Bucket, Prefix: "other/" })));
      await refused(role.s3.send(new GetObjectCommand({ Bucket, Key: "certctl/a" })));
    });
  });
});

/** S3 answers a refusal with 403; moto's body is sometimes empty. */
async function refused(request: Promise<unknown>): Promise<void> {
  await assert.rejects(request, (error: { $metadata?: { httpStatusCode?: number } }) => {
    assert.equal(error.$metadata?.httpStatusCode, 403, inspect(error));
    return true;
  });
}

function guardedPolicy(bucket: string): object {
  const deny = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: `arn:aws:s3:::${bucket}/*`,
  };
  const algorithm = "s3:x-amz-server-side-encryption";
  return {
    Version: "2012-10-17",
    Statement: [
      { ...deny, Action: "s3:*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
      { ...deny, Condition: { Null: { [algorithm]: "false" }, StringNotEquals: { [algorithm]: "aws:kms" } } },
      {
        ...deny,
        Condition: { Null: { "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } },
      },
    ],
  };
}

function trustPolicy(provider: string): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: provider },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringEquals: { [`${issuer}:sub`]: subject, [`${issuer}:aud`]: "sts.amazonaws.com" } },
      },
    ],
  };
}

function prefixPolicy(bucket: string): object {
  const listed = { StringLike: { "s3:prefix": "certctl/*" } };
  return {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "s3:PutObject", Resource: `arn:aws:s3:::${bucket}/certctl/*` },
      { Effect: "Allow", Action: "s3:ListBucket", Resource: `arn:aws:s3:::${bucket}`, Condition: listed },
    ],
  };
}
