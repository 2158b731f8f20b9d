import assert from "node:assert/strict";
import type { Manifest } from "../../scripts/render/capture";
import { renderArgs } from "../../scripts/render/render-stack";
import { placeholder } from "../../src/checks/placeholders";
import { variableGroups } from "../../src/server/variables/catalogue";
import { withValues } from "../render/argument-tests";
import { backups } from "../render/backup-arguments";

interface Container {
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef?: { name: string; key: string } } }[];
  volumeMounts?: { name: string; mountPath: string }[];
}
interface Pod {
  containers: Container[];
  initContainers?: Container[];
  volumes?: { name: string; secret?: { secretName: string }; configMap?: { name: string } }[];
}

interface Template {
  spec: Pod;
}
interface Workload {
  template?: Template;
  jobTemplate?: { spec: { template: Template } };
}

/** What each argument is set to, and what its variable then holds, or the file that it names. */
const external: Record<string, [value: unknown, holds: string]> = {
  encryptionKey: [placeholder("encryptionKey"), "certctl:encryptionKey"],
  databasePassword: [placeholder("databasePassword"), "certctl:databasePassword"],
  "database.external.host": ["db.example.com", "db.example.com"],
  "database.external.port": [5544, "5544"],
  "database.external.user": ["pki-user", "pki-user"],
  "database.external.database": ["pki-data", "pki-data"],
  "database.external.sslMode": ["verify-ca", "verify-ca"],
  "database.external.caCertificate": [placeholder("databaseCa"), "certctl:databaseCa"],
  "database.external.connectTimeout": ["7s", "7"],
  "migrations.mode": ["job", "true"],
  smtpPassword: [placeholder("smtpPassword"), "certctl:smtpPassword"],
  caCertificate: [placeholder("caCertificate"), "certctl:caCertificate"],
  caPrivateKey: [placeholder("caPrivateKey"), "certctl:caPrivateKey"],
};
/** Arguments that stand for those in them. */
const inner: Record<string, string> = {
  database: "pki-user@db.example.com:5544/pki-data",
  apiKeys: "certctl:apiKeys.",
  "apiKeys.enroll": "certctl:apiKeys.enroll",
};

describe("a variable that an argument of another part governs", function () {
  this.timeout(30_000);
  let found: Map<string, string[]>;

  before(async () => {
    const others = {
      ...backups,
      "server.smtp.host": "mail.example.com",
      "server.smtp.fromAddress": "a@example.com",
      "server.smtp.username": "certctl",
    };
    const values = Object.fromEntries(Object.entries(external).map(([path, [value]]) => [path, value]));
    found = variablesOf([
      ...(await renderArgs(withValues({ ...others, ...values, "database.mode": "external" }))),
      ...(await renderArgs(withValues({}))),
    ]);
  });

  const rows = variableGroups
    .flatMap(({ variables }) => variables)
    .filter(({ status, value, file }) => status === "governed" && (value ?? file) === undefined);

  for (const { name, note: argument } of rows) {
    it(`holds the value of its argument: ${name}`, () => {
      const expected = external[argument]?.[1] ?? inner[argument] ?? "no value here";
      const texts = found.get(name) ?? [];
      assert.ok(
        texts.some((text) => text.includes(expected)),
        `${expected} is not in ${texts.join(" | ")}`,
      );
    });
  }
});

/** The texts that each variable has in any container, with Secrets, `$(…)` and files read. */
function variablesOf(manifests: readonly Manifest[]): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const { spec } of manifests) {
    const { jobTemplate, template = jobTemplate?.spec.template } = (spec ?? {}) as Workload;
    const pod = template?.spec;
    for (const container of [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])]) {
      const seen: Record<string, string> = {};
      for (const { name, value = "", valueFrom } of container.env ?? []) {
        const key = valueFrom?.secretKeyRef;
        const text = key ? (dataOf(manifests, key.name)[key.key] ?? "") : value;
        seen[name] = text.replace(/\$\((\w+)\)/g, (_all, other: string) => seen[other] ?? "");
        all.set(name, [...(all.get(name) ?? []), seen[name], fileAt(manifests, pod, container, text)]);
      }
    }
  }
  return all;
}

function fileAt(
  manifests: readonly Manifest[],
  pod: Pod | undefined,
  container: Container,
  path: string,
): string {
  const mount = container.volumeMounts?.find(({ mountPath }) => path.startsWith(`${mountPath}/`));
  const volume = pod?.volumes?.find(({ name }) => name === mount?.name);
  const source = volume?.secret?.secretName ?? volume?.configMap?.name;
  if (!mount || source === undefined) return "";
  return dataOf(manifests, source)[path.slice(mount.mountPath.length + 1)] ?? "";
}

function dataOf(manifests: readonly Manifest[], name: string): Record<string, string> {
  const sources = manifests.filter(
    ({ kind, metadata }) => ["Secret", "ConfigMap"].includes(kind) && metadata.name === name,
  );
  return Object.assign(
    {},
    ...sources.map(({ data, stringData }) => ({ ...(data as object), ...(stringData as object) })),
  ) as Record<string, string>;
}
