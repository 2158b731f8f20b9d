import type { PolicyDocument, Statement } from "./policy-document";
import { policyDocument } from "./policy-document";

/** What of AWS a role is for. */
export interface AccessInput {
  bucketArn: string;
  prefix: string;
  keyArn?: string;
  /** `s3.<region>.<suffix>` of the bucket. */
  viaService: string;
}

/** Puts and reads under the prefix. Never deletes: backups go by the bucket's lifecycle. */
export function backupAccess(input: AccessInput): PolicyDocument {
  const actions = ["s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"];
  // A multipart upload decrypts its parts to put them together.
  return policyDocument(
    objects(input, actions),
    listing(input),
    keyUse(input, ["kms:GenerateDataKey", "kms:Decrypt"]),
  );
}

/** Reads under the prefix. */
export function restoreAccess(input: AccessInput): PolicyDocument {
  return policyDocument(
    objects(input, ["s3:GetObject", "s3:GetObjectVersion"]),
    listing(input),
    keyUse(input, ["kms:Decrypt"]),
  );
}

function objects({ bucketArn, prefix }: AccessInput, actions: string[]): Statement {
  return { Sid: "Objects", Effect: "Allow", Action: actions, Resource: `${bucketArn}/${prefix}*` };
}

/** Without it, S3 answers 403 for a key that does not exist. */
function listing({ bucketArn, prefix }: AccessInput): Statement {
  const condition = { StringLike: { "s3:prefix": [prefix, `${prefix}*`] } };
  return { Sid: "List", Effect: "Allow", Action: "s3:ListBucket", Resource: bucketArn, Condition: condition };
}

function keyUse({ keyArn, viaService }: AccessInput, actions: string[]): Statement | undefined {
  if (keyArn === undefined) return undefined;
  const condition = { StringEquals: { "kms:ViaService": viaService } };
  return { Sid: "Key", Effect: "Allow", Action: actions, Resource: keyArn, Condition: condition };
}

/**
 * Lets exactly one ServiceAccount of one cluster assume the role, by a token of the cluster's issuer (IRSA).
 */
export function irsaTrust(
  oidcProviderArn: string,
  audience: string,
  namespace: string,
  serviceAccount: string,
): PolicyDocument {
  // The provider's ARN ends with the issuer, which names the condition keys.
  const issuer = oidcProviderArn.slice(oidcProviderArn.indexOf("/") + 1);
  const subject = `system:serviceaccount:${namespace}:${serviceAccount}`;
  return policyDocument({
    Sid: "AllowServiceAccount",
    Effect: "Allow",
    Principal: { Federated: oidcProviderArn },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: { StringEquals: { [`${issuer}:aud`]: audience, [`${issuer}:sub`]: subject } },
  });
}

/** Who asks for a role by EKS Pod Identity. */
export interface PodIdentityTrustInput {
  accountId: string;
  clusterArn: string;
  namespace: string;
  serviceAccount: string;
}

/** Lets exactly one ServiceAccount of one cluster assume the role, by EKS Pod Identity. */
export function podIdentityTrust({
  accountId,
  clusterArn,
  namespace,
  serviceAccount,
}: PodIdentityTrustInput): PolicyDocument {
  return policyDocument({
    Sid: "AllowServiceAccount",
    Effect: "Allow",
    Principal: { Service: "pods.eks.amazonaws.com" },
    Action: ["sts:AssumeRole", "sts:TagSession"],
    Condition: {
      StringEquals: {
        "aws:SourceAccount": accountId,
        "aws:RequestTag/kubernetes-namespace": namespace,
        "aws:RequestTag/kubernetes-service-account": serviceAccount,
      },
      ArnEquals: { "aws:SourceArn": clusterArn },
    },
  });
}
