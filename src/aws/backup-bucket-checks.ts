import type { Issue } from "../checks/issues";
import { issueIf, under } from "../checks/issues";
import type {
  AccessLogSettings,
  BackupBucketSettings,
  BackupIdentitySettings,
  BucketEncryptionSettings,
  ObjectLockSettings,
} from "./backup-bucket-args";
import { lifecycleDefaults } from "./bucket-lifecycle";

/** What is wrong with the settings of a bucket. */
export function backupBucketIssues(settings: BackupBucketSettings): Issue[] {
  const { mode = "create", existing, identity, encryption, accessLog, region, replication } = settings;
  const adopted = mode === "existing";
  return [
    ...issueIf(
      adopted && existing === undefined,
      "existing",
      "is missing; mode existing needs at least existing.bucket",
    ),
    ...issueIf(
      mode === "create" && existing !== undefined,
      "existing",
      "is only for mode existing, and the mode is create; keep one",
    ),
    ...(adopted ? onlyForCreated(settings) : []),
    ...issueIf(
      replication !== undefined && region !== undefined && replication.region === region,
      "replication.region",
      `"${String(region)}" is the region of the bucket itself; a copy there does not survive its loss`,
    ),
    ...lifecycleIssues(settings),
    ...under("objectLock", objectLockIssues(settings.objectLock)),
    ...under("encryption", encryptionIssues(encryption)),
    ...under("accessLog", accessLogIssues(accessLog)),
    ...under("identity", identity ? identityIssues(identity) : []),
  ];
}

/** What cannot be said of a bucket that is there already. */
function onlyForCreated({
  bucket,
  encryption,
  objectLock,
  replication,
  existing,
  lifecycle,
  accessLog,
}: BackupBucketSettings): Issue[] {
  const created = { bucket, encryption, objectLock, replication };
  const needsManaging = existing?.manageSettings === true ? {} : { lifecycle, accessLog };
  const given = (group: object): string[] =>
    Object.entries(group).flatMap(([key, value]) => (value === undefined ? [] : [key]));
  return [
    ...given(created).flatMap((path) =>
      issueIf(true, path, "is only for mode create; an existing bucket keeps what it has"),
    ),
    ...given(needsManaging).flatMap((path) =>
      issueIf(
        true,
        path,
        "changes nothing of an existing bucket; set existing.manageSettings: true, or leave it out",
      ),
    ),
  ];
}

function lifecycleIssues({ lifecycle = {}, objectLock }: BackupBucketSettings): Issue[] {
  const { expireAfterDays, transition } = { ...lifecycleDefaults, ...lifecycle };
  const { afterDays, storageClass = "STANDARD_IA" } = transition ?? {};
  const infrequent = storageClass === "STANDARD_IA" || storageClass === "ONEZONE_IA";
  return [
    ...issueIf(
      afterDays !== undefined && afterDays >= expireAfterDays,
      "lifecycle.transition.afterDays",
      `${String(afterDays)} is not before expireAfterDays, ${String(expireAfterDays)}; move backups earlier, or keep them longer`,
    ),
    ...issueIf(
      afterDays !== undefined && infrequent && afterDays < 30,
      "lifecycle.transition.afterDays",
      `${String(afterDays)} is too early for ${storageClass}; S3 takes objects of 30 days and more, GLACIER_IR at once`,
    ),
    ...issueIf(
      objectLock?.days !== undefined && objectLock.days > expireAfterDays,
      "objectLock.days",
      `${String(objectLock?.days)} is longer than lifecycle.expireAfterDays, ${String(expireAfterDays)}; locked backups would be hidden, and kept and paid for until the lock ends`,
    ),
  ];
}

function objectLockIssues({ mode = "none", days }: ObjectLockSettings = {}): Issue[] {
  return [
    ...issueIf(
      mode !== "none" && days === undefined,
      "days",
      `is missing; mode ${mode} needs the days of the lock`,
    ),
    ...issueIf(
      mode === "none" && days !== undefined,
      "days",
      "is only for mode governance or compliance; set objectLock.mode",
    ),
  ];
}

function encryptionIssues({
  mode = "kms",
  rotationPeriodDays,
  deletionWindowDays,
}: BucketEncryptionSettings = {}): Issue[] {
  if (mode === "kms") return [];
  const keyOnly = Object.entries({ rotationPeriodDays, deletionWindowDays });
  return keyOnly.flatMap(([path, value]) =>
    issueIf(value !== undefined, path, "is only for mode kms; S3 rotates its own keys"),
  );
}

function accessLogIssues({ mode = "none", bucket, expireAfterDays }: AccessLogSettings = {}): Issue[] {
  return [
    ...issueIf(
      mode === "existing" && bucket === undefined,
      "bucket",
      "is missing; mode existing needs the bucket for the logs",
    ),
    ...issueIf(
      mode !== "existing" && bucket !== undefined,
      "bucket",
      `is only for mode existing, and the mode is ${mode}`,
    ),
    ...issueIf(
      mode !== "create" && expireAfterDays !== undefined,
      "expireAfterDays",
      `is only for mode create, and the mode is ${mode}`,
    ),
  ];
}

function identityIssues({ mode, irsa, podIdentity }: BackupIdentitySettings): Issue[] {
  return [
    ...issueIf(
      mode === "irsa" && irsa === undefined,
      "irsa",
      "is missing; mode irsa needs irsa.oidcProviderArn",
    ),
    ...issueIf(
      mode === "podIdentity" && podIdentity === undefined,
      "podIdentity",
      "is missing; mode podIdentity needs its clusterName",
    ),
    ...issueIf(
      mode === "irsa" && podIdentity !== undefined,
      "podIdentity",
      "is only for mode podIdentity, and the mode is irsa",
    ),
    ...issueIf(
      mode === "podIdentity" && irsa !== undefined,
      "irsa",
      "is only for mode irsa, and the mode is podIdentity",
    ),
  ];
}
