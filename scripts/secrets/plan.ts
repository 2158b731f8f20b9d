import { randomBytes } from "node:crypto";
import type { CertctlArgs } from "../../src/certctl-args";
import { requiredSecrets } from "../../src/secrets/required-secrets";
import type { ExistingSecrets } from "../../src/secrets/secrets-args";
import { TlsMode } from "../../src/tls/tls-args";
import { UserError } from "../lib/user-error.cjs";
import { asMap, isEncrypted, project } from "../stack/stack-file";
import {
  certificatesOf,
  createIssuingCa,
  createServerCertificate,
  isTransportCa,
  trustBundle,
} from "./certificates";

/** One value for the stack file. */
export interface Setting {
  /**
   * Path below the project's prefix, such as `apiKeys.admin`; or a key of another project in full, such as
   * `aws:secretKey`.
   */
  key: string;
  value: string;
  /** Whether the value is stored encrypted. */
  secret: boolean;
}

/** Values that only make sense together: all of them are made, or none. */
export interface SecretGroup {
  keys: readonly string[];
  generate: () => Promise<Setting[]>;
}

/** What is to be done for a stack. */
export interface SecretsPlan {
  missing: SecretGroup[];
  /** Keys that have a value already. */
  present: string[];
  /** Keys that the stack's configuration makes superfluous. */
  superfluous: { keys: readonly string[]; reason: string }[];
  /** Values that should be encrypted and are not. */
  unencrypted: string[];
}

/** What a plan is made from. */
export interface PlanRequest {
  /** Configuration as it is written, without the prefix: tells what is there. */
  config: Record<string, unknown>;
  /** The same, as the program reads it: tells what is needed. */
  args: CertctlArgs;
  dnsNames: readonly string[];
  renewTls: boolean;
}

const tlsKeys = ["tlsPrivateKey", "tlsCaCertificate", "tlsCertificate"] as const;

/**
 * Finds which secrets a stack lacks. A lone half of a pair is an error: neither overwriting nor keeping it
 * can be right.
 */
export function planSecrets(request: PlanRequest): SecretsPlan {
  const { config, args, renewTls } = request;
  const plan: SecretsPlan = { missing: [], present: [], superfluous: [], unencrypted: [] };

  const add = (group: SecretGroup, replacement: string | undefined): void => {
    if (replacement !== undefined) plan.superfluous.push({ keys: group.keys, reason: replacement });
    else if (group.keys.every((key) => !isSet(config, key))) plan.missing.push(group);
    else plan.present.push(...group.keys.filter((key) => isSet(config, key)));
  };
  const instead = (name: keyof ExistingSecrets): string | undefined =>
    args.existingSecrets?.[name] === undefined ? undefined : `existingSecrets.${name} is set`;

  add(random("databasePassword", 24), instead("databasePassword"));
  add(random("encryptionKey", 32), instead("encryptionKey"));
  for (const duty of ["admin", "enroll", "fleet", "metrics"])
    add(random(`apiKeys.${duty}`, 24), instead("apiKeys"));
  add({ keys: ["caPrivateKey", "caCertificate"], generate: issuingCa }, instead("issuingCa"));
  const tlsMode = args.tls?.mode ?? TlsMode.Provided;
  const otherTls = tlsMode === TlsMode.Provided ? undefined : `tls.mode is ${tlsMode}`;
  add({ keys: tlsKeys, generate: () => serverCertificate(request.dnsNames, []) }, otherTls);

  refuseLoneHalves(request, plan);
  if (renewTls) planRenewal(request, plan, otherTls);
  plan.unencrypted = plan.present.filter(
    (key) => key !== "tlsCaCertificate" && typeof valueOf(config, key) === "string",
  );
  return plan;
}

function random(key: string, bytes: number): SecretGroup {
  return {
    keys: [key],
    generate: () => Promise.resolve([{ key, value: randomBytes(bytes).toString("hex"), secret: true }]),
  };
}

async function issuingCa(): Promise<Setting[]> {
  const pair = await createIssuingCa();
  return [
    { key: "caPrivateKey", value: pair.privateKey, secret: true },
    { key: "caCertificate", value: pair.certificate, secret: true },
  ];
}

async function serverCertificate(
  dnsNames: readonly string[],
  previousRoots: Parameters<typeof trustBundle>[1],
): Promise<Setting[]> {
  const pair = await createServerCertificate(dnsNames);
  return [
    { key: "tlsPrivateKey", value: pair.privateKey, secret: true },
    { key: "tlsCaCertificate", value: trustBundle(pair.caCertificate, previousRoots), secret: false },
    { key: "tlsCertificate", value: pair.certificate, secret: true },
  ];
}

/**
 * Replaces the server's certificate, if this command made it: one of another CA is renewed where it came
 * from.
 */
function planRenewal(
  { config, dnsNames }: PlanRequest,
  plan: SecretsPlan,
  otherTls: string | undefined,
): void {
  if (otherTls !== undefined)
    throw new UserError(`--renew-tls renews certificates of tls.mode "provided" only, and ${otherTls}.`);
  if (!plan.present.includes("tlsCertificate")) return;
  const bundle = config.tlsCaCertificate;
  const roots = typeof bundle === "string" ? certificatesOf(bundle) : [];
  if (roots[0] === undefined || !isTransportCa(roots[0])) {
    throw new UserError(
      `${project}:tlsCertificate was not made by this command, so it is not replaced: renew it at its CA, or remove ` +
        `${tlsKeys.map((key) => `${project}:${key}`).join(", ")} with "npx pulumi config rm" to get a new one.`,
    );
  }
  plan.present = plan.present.filter((key) => !tlsKeys.some((tlsKey) => tlsKey === key));
  plan.missing.push({ keys: tlsKeys, generate: () => serverCertificate(dnsNames, roots) });
}

function refuseLoneHalves({ config, args }: PlanRequest, plan: SecretsPlan): void {
  const sentences: string[] = [];
  const refuse = (there: string, absent: string): void => {
    if (!plan.present.includes(there) || isSet(config, absent)) return;
    sentences.push(
      `${project}:${there} is set, but ${project}:${absent}, which belongs to it, is not: set that one, or remove ` +
        `${project}:${there} with "npx pulumi config rm ${project}:${there}" to get new ones.`,
    );
  };
  refuse("caPrivateKey", "caCertificate");
  refuse("caCertificate", "caPrivateKey");
  refuse("tlsPrivateKey", "tlsCertificate");
  refuse("tlsCertificate", "tlsPrivateKey");
  if (!isSet(config, "tlsPrivateKey")) refuse("tlsCaCertificate", "tlsCertificate");
  // Clients of a pair of one's own may trust something else, such as the system's roots.
  if (requiredSecrets(args).includes("tlsCaCertificate")) refuse("tlsCertificate", "tlsCaCertificate");
  if (sentences.length > 0) throw new UserError(sentences.join("\n"));
}

/** Whether the stack file has a value at a path. */
export function isSet(config: Record<string, unknown>, key: string): boolean {
  return valueOf(config, key) !== undefined;
}

/** The value at a path; everything below an encrypted map is there. */
function valueOf(config: Record<string, unknown>, key: string): unknown {
  const [name = "", entry] = key.split(".");
  const value = config[name] ?? undefined;
  if (entry === undefined || isEncrypted(value)) return value;
  return asMap(value)?.[entry] ?? undefined;
}
