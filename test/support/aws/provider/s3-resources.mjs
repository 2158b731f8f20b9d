import * as s3api from "@aws-sdk/client-s3";
import { fromApi, tagList, tagMap, toApi } from "./names.mjs";

/** @typedef {import("./server.mjs").ResourceType} ResourceType */
/** @typedef {import("./place.mjs").Place} Place */
/** @typedef {Record<string, any>} Values */

/**
 * A setting of a bucket: put by create and update, removed by delete. `api` names the commands Put…, Get… and
 * Delete….
 * @param {object} setting
 * @param {string} setting.api
 * @param {string[]} setting.inputs
 * @param {(inputs: Values) => Values} setting.request
 * @param {(reply: Values, inputs: Values) => Values | undefined} setting.read what is in force; undefined for
 * nothing
 * @param {(bucket: string, place: Place) => Promise<unknown>} [setting.remove]
 * @returns {ResourceType}
 */
function bucketSetting({ api, inputs, request, read, remove }) {
  const commands = /** @type {Record<string, any>} */ (/** @type {unknown} */ (s3api));
  /** @param {string} verb @param {Values} input @param {Place} place */
  const send = (verb, input, { s3 }) => s3.send(new commands[`${verb}${api}Command`](input));
  return {
    inputs: ["bucket", ...inputs],
    replaceOn: ["bucket"],
    create: async (args, place) => {
      await send("Put", { Bucket: args.bucket, ...request(args) }, place);
      return { id: args.bucket };
    },
    update: async (id, args, place) => void (await send("Put", { Bucket: id, ...request(args) }, place)),
    read: async (id, place, args) => read(await send("Get", { Bucket: id }, place), args),
    delete: (id, _state, place) => (remove ? remove(id, place) : send("Delete", { Bucket: id }, place)),
  };
}

