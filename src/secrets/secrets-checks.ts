import type { Issue } from "../checks/issues";
import { issueIf, under } from "../checks/issues";
import { text } from "../checks/unseen";
import { dateProblem, readCertificates } from "../tls/pem";
import { privateKeyIssues } from "../tls/tls-checks";
import type { ApiKeys, CertctlSecrets, ExistingSecrets } from "./secrets-args";

/** What is wrong with the values of secrets. Messages never hold a value. */
export function secretIssues(secrets: CertctlSecrets): Issue[] {
  return [
    ...passwordIssues("databasePassword", secrets.databasePassword),
    ...encryptionKeyIssues(text(secrets.encryptionKey)),
    ...apiKeyIssues(secrets),
    ...issuingCaIssues(secrets),
    ...passwordIssues("smtpPassword", secrets.smtpPassword),
    ...Object.entries(secrets.secretEnv ?? {}).flatMap(([name, value]) =>
      issueIf(
        (text(value) ?? "").includes("\0"),
        `secretEnv.${name}`,
        "holds a NUL character, which no variable can",
      ),
    ),
  ];
}

/** What is wrong with a password. */
export function passwordIssues(path: string, value: unknown): Issue[] {
  const password = text(value);
  return [
    ...issueIf(password === "", path, "is empty"),
    ...issueIf(
      /[\0\n\r]/.test(password ?? ""),
      path,
      "holds a line break or a NUL character; a line break at the end comes from reading a file",
    ),
  ];
}

const leastBytes = 32;

// facts: refusals-to-start
/** certctl's own rules. */
function encryptionKeyIssues(key: string | undefined): Issue[] {
  if (key === undefined) return [];
  const bytes = Buffer.byteLength(key);
  const path = "encryptionKey";
  if (key === "change-me-32-char-encryption-key")
    return [
      {
        path,
        message:
          "is the placeholder of certctl's examples, which certctl refuses; make one with npm run secrets",
      },
    ];
  return [
    ...issueIf(
      bytes < leastBytes,
      path,
      `is too short (${String(bytes)} bytes); at least 32 are needed, and npm run secrets makes one`,
    ),
    ...issueIf(
      /[\0\n\r]/.test(key),
      path,
      "holds a line break or a NUL character; a line break at the end comes from reading a file",
    ),
  ];
}

const duties = ["admin", "enroll", "fleet", "metrics"] as const;

function apiKeyIssues({ apiKeys: given, previousApiKeys }: CertctlSecrets): Issue[] {
  // Where checks look, what arrives later has been resolved, or left out.
  const apiKeys = given as Partial<ApiKeys> | undefined;
  const all = [
    ...duties.map((duty) => ({ path: `apiKeys.${duty}`, key: text(apiKeys?.[duty]) })),
    ...(["admin", "fleet", "metrics"] as const).map((duty) => ({
      path: `previousApiKeys.${duty}`,
      key: text(previousApiKeys?.[duty]),
    })),
  ].filter((one): one is { path: string; key: string } => one.key !== undefined);
  return all.flatMap(({ path, key }, index) => {
    const same = all.slice(0, index).find((earlier) => earlier.key === key && key !== "");
    const fix = path.startsWith("previous")
      ? "remove it: nothing is being replaced"
      : "each duty needs a key of its own";
    return [
      ...under(path, keyIssues(key)),
      ...issueIf(same !== undefined, path, `is the same as ${same?.path ?? ""}; ${fix}`),
    ];
  });
}

function keyIssues(key: string): Issue[] {
  if (key === "change-me-in-production")
    return [
      {
        path: "",
        message:
          "is the placeholder of certctl's examples, which certctl refuses; make one with npm run secrets",
      },
    ];
  return [
    ...issueIf(
      key.length < leastBytes,
      "",
      `is too short (${String(key.length)} characters); at least 32 are needed, and npm run secrets makes one`,
    ),
    ...issueIf(/[:,\s]/.test(key), "", 'holds a ":", a "," or a space, which certctl\'s list of keys cannot'),
    ...issueIf(
      /[^\x20-\x7e\s]/.test(key),
      "",
      "holds a character that an HTTP header cannot; use letters and digits",
    ),
  ];
}

/** The pair that `iss-local` signs with. */
function issuingCaIssues({ caCertificate, caPrivateKey }: CertctlSecrets): Issue[] {
  const pem = text(caCertificate);
  const read = pem === undefined ? undefined : readCertificates(pem);
  return [
    ...issueIf(
      caCertificate !== undefined && caPrivateKey === undefined,
      "caPrivateKey",
      "is missing; caCertificate needs it",
    ),
    ...issueIf(
      caCertificate === undefined && caPrivateKey !== undefined,
      "caCertificate",
      "is missing; caPrivateKey needs it",
    ),
    ...(read ? caCertificateIssues(read) : []),
    ...privateKeyIssues("caPrivateKey", "caCertificate", caPrivateKey, read),
  ];
}

function caCertificateIssues(read: ReturnType<typeof readCertificates>): Issue[] {
  const path = "caCertificate";
  if ("problem" in read) return [{ path, message: read.problem }];
  const [certificate] = read.certificates;
  if (!certificate) return [];
  const problem = dateProblem(certificate);
  return [
    ...issueIf(!certificate.ca, path, "is not the certificate of a CA; certctl refuses to sign with it"),
    ...issueIf(problem !== undefined, path, problem ?? ""),
  ];
}

/** Secrets that are given twice: by value, and by the name of a Secret. */
export function existingSecretIssues(existing: ExistingSecrets, secrets: CertctlSecrets): Issue[] {
  const given = (keys: (keyof CertctlSecrets)[]): (keyof CertctlSecrets)[] =>
    keys.filter((key) => secrets[key] !== undefined);
  const rivals: Record<keyof ExistingSecrets, (keyof CertctlSecrets)[]> = {
    databasePassword: given(["databasePassword"]),
    encryptionKey: given(["encryptionKey"]),
    apiKeys: given(["apiKeys", "previousApiKeys"]),
    issuingCa: given(["caCertificate", "caPrivateKey"]),
  };
  return (Object.keys(rivals) as (keyof ExistingSecrets)[]).flatMap((name) => {
    const [rival] = rivals[name];
    return existing[name] === undefined || rival === undefined
      ? []
      : [
          {
            path: `existingSecrets.${name}`,
            message: `takes the place of ${rival}, which is set too; remove one of the two`,
          },
        ];
  });
}
