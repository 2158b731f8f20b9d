import type { CertctlArgs } from "../../src/certctl-args";
import { TlsMode } from "../../src/tls/tls-args";

/** A Secret of the cluster that the stack uses and does not make. */
export interface OutsideSecret {
  /** The argument that names it. */
  argument: string;
  namespace: string;
  name: string;
}

/** Secrets that live in the cluster only: a stack's configuration has their names, not their values. */
export function outsideSecrets(args: CertctlArgs): OutsideSecret[] {
  const { namespace = "certctl", tls, server, database, exposure, images, existingSecrets = {} } = args;
  const named: [string, unknown][] = [
    ...Object.entries(existingSecrets).map(([key, name]): [string, unknown] => [`existingSecrets.${key}`, name]),
    ["tls.existingSecret.name", tls?.mode === TlsMode.ExistingSecret ? tls.existingSecret?.name : undefined],
    ["database.bundled.tls.secretName", database?.bundled?.tls?.secretName],
    ["exposure.ingress.tlsSecret", exposure?.ingress?.tlsSecret],
    ...(server?.mounts ?? []).map(({ secret }, index): [string, unknown] => [`server.mounts[${index}].secret`, secret]),
    ...Object.entries(server?.envFromSecrets ?? {}).map(([variable, { name }]): [string, unknown] => [
      `server.envFromSecrets.${variable}`,
      name,
    ]),
    ...(images?.pullSecrets ?? []).map((name, index): [string, unknown] => [`images.pullSecrets[${index}]`, name]),
  ];
  return named.flatMap(([argument, name]) => (typeof name === "string" ? [{ argument, namespace, name }] : []));
}

/** The command that reads such a Secret. */
export function readCommand({ namespace, name }: OutsideSecret): string {
  return `kubectl --namespace ${namespace} get secret ${name} --output yaml`;
}
