import assert from "node:assert/strict";
import { argumentPaths } from "../render/argument-tests";
import { captureBucket } from "../support/aws/capture";

type Values = Record<string, unknown>;

const arn = (rest: string): string => `arn:aws:iam::123456789012:${rest}`;
const irsa = {
  "identity.mode": "irsa",
  "identity.irsa.oidcProviderArn": arn("oidc-provider/oidc.example.com"),
};
const podIdentity = { "identity.mode": "podIdentity", "identity.podIdentity.clusterName": "prod" };
const existing = { mode: "existing", "existing.bucket": "company-backups" };
const copied = { "replication.region": "eu-west-1" };
const logged = { "accessLog.mode": "create" };
const locked = { "objectLock.mode": "governance", "objectLock.days": 7 };
const moved = { "lifecycle.transition.afterDays": 30 };

/**
 * One argument set to something else, and what must be set for it to apply, in both of the compared buckets.
 */
const cases: Record<string, { value: unknown; given?: Values; together?: Values }> = {
  mode: { value: "existing", together: { "existing.bucket": "company-backups" } },
  "existing.bucket": { value: "other", given: { ...existing, ...irsa } },
  "existing.keyArn": {
    value: "arn:aws:kms:eu-central-1:123456789012:key/0",
    given: { ...existing, ...irsa },
  },
  "existing.manageSettings": { value: true, given: existing },
  bucket: { value: "pki-backups" },
  region: { value: "eu-west-1" },
  prefix: { value: "pki/" },
  "encryption.mode": { value: "s3" },
  "encryption.requireHeaders": { value: true },
  "encryption.rotationPeriodDays": { value: 180 },
  "encryption.deletionWindowDays": { value: 7 },
  "lifecycle.expireAfterDays": { value: 90 },
  "lifecycle.keepNoncurrentDays": { value: 30 },
  "lifecycle.abortUploadsAfterDays": { value: 7 },
  "lifecycle.transition.afterDays": { value: 31 },
  "lifecycle.transition.storageClass": { value: "GLACIER_IR", given: moved },
  "objectLock.mode": { value: "compliance", given: locked },
  "objectLock.days": { value: 14, given: locked },
  "replication.region": { value: "eu-west-1" },
  "replication.bucket": { value: "pki-copies", given: copied },
  "accessLog.mode": { value: "create" },
  "accessLog.bucket": { value: "logs", together: { "accessLog.mode": "existing" } },
  "accessLog.prefix": { value: "who/", given: logged },
  "accessLog.expireAfterDays": { value: 7, given: logged },
  "identity.mode": { value: "irsa", together: irsa },
  "identity.irsa.oidcProviderArn": { value: arn("oidc-provider/oidc.example.org"), given: irsa },
  "identity.irsa.audience": { value: "sts.amazonaws.com.cn", given: irsa },
  "identity.podIdentity.clusterName": { value: "staging", given: podIdentity },
  "identity.podIdentity.region": { value: "eu-west-1", given: podIdentity },
  "identity.namespace": { value: "pki", given: irsa },
  "identity.backupServiceAccount": { value: "dump", given: irsa },
  "identity.restoreServiceAccount": { value: "load", given: irsa },
  "identity.permissionsBoundary": { value: arn("policy/boundary"), given: irsa },
  principals: { value: [arn("role/emergency")] },
  tags: { value: { team: "pki" } },
  deletionProtection: { value: false },
};

describe("every documented argument of a bucket", () => {
  it("has a case here", () => {
    assert.deepEqual(Object.keys(cases).sort(), argumentPaths("BackupBucketSettings").sort());
  });

  for (const [path, { value, given = {}, together = {} }] of Object.entries(cases)) {
    it(`changes a resource: ${path}`, async () => {
      const [without, changed] = [
        await captureBucket(nested(given)),
        await captureBucket(nested({ ...given, ...together, [path]: value })),
      ];
      assert.notDeepEqual(changed.resources, without.resources);
    });
  }
});

function nested(values: Values): object {
  const args: Values = {};
  for (const [path, value] of Object.entries(values)) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    keys.reduce<Values>((at, key) => (at[key] ??= {}) as Values, args)[last] = value;
  }
  return args;
}
