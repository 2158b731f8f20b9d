import type * as k8s from "@pulumi/kubernetes";
import type { Images } from "../../images/images";
import { configMapVolume, memoryVolume, secretVolume } from "../../kubernetes/environment";
import type { Volume, VolumeMount } from "../../kubernetes/environment";
import { scriptResources } from "../../kubernetes/resources";
import { readScript } from "../../kubernetes/scripts";
import { restrictedContainer } from "../../kubernetes/security";
import type { MountSettings } from "../../kubernetes/types";

/** What a pod needs for the files that settings name by path. */
export interface MountedFiles {
  volumes: Volume[];
  mounts: VolumeMount[];
  initContainers: k8s.types.input.core.v1.Container[];
}

/** A mount with all files of its source, or with one. */
export interface FileMount extends MountSettings {
  key?: string;
}

const copyScript = readScript(__dirname, "copy-private-files.sh");

/**
 * Existing Secrets and ConfigMaps as directories; those that only their owner may read are copied to memory
 * first.
 */
export function mountedFiles(given: readonly FileMount[], images: Images, prefix = "files"): MountedFiles {
  const files: MountedFiles = { volumes: [], mounts: [], initContainers: [] };
  const copies: { source: VolumeMount; target: VolumeMount }[] = [];
  given.forEach((mount, index) => {
    const name = `${prefix}-${index}`;
    files.volumes.push(volumeOf(name, mount));
    if (!mount.ownerOnly) {
      files.mounts.push({ name, mountPath: mount.mountPath, readOnly: true });
      return;
    }
    files.volumes.push(memoryVolume(`${name}-private`, "1Mi"));
    files.mounts.push({ name: `${name}-private`, mountPath: mount.mountPath, readOnly: true });
    copies.push({
      source: { name, mountPath: `/source/${index}`, readOnly: true },
      target: { name: `${name}-private`, mountPath: `/target/${index}` },
    });
  });
  if (copies.length) {
    files.initContainers.push({
      name: prefix === "files" ? "copy-private-files" : `copy-private-${prefix}`,
      image: images.server,
      imagePullPolicy: images.pullPolicy,
      terminationMessagePolicy: "FallbackToLogsOnError",
      command: ["sh", "-c", copyScript, "copy-private-files"],
      args: copies.map(({ source, target }) => `${source.mountPath as string}:${target.mountPath as string}`),
      securityContext: restrictedContainer(),
      resources: scriptResources,
      volumeMounts: copies.flatMap(({ source, target }) => [source, target]),
    });
  }
  return files;
}

function volumeOf(name: string, { secret, configMap, key, executable }: FileMount): Volume {
  const mode = executable ? 0o550 : 0o440;
  const files = key === undefined ? undefined : { [key]: key };
  return secret === undefined
    ? configMapVolume(name, configMap ?? "", files, mode)
    : secretVolume(name, secret, files, mode);
}
