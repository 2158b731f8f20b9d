import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Volume, VolumeMount } from "../kubernetes/environment";

/** Where the volume of backups is mounted. */
export const backupDirectory = "/backups";

/** What a pod needs that uses the volume. */
export function backupVolume(claim: pulumi.Input<string>): Volume {
  return { name: "backups", persistentVolumeClaim: { claimName: claim } };
}

/** What a container needs that uses the volume. */
export function backupMount(access: "read" | "write"): VolumeMount {
  return { name: "backups", mountPath: backupDirectory, ...(access === "read" && { readOnly: true }) };
}

/** The claim for backups. Not awaited: a storage class that binds at first use leaves it Pending until the first pod. */
export function backupClaim(
  metadata: k8s.types.input.meta.v1.ObjectMeta,
  storage: { size: string; storageClass?: string },
): k8s.types.input.core.v1.PersistentVolumeClaim {
  return {
    metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: storage.size } },
      ...(storage.storageClass !== undefined && { storageClassName: storage.storageClass }),
    },
  };
}
