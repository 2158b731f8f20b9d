import type * as k8s from "@pulumi/kubernetes";
import { scriptResources } from "../fleet-size";
import type { Images } from "../images";
import { configMapVolume, memoryVolume, secretVolume } from "../kubernetes/environment";
import type { Volume, VolumeMount } from "../kubernetes/environment";
import { readScript } from "../kubernetes/scripts";
import { restrictedContainer } from "../kubernetes/security";
import type { MountSettings } from "./server-args";

/** What a pod needs for the files that settings name by path. */
export interface MountedFiles {
  volumes: Volume[];
  mounts: VolumeMount[];
  initContainers: k8s.types.input.core.v1.Container[];
}

const copyScript = readScript(__dirname, "copy-private-files.sh");

/** Existing Secrets and ConfigMaps as directories; those that only their owner may read are copied to memory first. */
export function mountedFiles(given: MountSettings[], images: Images): MountedFiles {
  const files: MountedFiles = { volumes: [], mounts: [], initContainers: [] };
  const copies: { source: VolumeMount; target: VolumeMount }[] = [];
  given.forEach((mount, index) => {
    const name = `files-${index}`;
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
      name: "copy-private-files",
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

function volumeOf(name: string, { secret, configMap, executable }: MountSettings): Volume {
  const mode = executable ? 0o550 : 0o440;
  return secret === undefined ? configMapVolume(name, configMap ?? "", undefined, mode) : secretVolume(name, secret, undefined, mode);
}
