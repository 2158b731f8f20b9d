import type { ArgumentCase } from "./argument-cases";
import { resourceCases, schedulingCases, withGiven } from "./argument-cases";

export const backups = { "backup.enabled": true };
const bucket = {
  "backup.sink.mode": "s3",
  "backup.sink.s3.bucket": "backups",
  "backup.sink.s3.region": "eu-central-1",
};
const irsa = { "backup.sink.s3.identity.irsa.roleArn": "arn:aws:iam::123456789012:role/backup" };
export const bucketSink = { ...backups, ...bucket, ...irsa };
const accessKeys = {
  "backup.sink.s3.identity.mode": "accessKeys",
  "backup.sink.s3.identity.accessKeys.secretName": "keys",
};

/** Every argument of `backup`. */
export const backupCases: Record<string, ArgumentCase> = {
  "backup.enabled": { value: true },
  "backup.schedule": { value: "@hourly", given: backups },
  "backup.timeZone": { value: "Europe/Berlin", given: backups },
  "backup.suspend": { value: true, given: backups },
  "backup.sink.mode": { value: "s3", given: backups, together: { ...bucket, ...irsa } },
  "backup.sink.pvc.storage.size": { value: "30Gi", given: backups },
  "backup.sink.pvc.storage.storageClass": { value: "slow", given: backups },
  "backup.sink.pvc.existingClaim": { value: "nfs", given: backups },
  "backup.sink.pvc.retention.days": { value: 90, given: backups },
  "backup.sink.pvc.retention.count": { value: 10, given: backups },
  "backup.sink.s3.bucket": { value: "others", given: bucketSink },
  "backup.sink.s3.prefix": { value: "pki/", given: bucketSink },
  "backup.sink.s3.region": { value: "eu-west-1", given: bucketSink },
  "backup.sink.s3.endpoint": { value: "https://minio.example.com", given: bucketSink },
  "backup.sink.s3.encryption.mode": { value: "s3", given: bucketSink },
  "backup.sink.s3.encryption.keyArn": {
    value: "arn:aws:kms:eu-central-1:123456789012:key/0123",
    given: bucketSink,
    together: { "backup.sink.s3.encryption.mode": "kms" },
  },
  "backup.sink.s3.identity.mode": {
    value: "podIdentity",
    given: bucketSink,
    together: { "backup.sink.s3.identity.irsa": undefined },
  },
  "backup.sink.s3.identity.irsa.roleArn": {
    value: "arn:aws:iam::123456789012:role/other",
    given: bucketSink,
  },
  "backup.sink.s3.identity.irsa.restoreRoleArn": {
    value: "arn:aws:iam::123456789012:role/restore",
    given: bucketSink,
  },
  "backup.sink.s3.identity.accessKeys.secretName": {
    value: "store",
    given: { ...backups, ...bucket, ...accessKeys },
  },
  "backup.compression": { value: 1, given: backups },
  "backup.scratchSize": { value: "7Gi", given: bucketSink },
  "backup.startingDeadlineSeconds": { value: 60, given: backups },
  "backup.activeDeadlineSeconds": { value: 600, given: backups },
  "backup.backoffLimit": { value: 3, given: backups },
  "backup.successfulJobsHistoryLimit": { value: 1, given: backups },
  "backup.failedJobsHistoryLimit": { value: 1, given: backups },
  ...withGiven(resourceCases("backup.resources"), backups),
  ...withGiven(schedulingCases("backup.scheduling"), backups),
  "backup.pushgateway.url": { value: "http://pushgateway.monitoring.svc:9091", given: backups },
  "backup.drill.enabled": { value: false, given: backups },
  "backup.drill.schedule": { value: "@weekly", given: backups },
  "backup.drill.suspend": { value: true, given: backups },
  "backup.drill.activeDeadlineSeconds": { value: 600, given: backups },
  "backup.drill.storageSize": { value: "7Gi", given: backups },
  ...withGiven(resourceCases("backup.drill.resources"), backups),
};
