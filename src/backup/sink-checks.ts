import type { Issue } from "../checks/issues";
import { issueIf, under } from "../checks/issues";
import { text } from "../checks/unseen";
import { storageIssues } from "../kubernetes/kubernetes-checks";
import { BackupSinkMode, S3EncryptionMode, S3IdentityMode } from "./sink-args";
import type { BackupSink, PvcSink, S3Encryption, S3Identity, S3Sink } from "./sink-args";

/** What is wrong with the place where backups are kept. */
export function sinkIssues({ mode = BackupSinkMode.Pvc, pvc, s3 }: BackupSink): Issue[] {
  return [
    ...issueIf(
      mode === BackupSinkMode.S3 && pvc !== undefined,
      "pvc",
      "is only for mode pvc, and the mode is s3; remove it",
    ),
    ...issueIf(
      mode === BackupSinkMode.Pvc && s3 !== undefined,
      "s3",
      "is only for mode s3; set backup.sink.mode: s3, or remove it",
    ),
    ...under("pvc", volumeIssues(pvc ?? {})),
    ...under("s3", mode === BackupSinkMode.S3 ? bucketIssues(s3 ?? {}) : []),
  ];
}

function volumeIssues({ storage, existingClaim, retention }: PvcSink): Issue[] {
  const few = retention?.count !== undefined && retention.count <= 3;
  return [
    ...under("storage", storageIssues(storage)),
    ...issueIf(
      storage !== undefined && existingClaim !== undefined,
      "storage",
      "has no effect with existingClaim; keep one of the two",
    ),
    ...issueIf(
      few && retention.days !== undefined,
      "retention.days",
      `has no effect: days never remove the three newest, and no more than ${String(retention?.count)} are kept; raise count, or remove days`,
    ),
  ];
}

function bucketIssues({ bucket, region, encryption = {}, identity = {} }: S3Sink): Issue[] {
  return [
    ...issueIf(
      bucket === undefined,
      "bucket",
      "is missing; name a bucket, or let the stack make one: backupBucket",
    ),
    ...issueIf(
      bucket !== undefined && region === undefined,
      "region",
      "is missing; name the bucket's region, such as eu-central-1",
    ),
    ...under("encryption", encryptionIssues(encryption)),
    // Without a bucket, who the pods are may be known with it.
    ...under("identity", bucket === undefined ? [] : identityIssues(identity)),
  ];
}

function encryptionIssues({ mode = S3EncryptionMode.BucketDefault, keyArn }: S3Encryption): Issue[] {
  return [
    ...issueIf(
      mode === S3EncryptionMode.Kms && keyArn === undefined,
      "keyArn",
      "is missing; mode kms needs the ARN of the key",
    ),
    ...issueIf(
      keyArn !== undefined && isOther(mode, S3EncryptionMode.Kms),
      "keyArn",
      "is only for mode kms; set encryption.mode: kms, or remove it",
    ),
  ];
}

function identityIssues({ mode = S3IdentityMode.Irsa, irsa, accessKeys }: S3Identity): Issue[] {
  const missing = {
    irsa: "is missing; mode irsa needs irsa.roleArn; other modes are podIdentity and, outside AWS, accessKeys",
    accessKeys: "is missing; mode accessKeys needs accessKeys.secretName",
  };
  return Object.entries({ irsa, accessKeys }).flatMap(([name, settings]) => [
    ...issueIf(mode === name && settings === undefined, name, missing[name as keyof typeof missing]),
    ...issueIf(
      settings !== undefined && isOther(mode, name),
      name,
      `is only for mode ${name}, and the mode is ${text(mode) ?? ""}; remove it`,
    ),
  ]);
}

/** Whether a mode is another one than that; one that cannot be looked at may be it. */
function isOther(mode: string, than: string): boolean {
  return text(mode) !== undefined && mode !== than;
}
