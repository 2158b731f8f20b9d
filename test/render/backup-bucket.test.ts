import assert from "node:assert/strict";
import type { types } from "@pulumi/kubernetes";
import type { Manifest } from "../../scripts/render/capture";
import { placeholderArgs, renderArgs, renderStack } from "../../scripts/render/render-stack";
import type { PolicyDocument } from "../../src/aws/policy-document";
import type { S3Sink } from "../../src/backup/sink-args";
import { captureBucket, policyOf, resource } from "../support/aws/capture";
import { manifestOf, podSpec } from "../support/pods";

type EnvVar = types.output.core.v1.EnvVar;

const oidcProviderArn = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/0123";
const roleArn = "arn:aws:iam::123456789012:role/backup";
const inBucket = (s3: S3Sink): Promise<Manifest[]> =>
  renderArgs({
    ...placeholderArgs({}),
    backup: { enabled: true, sink: { mode: "s3", s3: { bucket: "backups", region: "eu-central-1", ...s3 } } },
  });

/** The variables of a container of a CronJob's pod: values, or where they are from. */
function variables(
  manifests: readonly Manifest[],
  cronJob: string,
  container: string,
): Record<string, unknown> {
  const { initContainers = [], containers } = podSpec(manifestOf(manifests, "CronJob", cronJob));
  const { env = [] } = [...initContainers, ...containers].find(({ name }) => name === container) ?? {};
  return Object.fromEntries(
    (env as Partial<EnvVar>[]).map(({ name = "", value, valueFrom }) => [name, value ?? valueFrom]),
  );
}

function roleOf(manifests: readonly Manifest[], account: string): unknown {
  const { annotations = {} } = manifestOf(manifests, "ServiceAccount", account).metadata as {
    annotations?: Record<string, unknown>;
  };
  return annotations["eks.amazonaws.com/role-arn"];
}

describe("backups in a bucket", () => {
  it("need no claim: dump and upload share a scratch folder with room for the part that is on its way", async () => {
    const manifests = await inBucket({ identity: { irsa: { roleArn } } });
    assert.deepEqual(
      manifests.filter(
        ({ kind, metadata }) => kind === "PersistentVolumeClaim" && metadata.name.includes("backup"),
      ),
      [],
    );
    const { volumes } = podSpec(manifestOf(manifests, "CronJob", "certctl-backup"));
    const scratch = (volumes as { name: string; emptyDir?: { sizeLimit: string } }[]).find(
      ({ name }) => name === "scratch",
    );
    assert.equal(scratch?.emptyDir?.sizeLimit, String(11 * 2 ** 30));
  });

  it("give the database's password to no container that reaches the bucket, and the bucket to none that reaches the database", async () => {
    const manifests = await inBucket({
      identity: { mode: "accessKeys", accessKeys: { secretName: "keys" } },
    });
    const [dump, upload] = [
      variables(manifests, "certctl-backup", "dump"),
      variables(manifests, "certctl-backup", "upload"),
    ];
    assert.ok("PGPASSWORD" in dump && "AWS_SECRET_ACCESS_KEY" in upload);
    assert.deepEqual(
      Object.keys(dump).filter((name) => /^(AWS|S3)_/.test(name)),
      [],
    );
    assert.deepEqual(
      Object.keys(upload).filter((name) => name.startsWith("PG")),
      [],
    );
  });

  it("are written and read by two service accounts, each with its role", async () => {
    const manifests = await inBucket({
      identity: { irsa: { roleArn, restoreRoleArn: `${roleArn}-reader` } },
    });
    assert.equal(roleOf(manifests, "certctl-backup"), roleArn);
    assert.equal(roleOf(manifests, "certctl-restore"), `${roleArn}-reader`);
    assert.equal(
      podSpec(manifestOf(manifests, "CronJob", "certctl-backup")).serviceAccountName,
      "certctl-backup",
    );
    assert.equal(
      podSpec(manifestOf(manifests, "CronJob", "certctl-drill")).serviceAccountName,
      "certctl-restore",
    );
    assert.equal(roleOf(await inBucket({ identity: { irsa: { roleArn } } }), "certctl-restore"), roleArn);
  });

  it("take access keys from the Secret, and name no role then", async () => {
    const manifests = await inBucket({
      identity: { mode: "accessKeys", accessKeys: { secretName: "keys" } },
      endpoint: "https://minio",
    });
    for (const [cronJob, container] of [
      ["certctl-backup", "upload"],
      ["certctl-drill", "download"],
    ] as const) {
      const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL_S3 } = variables(
        manifests,
        cronJob,
        container,
      );
      assert.deepEqual(AWS_ACCESS_KEY_ID, { secretKeyRef: { name: "keys", key: "accessKeyId" } });
      assert.deepEqual(AWS_SECRET_ACCESS_KEY, { secretKeyRef: { name: "keys", key: "secretAccessKey" } });
      assert.equal(AWS_ENDPOINT_URL_S3, "https://minio");
    }
    assert.equal(roleOf(manifests, "certctl-backup"), undefined);
  });

  it("ask for the encryption that is named, and for none otherwise", async () => {
    const identity = { mode: "podIdentity" } as const;
    const keyArn = "arn:aws:kms:eu-central-1:123456789012:key/0123";
    const asked = async (encryption: S3Sink["encryption"]): Promise<unknown[]> => {
      const { S3_ENCRYPTION, S3_KMS_KEY } = variables(
        await inBucket({ identity, encryption }),
        "certctl-backup",
        "upload",
      );
      return [S3_ENCRYPTION, S3_KMS_KEY];
    };
    assert.deepEqual(await asked({}), ["", ""]);
    assert.deepEqual(await asked({ mode: "s3" }), ["AES256", ""]);
    assert.deepEqual(await asked({ mode: "kms", keyArn }), ["aws:kms", keyArn]);
  });
});

