import assert from "node:assert/strict";
import { captureBucket, resource } from "../support/aws/capture";
import type { Captured } from "../support/aws/capture";

const irsa = {
  mode: "irsa",
  irsa: {
    oidcProviderArn: "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/0123",
  },
} as const;

describe("the graph of a bucket for backups", () => {
  it("sets what keeps the public out before anything else, and the policy last", async () => {
    const captured = await captureBucket({ objectLock: { mode: "governance", days: 7 } });
    const first = [
      "s3/bucketPublicAccessBlock backups",
      "s3/bucketOwnershipControls backups",
      "s3/bucketVersioning backups",
    ];
    const second = [
      "s3/bucketServerSideEncryptionConfiguration backups",
      "s3/bucketLifecycleConfiguration backups",
      "s3/bucketObjectLockConfiguration backups",
    ];
    for (const id of first) assert.deepEqual(resource(captured, id).dependsOn, []);
    for (const id of second) assert.deepEqual(resource(captured, id).dependsOn, first);
    assert.deepEqual(resource(captured, "s3/bucketPolicy backups").dependsOn, second);
  });

  it("protects and retains everything that makes the backups what they are, by default", async () => {
    const { resources } = await captureBucket({
      identity: irsa,
      replication: { region: "eu-west-1" },
      accessLog: { mode: "create" },
    });
    const open = resources
      .filter(({ protect, retainOnDelete }) => !protect || !retainOnDelete)
      .map(({ id }) => id);
    assert.deepEqual(open, [
      "iam/role backups-writer",
      "iam/role backups-reader",
      "iam/role backups-copier",
      "s3/bucketLogging backups",
      "iam/rolePolicy backups",
      "s3/bucketReplicationConfig backups",
      "iam/rolePolicy backups-writer",
      "iam/rolePolicy backups-reader",
      "iam/rolePolicy backups-reader-replica",
    ]);
  });

  it("lets a bucket go with its objects only where nothing is protected", async () => {
    const kept = await captureBucket({});
    const thrownAway = await captureBucket({ deletionProtection: false });
    assert.equal(resource(kept, "s3/bucket backups").inputs.forceDestroy, false);
    assert.equal(resource(thrownAway, "s3/bucket backups").inputs.forceDestroy, true);
    assert.deepEqual(
      thrownAway.resources.filter(({ protect, retainOnDelete }) => protect || retainOnDelete),
      [],
    );
  });

  it("leaves an existing bucket alone, and gives the roles their rights on it", async () => {
    const captured = await captureBucket({
      mode: "existing",
      existing: { bucket: "company-backups" },
      identity: irsa,
    });
    assert.deepEqual(ids(captured), [
      "iam/role backups-reader",
      "iam/role backups-writer",
      "iam/rolePolicy backups-reader",
      "iam/rolePolicy backups-writer",
    ]);
    assert.match(
      String(resource(captured, "iam/rolePolicy backups-writer").inputs.policy),
      /arn:aws:s3:::company-backups\/certctl\/\*/,
    );
    assert.equal(captured.sink.bucket, "company-backups");
  });

  it("sets the settings of an existing bucket when it is told to, and never becomes its owner", async () => {
    const keyArn = "arn:aws:kms:eu-central-1:123456789012:key/0123";
    const captured = await captureBucket({
      mode: "existing",
      existing: { bucket: "company-backups", keyArn, manageSettings: true },
    });
    assert.deepEqual(ids(captured), [
      "s3/bucketLifecycleConfiguration backups",
      "s3/bucketOwnershipControls backups",
      "s3/bucketPolicy backups",
      "s3/bucketPublicAccessBlock backups",
      "s3/bucketServerSideEncryptionConfiguration backups",
      "s3/bucketVersioning backups",
    ]);
    assert.equal(resource(captured, "s3/bucketPolicy backups").inputs.bucket, "company-backups");
    assert.equal(captured.sink.keyArn, keyArn);
  });

  it("puts the copy, its key and every setting of it in the other region", async () => {
    const captured = await captureBucket({ replication: { region: "eu-west-1" } });
    const copy = captured.resources.filter(
      ({ id }) => id.endsWith(" backups-replica") && !id.startsWith("iam/"),
    );
    const elsewhere = copy.filter(({ inputs }) => inputs.region !== "eu-west-1").map(({ id }) => id);
    assert.ok(copy.length >= 8);
    assert.deepEqual(elsewhere, []);
  });

  it("binds roles to ServiceAccounts by EKS Pod Identity without an OIDC provider", async () => {
    const identity = { mode: "podIdentity", podIdentity: { clusterName: "prod" }, namespace: "pki" } as const;
    const captured = await captureBucket({ identity });
    const { clusterName, namespace, serviceAccount, roleArn } = resource(
      captured,
      "eks/podIdentityAssociation backups-writer",
    ).inputs;
    assert.deepEqual(
      { clusterName, namespace, serviceAccount, roleArn },
      {
        clusterName: "prod",
        namespace: "pki",
        serviceAccount: "certctl-backup",
        roleArn: "arn:aws:iam::123456789012:role/backups-writer",
      },
    );
  });

  it("refuses wrong settings by name, all at once", async () => {
    await assert.rejects(
      captureBucket({
        prefix: "/certctl",
        objectLock: { mode: "compliance" },
        lifecycle: { transition: { afterDays: 7 } },
      }),
      /has 3 problems:\nbackups\.lifecycle\.transition\.afterDays: .*\nbackups\.objectLock\.days: .*\nbackups\.prefix: /,
    );
  });
});

function ids({ resources }: Captured): string[] {
  return resources.map(({ id }) => id).sort();
}
