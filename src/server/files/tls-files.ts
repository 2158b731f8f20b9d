import type * as pulumi from "@pulumi/pulumi";
import { literalVariables, secretVolume } from "../../kubernetes/environment";
import type { EnvVar, Volume, VolumeMount } from "../../kubernetes/environment";

/** Files that certctl reads, with the variables that name them. */
export interface ServerFiles {
  env: EnvVar[];
  volumes: Volume[];
  mounts: VolumeMount[];
}

/** Where the server's certificate is mounted. A whole volume: a subPath mount never sees a rotated file. */
export const tlsDirectory = "/etc/certctl/tls";
const issuingCaDirectory = "/etc/certctl/ca";

/** certctl needs `/tmp` only for the OpenSSL issuer; the root file system is read-only. */
export const scratchVolume: Volume = { name: "tmp", emptyDir: {} };

/** The server's certificate and private key. */
export function serverTlsFiles(secretName: pulumi.Input<string>): ServerFiles {
  return {
    env: literalVariables({
      CERTCTL_SERVER_TLS_CERT_PATH: `${tlsDirectory}/tls.crt`,
      CERTCTL_SERVER_TLS_KEY_PATH: `${tlsDirectory}/tls.key`,
    }),
    volumes: [secretVolume("tls", secretName, { "tls.crt": "tls.crt", "tls.key": "tls.key" })],
    mounts: [{ name: "tls", mountPath: tlsDirectory, readOnly: true }],
  };
}

// facts: the-local-ca
/** The CA pair that `iss-local` signs with: without one, each process makes its own. */
export function issuingCaFiles(secretName: pulumi.Input<string> | undefined): ServerFiles {
  if (secretName === undefined) return { env: [], volumes: [], mounts: [] };
  return {
    env: literalVariables({
      CERTCTL_CA_CERT_PATH: `${issuingCaDirectory}/tls.crt`,
      CERTCTL_CA_KEY_PATH: `${issuingCaDirectory}/tls.key`,
    }),
    volumes: [secretVolume("issuing-ca", secretName, { "tls.crt": "tls.crt", "tls.key": "tls.key" })],
    mounts: [{ name: "issuing-ca", mountPath: issuingCaDirectory, readOnly: true }],
  };
}
