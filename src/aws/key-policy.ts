import type { PolicyDocument, Statement } from "./policy-document";
import { policyDocument } from "./policy-document";

/** Who may use the key of a bucket, by the direction. ARNs with `*` and `?`. */
export interface KeyPolicyInput {
  partition: string;
  accountId: string;
  /** `s3.<region>.<suffix>` of the bucket: the key serves this S3 only. */
  viaService: string;
  writers: readonly string[];
  readers: readonly string[];
}

/** What keeps a key manageable, without the right to encrypt, decrypt, or grant either. */
const administration = [
  ...[
    "CancelKeyDeletion",
    "DescribeKey",
    "DisableKey",
    "DisableKeyRotation",
    "EnableKey",
    "EnableKeyRotation",
    "GetKeyPolicy",
  ],
  ...[
    "GetKeyRotationStatus",
    "ListGrants",
    "ListKeyPolicies",
    "ListKeyRotations",
    "ListResourceTags",
    "PutKeyPolicy",
    "RevokeGrant",
  ],
  ...[
    "RotateKeyOnDemand",
    "ScheduleKeyDeletion",
    "TagResource",
    "UntagResource",
    "UpdateAlias",
    "CreateAlias",
    "DeleteAlias",
  ],
  "UpdateKeyDescription",
].map((action) => `kms:${action}`);

/**
 * The account administers the key by its IAM policies. Whoever else: with principals, only these use it,
 * whatever IAM policies allow; without, the account's IAM policies decide.
 */
export function keyPolicy({
  partition,
  accountId,
  viaService,
  writers,
  readers,
}: KeyPolicyInput): PolicyDocument {
  const account: Pick<Statement, "Effect" | "Principal" | "Resource"> = {
    Effect: "Allow",
    Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
    Resource: "*",
  };
  if (writers.length + readers.length === 0)
    return policyDocument({ Sid: "AllowAccount", ...account, Action: "kms:*" });
  const use = (
    sid: string,
    action: string | string[],
    principals: readonly string[],
  ): Statement | undefined =>
    principals.length === 0
      ? undefined
      : {
          Sid: sid,
          ...account,
          Action: action,
          Condition: {
            StringEquals: { "kms:ViaService": viaService },
            ArnLike: { "aws:PrincipalArn": [...principals] },
          },
        };
  return policyDocument(
    { Sid: "AllowAdministration", ...account, Action: administration },
    use("AllowEncryption", ["kms:Encrypt", "kms:GenerateDataKey", "kms:Decrypt"], writers),
    use("AllowDecryption", "kms:Decrypt", readers),
  );
}
