import assert from "node:assert/strict";
import type { PolicyDocument } from "../../src/aws/policy-document";
import { accountId, captureBucket, partitions, policyOf, resource } from "../support/aws/capture";
import type { Captured } from "../support/aws/capture";
import { simulate } from "../support/aws/simulate";

/** What somebody asks of the bucket; the rest is as the backup does it. */
interface Attempt {
  by?: "writer" | "reader" | "administrator";
  action?: string;
  key?: string;
  context?: Record<string, string | undefined>;
}

for (const { partition, region, dnsSuffix } of partitions) {
  describe(`the policies of a bucket in ${partition}, simulated`, () => {
    const where = { partition, region, dnsSuffix };
    const issuer = `oidc.eks.${region}.${dnsSuffix}/id/0123`;
    const provider = `arn:${partition}:iam::${accountId}:oidc-provider/${issuer}`;
    const bucketArn = `arn:${partition}:s3:::backups`;
    const keyArn = `arn:${partition}:kms:${region}:${accountId}:key/backups`;
    const viaService = `s3.${region}.${dnsSuffix}`;
    let captured: Captured;

    before(async () => {
      captured = await captureBucket(
        { identity: { mode: "irsa", irsa: { oidcProviderArn: provider }, namespace: "pki" } },
        where,
      );
    });

    const all: PolicyDocument = {
      Version: "2012-10-17",
      Statement: [{ Sid: "All", Effect: "Allow", Action: "*", Resource: "*" }],
    };
    const identityOf = (
      by: Attempt["by"] = "writer",
    ): { principal: string; identityPolicy: PolicyDocument } => ({
      principal: `arn:${partition}:iam::${accountId}:role/${by === "administrator" ? by : `backups-${by}`}`,
      identityPolicy: by === "administrator" ? all : policyOf(captured, `iam/rolePolicy backups-${by}`),
    });

    /** A request to S3, by a role with its own policy. */
    const ask = async ({
      by,
      action = "s3:PutObject",
      key = "certctl/a",
      context = {},
    }: Attempt): Promise<string> => {
      const onBucket = action === "s3:ListBucket";
      const usual = {
        "aws:SecureTransport": "true",
        ...(action === "s3:PutObject" && { "s3:if-none-match": "*", "s3:ObjectCreationOperation": "true" }),
      };
      const given = Object.fromEntries(
        Object.entries<string | undefined>({ ...usual, ...context }).filter(
          (pair): pair is [string, string] => pair[1] !== undefined,
        ),
      );
      const target = onBucket ? bucketArn : `${bucketArn}/${key}`;
      return simulate({
        ...identityOf(by),
        action,
        resource: target,
        context: given,
        resourcePolicy: policyOf(captured, "s3/bucketPolicy backups"),
      });
    };

    /** A request to KMS. */
    const useKey = (by: Attempt["by"], action: string, via = viaService): Promise<string> =>
      simulate({
        ...identityOf(by),
        action,
        resource: keyArn,
        context: via === "" ? {} : { "kms:ViaService": via },
        resourcePolicy: policyOf(captured, "kms/key backups"),
      });

    const sse = "s3:x-amz-server-side-encryption";
    const sseKey = `${sse}-aws-kms-key-id`;
    const customerKey = `${sse}-customer-algorithm`;
    const attempts: [string, Attempt, "Allowed" | "ImplicitlyDenied" | "ExplicitlyDenied"][] = [
      ["the backup puts an object", {}, "Allowed"],
      [
        "the backup puts one with the bucket's key by name",
        { context: { [sse]: "aws:kms", [sseKey]: "KEY" } },
        "Allowed",
      ],
      [
        "the backup puts a part of a large one",
        { context: { "s3:if-none-match": undefined, "s3:ObjectCreationOperation": "false" } },
        "Allowed",
      ],
      ["the backup reads an object", { action: "s3:GetObject" }, "Allowed"],
      [
        "the backup lists its prefix",
        { action: "s3:ListBucket", context: { "s3:prefix": "certctl/" } },
        "Allowed",
      ],
      ["the backup aborts an upload", { action: "s3:AbortMultipartUpload" }, "Allowed"],
      ["the restore reads an object", { by: "reader", action: "s3:GetObject" }, "Allowed"],
      [
        "the restore lists the prefix",
        { by: "reader", action: "s3:ListBucket", context: { "s3:prefix": "certctl/2026" } },
        "Allowed",
      ],

      ["a request without TLS", { context: { "aws:SecureTransport": "false" } }, "ExplicitlyDenied"],
      [
        "a read without TLS",
        { action: "s3:GetObject", context: { "aws:SecureTransport": "false" } },
        "ExplicitlyDenied",
      ],
      ["another algorithm", { context: { [sse]: "AES256" } }, "ExplicitlyDenied"],
      [
        "another key",
        { context: { [sse]: "aws:kms", [sseKey]: "arn:aws:kms:eu-west-1:210987654321:key/x" } },
        "ExplicitlyDenied",
      ],
      ["a customer's key", { context: { [customerKey]: "AES256" } }, "ExplicitlyDenied"],
      [
        "a put over an object that is there",
        { context: { "s3:if-none-match": undefined } },
        "ExplicitlyDenied",
      ],
      ["a delete by the backup", { action: "s3:DeleteObject" }, "ExplicitlyDenied"],
      ["a delete of a version by the backup", { action: "s3:DeleteObjectVersion" }, "ExplicitlyDenied"],
      ["a put under another prefix", { key: "other/a" }, "ImplicitlyDenied"],
      ["a read under another prefix", { action: "s3:GetObject", key: "other/a" }, "ImplicitlyDenied"],
      [
        "a list of another prefix",
        { action: "s3:ListBucket", context: { "s3:prefix": "other/" } },
        "ImplicitlyDenied",
      ],
      ["a list of everything", { action: "s3:ListBucket" }, "ImplicitlyDenied"],
      ["a put by the restore", { by: "reader" }, "ImplicitlyDenied"],
      ["a change of a lock by the backup", { action: "s3:PutObjectRetention" }, "ImplicitlyDenied"],
      ["a put by another role that may do everything", { by: "administrator" }, "ExplicitlyDenied"],
      [
        "a read by another role that may do everything",
        { by: "administrator", action: "s3:GetObject" },
        "ExplicitlyDenied",
      ],
      [
        "a delete by another role that may do everything",
        { by: "administrator", action: "s3:DeleteObjectVersion" },
        "ExplicitlyDenied",
      ],
    ];
    for (const [title, attempt, expected] of attempts) {
      const allowed = expected === "Allowed";
      it(allowed ? `${title}: allowed` : `${title}: refused`, async () => {
        const context = Object.fromEntries(
          Object.entries(attempt.context ?? {}).map(([key, value]) => [
            key,
            value === "KEY" ? keyArn : value,
          ]),
        );
        assert.equal(await ask({ ...attempt, context }), expected);
      });
    }

    it("an administrator can still change the bucket's policy", async () => {
      const request = {
        action: "s3:PutBucketPolicy",
        resource: bucketArn,
        context: { "aws:SecureTransport": "true" },
      };
      const resourcePolicy = policyOf(captured, "s3/bucketPolicy backups");
      assert.equal(await simulate({ ...identityOf("administrator"), ...request, resourcePolicy }), "Allowed");
    });

    it("the key serves backup and restore through S3 in the region, and nobody else", async () => {
      assert.equal(await useKey("writer", "kms:GenerateDataKey"), "Allowed");
      assert.equal(await useKey("writer", "kms:Decrypt"), "Allowed");
      assert.equal(await useKey("reader", "kms:Decrypt"), "Allowed");
      assert.equal(await useKey("reader", "kms:GenerateDataKey"), "ImplicitlyDenied");
      assert.equal(
        await useKey("writer", "kms:Decrypt", `secretsmanager.${region}.${dnsSuffix}`),
        "ImplicitlyDenied",
      );
      assert.equal(await useKey("writer", "kms:ScheduleKeyDeletion"), "ImplicitlyDenied");
      assert.equal(await useKey("administrator", "kms:Decrypt"), "ImplicitlyDenied");
      assert.equal(await useKey("administrator", "kms:CreateGrant"), "ImplicitlyDenied");
      assert.equal(await useKey("administrator", "kms:PutKeyPolicy"), "Allowed");
    });

    it("names the partition in every ARN", () => {
      const texts = captured.resources
        .flatMap(({ inputs }) => [inputs.policy, inputs.assumeRolePolicy])
        .filter((text) => typeof text === "string");
      const arns = texts.flatMap((text) => text.match(/arn:[^"]*/g) ?? []);
      assert.ok(arns.length > 10);
      assert.deepEqual(
        arns.filter((arn) => !arn.startsWith(`arn:${partition}:`)),
        [],
      );
    });

    describe("trust by IRSA", () => {
      // AWS has no documented context keys for an EKS issuer, so the simulator drops them: another issuer
      // stands in its place throughout.
      const known = "accounts.google.com";
      const trusted = { aud: "sts.amazonaws.com", sub: "system:serviceaccount:pki:certctl-backup" };

      const assume = ({ aud, sub }: typeof trusted): Promise<string> => {
        const text = JSON.stringify(policyOf(captured, "iam/role backups-writer"));
        assert.ok(text.includes(`${issuer}:sub`) && text.includes(`${issuer}:aud`));
        return simulate({
          principal: provider.replace(issuer, known),
          action: "sts:AssumeRoleWithWebIdentity",
          resource: `arn:${partition}:iam::${accountId}:role/backups-writer`,
          context: { [`${known}:aud`]: aud, [`${known}:sub`]: sub },
          resourcePolicy: JSON.parse(text.replaceAll(issuer, known)) as PolicyDocument,
        });
      };

      it("the backup's ServiceAccount: allowed", async () => {
        assert.equal(await assume(trusted), "Allowed");
      });
      for (const [title, wrong] of [
        ["another ServiceAccount", { sub: "system:serviceaccount:pki:default" }],
        ["the restore's ServiceAccount", { sub: "system:serviceaccount:pki:certctl-restore" }],
        ["another namespace", { sub: "system:serviceaccount:default:certctl-backup" }],
        ["another audience", { aud: "vault" }],
      ] as const) {
        it(`${title}: refused`, async () => {
          assert.notEqual(await assume({ ...trusted, ...wrong }), "Allowed");
        });
      }
    });

    describe("trust by EKS Pod Identity", () => {
      let trust: PolicyDocument;
      const clusterArn = `arn:${partition}:eks:${region}:${accountId}:cluster/prod`;
      const usual = {
        "aws:SourceAccount": accountId,
        "aws:SourceArn": clusterArn,
        "aws:RequestTag/kubernetes-namespace": "pki",
        "aws:RequestTag/kubernetes-service-account": "certctl-backup",
      };

      before(async () => {
        const identity = {
          mode: "podIdentity",
          podIdentity: { clusterName: "prod" },
          namespace: "pki",
        } as const;
        const other = await captureBucket({ identity }, where);
        trust = policyOf(other, "iam/role backups-writer");
        assert.equal(
          resource(other, "eks/podIdentityAssociation backups-writer").inputs.serviceAccount,
          "certctl-backup",
        );
      });

      const assume = (context: Record<string, string>): Promise<string> =>
        simulate({
          principal: "pods.eks.amazonaws.com",
          action: "sts:AssumeRole",
          resource: `arn:${partition}:iam::${accountId}:role/backups-writer`,
          context: { ...usual, ...context },
          resourcePolicy: trust,
        });

      it("the backup's ServiceAccount: allowed", async () => {
        assert.equal(await assume({}), "Allowed");
      });
      for (const [title, wrong] of [
        ["another ServiceAccount", { "aws:RequestTag/kubernetes-service-account": "default" }],
        ["another namespace", { "aws:RequestTag/kubernetes-namespace": "default" }],
        ["another cluster", { "aws:SourceArn": `${clusterArn}-2` }],
        ["another account", { "aws:SourceAccount": "210987654321" }],
      ] as const) {
        it(`${title}: refused`, async () => {
          assert.notEqual(await assume(wrong), "Allowed");
        });
      }
    });

    describe("with other choices", () => {
      const put = async (
        args: Parameters<typeof captureBucket>[0],
        context: Record<string, string>,
      ): Promise<string> => {
        const resourcePolicy = policyOf(await captureBucket(args, where), "s3/bucketPolicy backups");
        const usual = {
          "aws:SecureTransport": "true",
          "s3:if-none-match": "*",
          "s3:ObjectCreationOperation": "true",
        };
        const request = {
          action: "s3:PutObject",
          resource: `${bucketArn}/certctl/a`,
          context: { ...usual, ...context },
        };
        return simulate({ ...identityOf("administrator"), ...request, resourcePolicy });
      };

      it("an upload that names no encryption is refused where it must", async () => {
        const encryption = { requireHeaders: true };
        assert.equal(await put({ encryption }, {}), "ExplicitlyDenied");
        assert.equal(await put({ encryption }, { [sse]: "aws:kms", [sseKey]: keyArn }), "Allowed");
      });

      it("with keys of S3, KMS is refused", async () => {
        const encryption = { mode: "s3" } as const;
        assert.equal(await put({ encryption }, {}), "Allowed");
        assert.equal(await put({ encryption }, { [sse]: "AES256" }), "Allowed");
        assert.equal(await put({ encryption }, { [sse]: "aws:kms" }), "ExplicitlyDenied");
      });

      it("a further principal, with a pattern in its ARN, may use the bucket", async () => {
        assert.equal(
          await put({ principals: [`arn:${partition}:iam::${accountId}:role/admin*`] }, {}),
          "Allowed",
        );
        assert.equal(
          await put({ principals: [`arn:${partition}:iam::${accountId}:role/emergency`] }, {}),
          "ExplicitlyDenied",
        );
      });
    });
  });
}
