import type { BucketLifecycleSettings } from "./backup-bucket-args";

export const lifecycleDefaults = { expireAfterDays: 35, keepNoncurrentDays: 14, abortUploadsAfterDays: 2 };

/** A rule, as S3 and its resource take it. */
interface LifecycleRule {
  id: string;
  status: "Enabled";
  filter: { prefix: string };
  expiration?: { days?: number; expiredObjectDeleteMarker?: boolean };
  noncurrentVersionExpiration?: { noncurrentDays: number };
  abortIncompleteMultipartUpload?: { daysAfterInitiation: number };
  transitions?: { days: number; storageClass: string }[];
}

/** S3 expires, moves and clears up by these rules, under the prefix only. */
export function lifecycleRules(prefix: string, settings: BucketLifecycleSettings = {}): LifecycleRule[] {
  const { expireAfterDays, keepNoncurrentDays, abortUploadsAfterDays, transition } = {
    ...lifecycleDefaults,
    ...settings,
  };
  const backups: LifecycleRule = {
    id: "backups",
    status: "Enabled",
    filter: { prefix },
    expiration: { days: expireAfterDays },
    noncurrentVersionExpiration: { noncurrentDays: keepNoncurrentDays },
    abortIncompleteMultipartUpload: { daysAfterInitiation: abortUploadsAfterDays },
  };
  const { afterDays, storageClass = "STANDARD_IA" } = transition ?? {};
  return [
    { ...backups, ...(afterDays !== undefined && { transitions: [{ days: afterDays, storageClass }] }) },
    // S3 does not take this together with days.
    {
      id: "delete-markers",
      status: "Enabled",
      filter: { prefix },
      expiration: { expiredObjectDeleteMarker: true },
    },
  ];
}

/** Access logs go after some days. */
export function logRules(prefix: string, expireAfterDays = 90): LifecycleRule[] {
  return [
    {
      id: "access-logs",
      status: "Enabled",
      filter: { prefix },
      expiration: { days: expireAfterDays },
      abortIncompleteMultipartUpload: { daysAfterInitiation: lifecycleDefaults.abortUploadsAfterDays },
    },
  ];
}
