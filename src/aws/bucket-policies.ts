import type { PolicyDocument, Statement } from "./policy-document";
import { policyDocument } from "./policy-document";

/** What the policy of a bucket of backups is about. */
export interface BucketPolicyInput {
  bucketArn: string;
  /** ARN of the bucket's KMS key; without one, S3's own keys encrypt. */
  keyArn?: string;
  /** Whether an upload must name the encryption. */
  requireHeaders: boolean;
  /** Whether an object can be written once only. Not for a replica, to which S3 itself writes. */
  writeOnce: boolean;
  /** ARNs, with `*` and `?`, of those who may read and write; nobody is refused without one. */
  principals: readonly string[];
}

const algorithmHeader = "s3:x-amz-server-side-encryption";
const keyHeader = "s3:x-amz-server-side-encryption-aws-kms-key-id";
const customerKeyHeader = "s3:x-amz-server-side-encryption-customer-algorithm";

/**
 * Everything here denies: what is allowed, the roles' own policies say. A lifecycle rule deletes all the
 * same: bucket policies do not concern it.
 */
export function backupBucketPolicy(input: BucketPolicyInput): PolicyDocument {
  const { bucketArn, keyArn, requireHeaders, writeOnce, principals } = input;
  const objects = `${bucketArn}/*`;
  const deny = (sid: string, action: string | string[], condition?: Statement["Condition"]): Statement => ({
    Sid: sid,
    Effect: "Deny",
    Principal: "*",
    Action: action,
    Resource: objects,
    ...(condition && { Condition: condition }),
  });
  const algorithm = keyArn === undefined ? "AES256" : "aws:kms";
  return policyDocument(
    {
      ...deny("DenyWithoutTls", "s3:*", { Bool: { "aws:SecureTransport": "false" } }),
      Resource: [bucketArn, objects],
    },
    deny("DenyOtherEncryption", "s3:PutObject", otherThan(algorithmHeader, algorithm)),
    keyArn === undefined
      ? undefined
      : deny("DenyOtherKey", "s3:PutObject", otherThan(keyHeader, keyArn, "ArnNotEquals")),
    deny("DenyCustomerKey", "s3:PutObject", { Null: { [customerKeyHeader]: "false" } }),
    requireHeaders
      ? deny("DenyUnnamedEncryption", "s3:PutObject", { Null: { [algorithmHeader]: "true" } })
      : undefined,
    writeOnce ? deny("DenyOverwrite", "s3:PutObject", withoutIfNoneMatch) : undefined,
    deny("DenyDelete", ["s3:DeleteObject", "s3:DeleteObjectVersion"]),
    principals.length > 0
      ? deny("DenyOtherPrincipals", objectAccess, { ArnNotLike: { "aws:PrincipalArn": [...principals] } })
      : undefined,
  );
}

const objectAccess = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"];

/**
 * A header that is there with another value. A negated operator alone also holds for one that is absent,
 * where the bucket's default counts.
 */
function otherThan(header: string, wanted: string, differs = "StringNotEquals"): Statement["Condition"] {
  return { Null: { [header]: "false" }, [differs]: { [header]: wanted } };
}

/** The parts of a multipart upload come without the header; what completes it has it. */
const withoutIfNoneMatch = {
  Null: { "s3:if-none-match": "true" },
  Bool: { "s3:ObjectCreationOperation": "true" },
};

/** Lets S3 write the access logs of one bucket, over TLS only. */
export function logBucketPolicy(
  logBucketArn: string,
  sourceBucketArn: string,
  accountId: string,
): PolicyDocument {
  return policyDocument(
    {
      Sid: "DenyWithoutTls",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: [logBucketArn, `${logBucketArn}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    {
      Sid: "AllowLogDelivery",
      Effect: "Allow",
      Principal: { Service: "logging.s3.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: `${logBucketArn}/*`,
      Condition: {
        ArnEquals: { "aws:SourceArn": sourceBucketArn },
        StringEquals: { "aws:SourceAccount": accountId },
      },
    },
  );
}
