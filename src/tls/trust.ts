import type * as pulumi from "@pulumi/pulumi";
import { configMapVolume, secretVolume } from "../kubernetes/environment";
import type { Volume, VolumeMount } from "../kubernetes/environment";
import { TrustMode } from "./tls-args";
import type { TlsSettings } from "./tls-args";

// facts: what-agents-trust
/**
 * Where CA certificates come from: never the whole TLS Secret, which holds the server's private key.
 */
export type Trust =
  | { configMap: pulumi.Input<string>; key: string }
  | { secret: pulumi.Input<string>; key: string }
  | { systemRoots: true };

/** What clients trust by the settings. */
export function trustMode(tls: TlsSettings | undefined, hasCaCertificate: boolean): TrustMode {
  return tls?.trust?.mode ?? (hasCaCertificate ? TrustMode.CaCertificate : TrustMode.TlsSecret);
}

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
