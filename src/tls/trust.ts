import type * as pulumi from "@pulumi/pulumi";
import { configMapVolume, secretVolume } from "../kubernetes/environment";
import type { Volume, VolumeMount } from "../kubernetes/environment";

/**
 * Where CA certificates come from: never the whole TLS Secret, which holds the server's private key (certctl
 * facts 9, row 7).
 */
export type Trust =
  | { configMap: pulumi.Input<string>; key: string }
  | { secret: pulumi.Input<string>; key: string }
  | { systemRoots: true };

/** What a container needs to trust the server. */
export interface TrustFiles {
  volumes: Volume[];
  mounts: VolumeMount[];
  /** Path of the PEM file; undefined for the roots in the image. */
  path?: string;
}

const directory = "/etc/certctl/ca-bundle";

/** Volume, mount and path of the CA certificates. */
export function trustFiles(trust: Trust): TrustFiles {
  if ("systemRoots" in trust) return { volumes: [], mounts: [] };
  const files = { "ca.crt": trust.key };
  return {
    volumes: [
      "secret" in trust
        ? secretVolume("ca-bundle", trust.secret, files)
        : configMapVolume("ca-bundle", trust.configMap, files),
    ],
    mounts: [{ name: "ca-bundle", mountPath: directory, readOnly: true }],
    path: `${directory}/ca.crt`,
  };
}
