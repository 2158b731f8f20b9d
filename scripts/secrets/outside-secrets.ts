import type { CertctlArgs } from "../../src/certctl-args";
import { TlsMode } from "../../src/tls/tls-args";

/** A Secret of the cluster that the stack uses and does not make. */
export interface OutsideSecret {
  /** The argument that names it. */
  argument: string;
  namespace: string;
  name: string;
}

/** The last key of an argument that names a Secret. */
const naming = ["secret", "secretName", "raSecret", "tlsSecret"];

/** Secrets that live in the cluster only: a stack's configuration has their names, not their values. */
export function outsideSecrets(args: CertctlArgs): OutsideSecret[] {
  const { namespace = "certctl", tls, images, existingSecrets = {}, ...parts } = args;
  const named: [string, unknown][] = [
    ...Object.entries(existingSecrets).map(([key, name]): [string, unknown] => [
      `existingSecrets.${key}`,
      name,
    ]),
    ["tls.existingSecret.name", tls?.mode === TlsMode.ExistingSecret ? tls.existingSecret?.name : undefined],
    ...(images?.pullSecrets ?? []).map((name, index): [string, unknown] => [
      `images.pullSecrets[${index}]`,
      name,
    ]),
    ...namesIn(parts, ""),
  ];
  return named.flatMap(([argument, name]) =>
    typeof name === "string" ? [{ argument, namespace, name }] : [],
  );
}

/** What stands at keys that name Secrets, at any depth. */
function namesIn(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    const at = Array.isArray(value) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    if (naming.includes(key)) return [[at, inner]];
    if (key !== "envFromSecrets") return namesIn(inner, at);
    return Object.entries(inner as Record<string, { name: unknown }>).map(([variable, { name }]) => [
      `${at}.${variable}`,
      name,
    ]);
  });
}

/** The command that reads such a Secret. */
export function readCommand({ namespace, name }: OutsideSecret): string {
  return `kubectl --namespace ${namespace} get secret ${name} --output yaml`;
}
