import { secretConfigKeys } from "../../src/checks/schema-check";
import type { DecryptedConfig } from "../stack/decrypted-config";
import { asMap, project } from "../stack/stack-file";
import { certificatesOf } from "./certificates";

/** Not secret, but clients trust nothing without it. */
const publicKeys = ["tlsCaCertificate"];
const ourKeys = [...secretConfigKeys, ...publicKeys];

/** Every secret of a stack's configuration, one for each entry of a map. */
export function secretsOf(config: DecryptedConfig): ArchivedSecret[] {
  return Object.entries(config).flatMap(([fullKey, { value = "", secret }]) => {
    const [namespace = "", name = ""] = fullKey.split(":");
    const isOurs = namespace === project;
    if (!secret && !(isOurs && ourKeys.includes(name))) return [];
    const key = isOurs ? name : fullKey;
    const entries = isOurs ? asMap(value) : undefined;
    if (entries === undefined) return [{ key, file: `${namespace}/${name}`, value }];
    return Object.entries(entries).map(([entry, text]) => ({
      key: `${key}.${entry}`,
      file: `${namespace}/${name}/${entry}`,
      value: String(text),
    }));
  });
}

/** Whether a stack file has an archived value encrypted. */
export function isStoredSecret(key: string): boolean {
  return !publicKeys.includes(key);
}

/**
 * Whether an archive may hold such a key: any secret of a provider, but of certctl nothing that is no secret.
 */
export function isArchivedKey(key: string): boolean {
  return (
    /^[A-Za-z][\w-]*:[\w-]+$/.test(key) ||
    (/^\w+(\.[\w-]+)?$/.test(key) && ourKeys.includes(key.split(".")[0] ?? ""))
  );
}

/** What is lost with a secret, for the README of an archive. */
const meanings: Record<string, string> = {
  databasePassword: "password of certctl's role in the database",
  encryptionKey:
    "encrypts what certctl keeps secret in the database: without it, issuers, targets and sessions cannot be read again",
  apiKeys: "API key of the duty",
  previousApiKeys: "API key that still works during a rotation",
  caCertificate: "certificate of the CA that the issuer iss-local signs with",
  caPrivateKey:
    "private key of the CA that the issuer iss-local signs with: without it, no certificate of that CA can be issued or revoked",
  tlsCertificate: "the server's certificate",
  tlsPrivateKey: "private key of the server's certificate",
  tlsCaCertificate: "CA certificates that agents and Jobs trust; not secret",
  smtpPassword: "password of the mail server",
  secretEnv: "environment variable of certctl",
};

/** What a secret is, with the fingerprints of the certificates in it. */
export function describeSecret({ key, value }: ArchivedSecret): string {
  const meaning = meanings[key.split(".")[0] ?? ""] ?? "secret configuration of a provider";
  const fingerprints = certificatesOf(value).map(
    ({ subject, fingerprint256 }) => `${subject.replaceAll("\n", ", ")}, SHA-256 ${fingerprint256}`,
  );
  return [meaning, ...fingerprints].join("; ");
}

/** A secret of a stack. */
export interface ArchivedSecret {
  /** As in `Setting`. */
  key: string;
  /** The file of the archive that it is in. */
  file: string;
  value: string;
}
