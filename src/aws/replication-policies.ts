import type { PolicyDocument, Statement } from "./policy-document";
import { policyDocument } from "./policy-document";

/** One end of a replication. */
export interface ReplicationEnd {
  bucketArn: string;
  keyArn?: string;
  viaService: string;
}

/**
 * S3 itself assumes the role, for this account. The bucket, whose key's policy names the role, is not there
 * yet.
 */
export function replicationTrust(accountId: string): PolicyDocument {
  return policyDocument({
    Sid: "AllowS3",
    Effect: "Allow",
    Principal: { Service: "s3.amazonaws.com" },
    Action: "sts:AssumeRole",
    Condition: { StringEquals: { "aws:SourceAccount": accountId } },
  });
}

/** Copies objects and their locks, and never deletes a copy. */
export function replicationAccess(source: ReplicationEnd, target: ReplicationEnd): PolicyDocument {
  return policyDocument(
    {
      Sid: "Configuration",
      Effect: "Allow",
      Action: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
      Resource: source.bucketArn,
    },
    {
      Sid: "Read",
      Effect: "Allow",
      Action: [
        "s3:GetObjectVersionForReplication",
        "s3:GetObjectVersionAcl",
        "s3:GetObjectVersionTagging",
        "s3:GetObjectRetention",
        "s3:GetObjectLegalHold",
      ],
      Resource: `${source.bucketArn}/*`,
    },
    {
      Sid: "Write",
      Effect: "Allow",
      Action: ["s3:ReplicateObject", "s3:ReplicateTags"],
      Resource: `${target.bucketArn}/*`,
    },
    keyUse("Decrypt", "kms:Decrypt", source),
    keyUse("Encrypt", ["kms:Encrypt", "kms:GenerateDataKey"], target),
  );
}

function keyUse(
  sid: string,
  actions: string | string[],
  { keyArn, viaService }: ReplicationEnd,
): Statement | undefined {
  if (keyArn === undefined) return undefined;
  const condition = { StringEquals: { "kms:ViaService": viaService } };
  return { Sid: sid, Effect: "Allow", Action: actions, Resource: keyArn, Condition: condition };
}
