import type * as pulumi from "@pulumi/pulumi";
import type { Issue } from "../checks/issues";
import { issueIf, sentenceList } from "../checks/issues";
import { configMapVolume, secretVolume } from "../kubernetes/environment";
import type { Volume, VolumeMount } from "../kubernetes/environment";
import { TrustMode } from "./tls-args";
import type { TlsSettings } from "./tls-args";
import { trustKey } from "./tls-settings";

// facts: what-agents-trust
/**
 * Where CA certificates come from: never the whole TLS Secret, which holds the server's private key.
 */
export interface Trust {
  /** Name of a ConfigMap; this, `secret` or `systemRoots`. */
  configMap?: pulumi.Input<string>;
  /** Name of a Secret; this, `configMap` or `systemRoots`. */
  secret?: pulumi.Input<string>;
  /** Key of the ConfigMap or Secret that holds the PEM certificates. @default ca.crt */
  key?: string;
  /** Whether the roots in the image are trusted; true, `configMap` or `secret`. @default false */
  systemRoots?: boolean;
}

/** The one source that is chosen. */
export interface TrustSource {
  kind: "ConfigMap" | "Secret";
  name: pulumi.Input<string>;
  key: string;
}

/** Where the certificates are; undefined for the roots in the image. */
export function trustSource({ configMap, secret, key = trustKey }: Trust): TrustSource | undefined {
  if (secret !== undefined) return { kind: "Secret", name: secret, key };
  return configMap === undefined ? undefined : { kind: "ConfigMap", name: configMap, key };
}

/** What to give where there is no trust. */
export const trustAdvice = "what clients trust, such as the trust of new ServerTls(…)";

/** What is wrong with the choice of a source. */
export function trustSourceIssues({ configMap, secret, systemRoots }: Trust): Issue[] {
  const chosen = Object.entries({ configMap, secret, systemRoots: systemRoots === true || undefined })
    .filter(([, value]) => value !== undefined)
    .map(([source]) => source);
  return [
    ...issueIf(chosen.length === 0, "", "names no source; give configMap, secret or systemRoots: true"),
    ...issueIf(chosen.length > 1, "", `names ${sentenceList(chosen)}; keep one of them`),
  ];
}

/** A provided certificate comes without the CA that clients need, unless they trust something else. */
export function needsCaCertificate(tls: TlsSettings | undefined): boolean {
  const mode = tls?.trust?.mode;
  return mode !== TrustMode.ConfigMap && mode !== TrustMode.SystemRoots;
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
  const source = trustSource(trust);
  if (!source) return { volumes: [], mounts: [] };
  const files = { "ca.crt": source.key };
  return {
    volumes: [
      source.kind === "Secret"
        ? secretVolume("ca-bundle", source.name, files)
        : configMapVolume("ca-bundle", source.name, files),
    ],
    mounts: [{ name: "ca-bundle", mountPath: directory, readOnly: true }],
    path: `${directory}/ca.crt`,
  };
}