/** @type {Record<string, ResourceType>} */
export const s3Resources = {
  "aws:s3/bucket:Bucket": {
    inputs: ["bucket", "forceDestroy", "objectLockEnabled", "tags"],
    autoname: { property: "bucket" },
    replaceOn: ["bucket", "objectLockEnabled"],
    create: async (args, { s3, region, partition, dnsSuffix }) => {
      const Bucket = args.bucket;
      const CreateBucketConfiguration = region === "us-east-1" ? undefined : { LocationConstraint: region };
      const lock = { ObjectLockEnabledForBucket: args.objectLockEnabled };
      await s3.send(
        new s3api.CreateBucketCommand(/** @type {any} */ ({ Bucket, ...lock, CreateBucketConfiguration })),
      );
      await tagBucket(Bucket, args.tags, s3);
      const bucketRegionalDomainName = `${Bucket}.s3.${region}.${dnsSuffix}`;
      return { id: Bucket, arn: `arn:${partition}:s3:::${Bucket}`, region, bucketRegionalDomainName };
    },
    update: (id, args, { s3 }) => tagBucket(id, args.tags, s3),
    read: async (Bucket, { s3 }) => {
      await s3.send(new s3api.HeadBucketCommand({ Bucket }));
      const tagging = await s3
        .send(new s3api.GetBucketTaggingCommand({ Bucket }))
        .catch(() => ({ TagSet: [] }));
      return { bucket: Bucket, tags: tagMap(tagging.TagSet ?? []) };
    },
    delete: async (Bucket, state, { s3 }) => {
      if (state.forceDestroy) await emptyBucket(Bucket, s3);
      await s3.send(new s3api.DeleteBucketCommand({ Bucket }));
    },
  },
  "aws:s3/bucketVersioning:BucketVersioning": bucketSetting({
    api: "BucketVersioning",
    inputs: ["versioningConfiguration"],
    request: ({ versioningConfiguration }) => ({ VersioningConfiguration: toApi(versioningConfiguration) }),
    read: ({ Status }) => ({ versioningConfiguration: { status: Status ?? "Disabled" } }),
    // It goes with the bucket, and cannot go before where objects are locked.
    remove: () => Promise.resolve(),
  }),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": bucketSetting({
    api: "BucketEncryption",
    inputs: ["rules"],
    request: ({ rules }) => ({ ServerSideEncryptionConfiguration: toApi({ rules }) }),
    read: ({ ServerSideEncryptionConfiguration: found }) => fromApi(found),
  }),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucketSetting({
    api: "PublicAccessBlock",
    inputs: ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"],
    request: ({ bucket: _bucket, region: _region, ...flags }) => ({
      PublicAccessBlockConfiguration: toApi(flags),
    }),
    read: ({ PublicAccessBlockConfiguration: found }) => fromApi(found),
  }),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": bucketSetting({
    api: "BucketOwnershipControls",
    inputs: ["rule"],
    request: ({ rule }) => ({ OwnershipControls: { Rules: [toApi(rule)] } }),
    read: ({ OwnershipControls: { Rules } }) => ({ rule: fromApi(Rules[0]) }),
  }),
  "aws:s3/bucketPolicy:BucketPolicy": bucketSetting({
    api: "BucketPolicy",
    inputs: ["policy"],
    request: ({ policy }) => ({ Policy: policy }),
    read: ({ Policy }) => ({ policy: Policy }),
  }),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": bucketSetting({
    api: "BucketLifecycleConfiguration",
    inputs: ["rules"],
    request: ({ rules }) => ({ LifecycleConfiguration: toApi({ rules }) }),
    read: ({ Rules }) => ({ rules: fromApi(Rules) }),
    remove: (Bucket, { s3 }) => s3.send(new s3api.DeleteBucketLifecycleCommand({ Bucket })),
  }),
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": bucketSetting({
    api: "ObjectLockConfiguration",
    inputs: ["rule"],
    request: ({ rule }) => ({ ObjectLockConfiguration: { ObjectLockEnabled: "Enabled", Rule: toApi(rule) } }),
    read: ({ ObjectLockConfiguration: { Rule } }) => ({ rule: fromApi(Rule) }),
    remove: (Bucket, { s3 }) => {
      const unlocked = /** @type {const} */ ({ ObjectLockEnabled: "Enabled" });
      return s3.send(
        new s3api.PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration: unlocked }),
      );
    },
  }),
  "aws:s3/bucketLogging:BucketLogging": bucketSetting({
    api: "BucketLogging",
    inputs: ["targetBucket", "targetPrefix"],
    request: ({ targetBucket, targetPrefix }) => ({
      BucketLoggingStatus: { LoggingEnabled: toApi({ targetBucket, targetPrefix }) },
    }),
    read: ({ LoggingEnabled: found }) => found && fromApi(found),
    remove: (Bucket, { s3 }) =>
      s3.send(new s3api.PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: {} })),
  }),
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": bucketSetting({
    api: "BucketReplication",
    inputs: ["role", "rules"],
    request: ({ role, rules }) => ({ ReplicationConfiguration: toApi({ role, rules }) }),
    // moto keeps no sourceSelectionCriteria and no filter.
    read: ({ ReplicationConfiguration: found }, inputs) => {
      const { sourceSelectionCriteria, filter } = inputs.rules?.[0] ?? {};
      return {
        role: found.Role,
        rules: found.Rules.map((/** @type {Values} */ rule) => ({
          ...fromApi(rule),
          sourceSelectionCriteria,
          filter,
        })),
      };
    },
  }),
};

/**
 * @param {string} Bucket
 * @param {Record<string, string> | undefined} tags
 * @param {s3api.S3Client} s3
 */
async function tagBucket(Bucket, tags, s3) {
  if (tags === undefined) return;
  await s3.send(new s3api.PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: tagList(tags) } }));
}

/**
 * @param {string} Bucket
 * @param {s3api.S3Client} s3
 */
async function emptyBucket(Bucket, s3) {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(
    new s3api.ListObjectVersionsCommand({ Bucket }),
  );
  for (const { Key, VersionId } of [...Versions, ...DeleteMarkers])
    await s3.send(new s3api.DeleteObjectCommand({ Bucket, Key, VersionId }));
}