describe("backups in the bucket of the stack", () => {
  const backup = { enabled: true, sink: { mode: "s3" } };
  const stack = (backupBucket: object): Promise<Manifest[]> =>
    renderStack({
      "certctl:namespace": "pki",
      "certctl:backupBucket": backupBucket,
      "certctl:backup": backup,
    });
  const identity = { mode: "irsa", irsa: { oidcProviderArn } };

  it("know it by what a deployment tells, and a rendering has its place held", async () => {
    const manifests = await stack({ prefix: "pki/", identity });
    const { S3_BUCKET, S3_PREFIX, AWS_REGION, S3_ENCRYPTION, S3_KMS_KEY } = variables(
      manifests,
      "certctl-backup",
      "upload",
    );
    assert.deepEqual(
      [S3_BUCKET, S3_PREFIX, AWS_REGION],
      ["<output certctl:backupBucket.bucket>", "pki/", "<output certctl:backupBucket.region>"],
    );
    assert.deepEqual([S3_ENCRYPTION, S3_KMS_KEY], ["aws:kms", "<output certctl:backupBucket.keyArn>"]);
    assert.equal(roleOf(manifests, "certctl-backup"), "<output certctl:backupBucket.roleArn>");
    assert.equal(roleOf(manifests, "certctl-restore"), "<output certctl:backupBucket.restoreRoleArn>");
  });

  it("know what its settings say already", async () => {
    const manifests = await stack({
      bucket: "company",
      region: "eu-west-1",
      encryption: { mode: "s3" },
      identity,
    });
    const { S3_BUCKET, AWS_REGION, S3_ENCRYPTION, S3_KMS_KEY } = variables(
      manifests,
      "certctl-drill",
      "download",
    );
    assert.deepEqual(
      [S3_BUCKET, AWS_REGION, S3_ENCRYPTION, S3_KMS_KEY],
      ["company", "eu-west-1", "AES256", ""],
    );
  });

  it("run as the service accounts that its roles trust, and as no others", async () => {
    const manifests = await stack({ identity });
    const accounts = manifests
      .filter(({ kind, metadata }) => kind === "ServiceAccount" && /-(backup|restore)$/.test(metadata.name))
      .map(({ metadata }) => `system:serviceaccount:${metadata.namespace ?? ""}:${metadata.name}`);
    const captured = await captureBucket({
      identity: { mode: "irsa", irsa: { oidcProviderArn }, namespace: "pki" },
    });
    const subjects = ["writer", "reader"].map((role) =>
      trustedSubject(policyOf(captured, `iam/role backups-${role}`)),
    );
    assert.deepEqual(subjects, accounts);

    const podIdentity = {
      mode: "podIdentity",
      podIdentity: { clusterName: "prod" },
      namespace: "pki",
    } as const;
    const associated = await captureBucket({ identity: podIdentity });
    const names = ["writer", "reader"].map((role) => {
      const { namespace, serviceAccount } = resource(
        associated,
        `eks/podIdentityAssociation backups-${role}`,
      ).inputs;
      return `system:serviceaccount:${String(namespace)}:${String(serviceAccount)}`;
    });
    assert.deepEqual(names, accounts);
  });
});

function trustedSubject({ Statement: [statement] }: PolicyDocument): unknown {
  const wanted = Object.entries(statement?.Condition?.StringEquals ?? {});
  return wanted.find(([key]) => key.endsWith(":sub"))?.[1];
}
