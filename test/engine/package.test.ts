import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createIssuingCa } from "../../scripts/secrets/certificates";
import { RepositoryCopy } from "../toolchain/support/copy";
import { root, run, useEngine } from "./support/engine";
import type { Engine } from "./support/engine";

/** Single components, as a platform repo would mix them with its own resources. */
const components = `
import * as pulumi from "@pulumi/pulumi";
import { CertctlAgents, CertctlServer, DatabaseMigration, ExternalDatabase, PostgresDatabase } from "pulumi-certctl";
import type { Database } from "pulumi-certctl";

const namespace = "pki";
const bundled = new PostgresDatabase("pki-postgres", { namespace, password: pulumi.secret("a b/c"), storage: { size: "20Gi" } });
const managed: Database = new ExternalDatabase("pki-managed", { namespace, host: "db.example.com", password: pulumi.secret("x") });
for (const [name, database] of [["one", bundled], ["two", managed]] as const) {
  const shared = { namespace, database, tlsSecret: "tls", apiKeys: "keys", encryptionKey: { name: "encryption", key: "key" } };
  const migration = new DatabaseMigration(name + "-migrate", shared);
  const server = new CertctlServer(name + "-server", { ...shared, replicas: 2, migratedByJob: true }, { dependsOn: migration });
  new CertctlAgents(name + "-agents", { namespace, serverUrl: server.url, existingKeys: "keys" }, { dependsOn: server });
}
`;

describe("the packed tarball, installed into an empty platform repo,", function () {
  this.timeout(900_000);
  let engine: Engine;
  let repo: string;

  before(async () => {
    engine = await useEngine();
    repo = join(engine.workFolder, "platform");
    mkdirSync(repo);
    // It builds dist, which other tests may be reading in the repository itself.
    const copy = new RepositoryCopy();
    try {
      const packed = await run("npm", ["pack", "--pack-destination", repo], engine.env, { cwd: copy.folder });
      assert.equal(packed.code, 0, packed.text);
    } finally {
      copy.remove();
    }
    const tarball = readdirSync(repo).find((file) => file.endsWith(".tgz")) ?? "";
    const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      devDependencies: Record<string, string>;
    };
    const versions = Object.fromEntries(
      ["@pulumi/pulumi", "@pulumi/kubernetes", "typescript", "@types/node"].map((name) => [
        name,
        devDependencies[name],
      ]),
    );
    writeFileSync(
      join(repo, "package.json"),
      JSON.stringify({
        name: "platform",
        private: true,
        dependencies: { ...versions, "pulumi-certctl": `file:${tarball}` },
      }),
    );
    const installed = await run(
      "npm",
      ["install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"],
      engine.env,
      {
        cwd: repo,
      },
    );
    assert.equal(installed.code, 0, installed.text);
    const compilerOptions = {
      strict: true,
      module: "node16",
      moduleResolution: "node16",
      target: "ES2022",
      noEmit: true,
      types: ["node"],
    };
    writeFileSync(join(repo, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
    writeFileSync(join(repo, "Pulumi.yaml"), "name: platform\nruntime: nodejs\n");
  });

  for (const [name, program] of [
    ["the README's complete example", readmeExample()],
    ["single components", components],
  ] as const) {
    it(`type-checks and previews ${name}`, async () => {
      writeFileSync(join(repo, "index.ts"), program);
      const checked = await run("npx", ["--no-install", "tsc", "--noEmit"], engine.env, { cwd: repo });
      assert.equal(checked.code, 0, checked.text);

      const stack = name.replaceAll(/[^a-z]/g, "");
      const pulumi = (...args: string[]) =>
        run("pulumi", args, { ...engine.env, PULUMI_NODEJS_TRANSPILE_ONLY: "true" }, { cwd: repo });
      assert.equal((await pulumi("stack", "init", stack)).code, 0);
      await setSecrets(pulumi);
      const preview = await pulumi("preview", "--non-interactive", "--diff");
      assert.equal(preview.code, 0, preview.text);
      assert.match(preview.text, /apps\/v1:Deployment/);
    });
  }
});

async function setSecrets(pulumi: (...args: string[]) => ReturnType<typeof run>): Promise<void> {
  const ca = await createIssuingCa();
  const values = {
    databasePassword: "p/a#s?s%41@1:'\" x",
    encryptionKey: "0123456789abcdef".repeat(4),
    apiKeys: JSON.stringify(
      Object.fromEntries(["admin", "enroll", "fleet", "metrics"].map((duty) => [duty, duty.padEnd(40, "0")])),
    ),
    caCertificate: ca.certificate,
    caPrivateKey: ca.privateKey,
  };
  for (const [key, value] of Object.entries(values)) {
    const set = await pulumi("config", "set", "--secret", "--", key, value);
    assert.equal(set.code, 0, set.text);
  }
}

function readmeExample(): string {
  const [, example] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, "README.md"), "utf8")) ?? [];
  assert.ok(example);
  return example;
}
