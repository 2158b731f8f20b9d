import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

export type EnvVar = k8s.types.input.core.v1.EnvVar;
export type Volume = k8s.types.input.core.v1.Volume;
export type VolumeMount = k8s.types.input.core.v1.VolumeMount;

/** A key of a Secret. */
export interface SecretKey {
  /** Name of the Secret. */
  name: pulumi.Input<string>;
  /** Key in the Secret. */
  key: string;
}

/** Environment variables with plain values. */
export function literalVariables(values: Record<string, pulumi.Input<string>>): EnvVar[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

/** An environment variable with the value of a Secret's key. */
export function secretVariable(name: string, source: SecretKey): EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: source.name, key: source.key } } };
}

/** An environment variable with the value of a field of the pod. */
export function fieldVariable(name: string, fieldPath: string): EnvVar {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}

/**
 * A volume with some keys of a Secret, or all of them. By default it is readable by the pod's group, to which
 * fsGroup gives the files, and not by others.
 */
export function secretVolume(
  name: string,
  secretName: pulumi.Input<string>,
  files?: Record<string, string>,
  defaultMode = 0o440,
): Volume {
  return { name, secret: { secretName, defaultMode, ...(files && { items: fileItems(files) }) } };
}

/** A volume with some keys of a ConfigMap, or all of them. */
export function configMapVolume(
  name: string,
  configMapName: pulumi.Input<string>,
  files?: Record<string, string>,
  defaultMode?: number,
): Volume {
  return {
    name,
    configMap: {
      name: configMapName,
      ...(defaultMode && { defaultMode }),
      ...(files && { items: fileItems(files) }),
    },
  };
}

/** A scratch directory in memory, for what must never reach a disk. */
export function memoryVolume(name: string, sizeLimit: string): Volume {
  return { name, emptyDir: { medium: "Memory", sizeLimit } };
}

function fileItems(files: Record<string, string>): { key: string; path: string }[] {
  return Object.entries(files).map(([path, key]) => ({ key, path }));
}
