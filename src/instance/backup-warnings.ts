import { text } from "../checks/unseen";
import { quantityInBytes } from "../kubernetes/units";
import { urlOf } from "../network/edges";
import type { ResolvedBackup, ResolvedBucket } from "../backup/backup-settings";
import type { InstanceSettings } from "./instance-settings";

/** What is legal but risky about backups, one line each, with the fix. */
export function backupWarnings({ backup, database }: InstanceSettings): string[] {
  if (!backup) return [];
  return [
    ...(database.bundled ? roomWarnings(backup, database.bundled.storage.size) : []),
    ...(backup.sink.mode === "s3" ? bucketWarnings(backup.sink.s3) : []),
  ];
}

/** Rooms that a database fills when it fills its volume. */
function roomWarnings({ sink, scratchSize, drill }: ResolvedBackup, volume: string): string[] {
  const rooms = {
    ...(sink.mode === "s3" && {
      "backup.scratchSize": { size: scratchSize, consequence: "the backup of a full one fails" },
    }),
    ...(drill.enabled && {
      "backup.drill.storageSize": { size: drill.storageSize, consequence: "the drill of a full one fails" },
    }),
  };
  return Object.entries(rooms)
    .filter(([, { size }]) => quantityInBytes(size) < quantityInBytes(volume))
    .map(
      ([path, { size, consequence }]) =>
        `${path} is ${size}, less than the database's volume, ${volume}: ${consequence}; set it to ${volume}`,
    );
}

function bucketWarnings({ bucket, endpoint, identity }: ResolvedBucket): string[] {
  const url = urlOf(endpoint);
  const onAws = endpoint === undefined || /\.amazonaws\.com(\.cn)?$/.test(url?.hostname ?? "");
  const keys = identity.mode === "accessKeys";
  const { roleArn, restoreRoleArn = roleArn } = identity.irsa ?? {};
  const warnings = {
    [`backups stay in the bucket ${text(bucket) ?? ""} until its own lifecycle removes them: see that it has one, or use backupBucket`]:
      // Without a name it is the stack's own.
      bucket !== "",
    "backup.sink.s3.endpoint is not encrypted, so whoever sees the network sees the backups: use https":
      url?.protocol === "http:",
    "backup.sink.s3.endpoint is outside AWS, where nobody knows its roles: set backup.sink.s3.identity.mode: accessKeys":
      !onAws && !keys,
    "backup.sink.s3.identity.mode is accessKeys, whose keys never expire: use irsa or podIdentity on AWS":
      onAws && keys,
    "backup.sink.s3.identity.irsa.restoreRoleArn is missing, so drill and restore take the role that writes: name one that only reads":
      roleArn !== undefined && text(restoreRoleArn) === text(roleArn),
  };
  return Object.entries(warnings).flatMap(([warning, applies]) => (applies ? [warning] : []));
}
