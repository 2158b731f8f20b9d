import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import Core from "ajv/dist/core";
import { captureManifests } from "../../scripts/render/capture";
import * as certctl from "../../src";
import * as aws from "../../src/aws";
import { agentsIssues } from "../../src/agents/agents-checks";
import { allIssues } from "../../src/checks/all-issues";
import type { Contract } from "../../src/checks/contract";
import { checkedSettings, vouchedFor } from "../../src/checks/checked-settings";
import { looksAt, needs, partArguments, takes } from "../../src/checks/contract";
import { ConfigurationError } from "../../src/checks/issues";
import { databaseIssues, externalDatabaseIssues, postgresIssues } from "../../src/database/database-checks";
import { migrationIssues } from "../../src/migration/migration-checks";
import { provisioningIssues } from "../../src/provisioning/provisioning-checks";
import type { ServerSettings } from "../../src/server/server-args";
import { serverIssues } from "../../src/server/server-checks";
import { tlsIssues } from "../../src/tls/tls-checks";
import { components } from "./component-cases";
import { generateSecrets } from "../support/secrets";

type Component = new (name: string, args: object, opts?: pulumi.ComponentResourceOptions) => pulumi.Resource;

/** What is thrown, as the lines of its message; nothing when the component is made. */
async function refusals(component: unknown, args: unknown): Promise<string[]> {
  const lines: string[] = [];
  await captureManifests(() => {
    try {
      new (component as Component)("pki", args as object);
    } catch (error) {
      assert.ok(error instanceof ConfigurationError, String(error));
      lines.push(...error.message.split("\n").slice(1));
    }
  });
  return lines;
}

function isComponent(value: unknown): boolean {
  const { prototype } = value as { prototype?: unknown };
  return typeof value === "function" && prototype instanceof pulumi.ComponentResource;
}

const pathsOf = (lines: string[]): string[] => lines.map((line) => line.split(": ")[0] ?? "").sort();

describe("every component", function () {
  this.timeout(30_000);

  it("that is exported has a case here", () => {
    const exported = [certctl, aws].flatMap((entry) =>
      Object.entries(entry).flatMap(([name, value]) => (isComponent(value) ? [name] : [])),
    );
    assert.deepEqual(["Certctl", ...Object.keys(components)].sort(), exported.sort());
  });

  for (const [name, { component, nothing, wrong }] of Object.entries(components)) {
    it(`names all that it needs when it is told nothing: ${name}`, async () => {
      for (const args of [undefined, null, {}]) assert.deepEqual(await refusals(component, args), nothing);
    });

    it(`refuses what is wrong, once: ${name}`, async () => {
      for (const [args, refused] of wrong) assert.deepEqual(await refusals(component, args), [refused]);
    });

    it(`refuses what is no map of arguments, and arguments that it does not know: ${name}`, async () => {
      assert.deepEqual(await refusals(component, 5), ["pki: 5 is not a map of keys to values"]);
      const lines = await refusals(component, { nameSpaces: "x" });
      assert.ok(pathsOf(lines).includes("pki.nameSpaces"), lines.join("\n"));
    });

    it(`says so when an argument is of a wrong kind: ${name}`, async () => {
      const [args] = wrong[0] ?? [{}];
      for (const path of pathsOf(nothing)) {
        const lines = await refusals(component, { ...args, [path.replace("pki.", "")]: 5.5 });
        assert.ok(pathsOf(lines).includes(path), `${path}: ${lines.join("\n")}`);
      }
    });
  }

  it("names all that an instance needs when it is told nothing", async () => {
    const needed = [
      ...["apiKeys.admin", "apiKeys.enroll", "apiKeys.fleet", "apiKeys.metrics", "databasePassword"],
      ...["encryptionKey", "tlsCaCertificate", "tlsCertificate", "tlsPrivateKey"],
    ];
    for (const args of [undefined, null, {}])
      assert.deepEqual(pathsOf(await refusals(certctl.Certctl, args)), needed);
    assert.deepEqual(await refusals(certctl.Certctl, 5), ["5 is not a map of keys to values"]);
  });

  it("of an instance takes what the instance has checked: one pass in all", async () => {
    const secrets = await generateSecrets("pki");
    const passes = await countingPasses(async () => {
      assert.deepEqual(await refusals(certctl.Certctl, { ...secrets, exposure: {} }), []);
    });
    assert.equal(passes, 1);
  });
});

/** How often something is held against the schema. */
async function countingPasses(program: () => Promise<void>): Promise<number> {
  const original = Object.getOwnPropertyDescriptor(Core.prototype, "getSchema");
  assert.ok(original);
  const find = original.value as (this: Core, key: string) => unknown;
  let passes = 0;
  Core.prototype.getSchema = function (this: Core, key: string) {
    passes++;
    return find.call(this, key);
  } as typeof Core.prototype.getSchema;
  try {
    await program();
  } finally {
    Object.defineProperty(Core.prototype, "getSchema", original);
  }
  return passes;
}

interface Args extends ServerSettings {
  namespace: pulumi.Input<string>;
  instance?: string;
  commonLabels?: Record<string, string>;
  database: object;
  password?: pulumi.Input<string>;
  names?: string[];
}
const contract: Contract<Args, ServerSettings> = {
  settings: "ServerSettings",
  except: ["networkScan"],
  others: {
    ...partArguments,
    database: needs(["connection"], "a Database"),
    password: looksAt("text"),
    names: takes("texts"),
  },
  issues: (args) => [
    ...serverIssues(args),
    ...(args.password === "bad" ? [{ path: "password", message: "is bad" }] : []),
  ],
};

describe("checkedSettings", () => {
  it("reports all problems of a component's arguments under the component's name", () => {
    const args = {
      namespace: "Not a name",
      replicas: 0,
      mounts: [{ mountPath: "/a" }],
      env: { CERTCTL_LOG_LEVEL: "debug" },
      names: ["a", 5],
      databse: {},
    };
    assert.throws(
      () => checkedSettings(contract, args as never, "pki"),
      new RegExp(
        [
          "has 7 problems:",
          "pki\\.database: is missing; give a Database",
          "pki\\.databse: unknown key; did you mean pki\\.database\\?",
          "pki\\.env\\.CERTCTL_LOG_LEVEL: is governed by .*",
          "pki\\.mounts\\[0\\]: has no files.*",
          "pki\\.names: a list is not a list of texts",
          'pki\\.namespace: "Not a name" is not a Kubernetes name.*',
          "pki\\.replicas: 0 is not between 1 and 50$",
        ].join("\n"),
      ),
    );
  });

  it("gives right arguments back as they are", () => {
    const args = { namespace: "certctl", database: { connection: pulumi.output("x") }, maxConnections: 20 };
    const checked = checkedSettings(contract, args, "pki");
    assert.deepEqual(checked, args);
    assert.equal(checked.database, args.database);
  });

  it("shows no text that is of a wrong kind, which may be a secret", () => {
    const args = { namespace: "certctl", database: "s3cret" };
    assert.throws(
      () => checkedSettings(contract, args as never, "pki"),
      /problem:\npki\.database: text is not an object; give a Database$/,
    );
  });

  it("checks a value that arrives later then, and lets no other through before", async () => {
    const args = { namespace: pulumi.output("certctl"), database: { connection: "x" } };
    const password = pulumi.secret("bad");
    const checked = checkedSettings(contract, { ...args, password }, "pki");
    const value = (checked.namespace as unknown as { promise(): Promise<string> }).promise();
    await assert.rejects(value, /problem:\npki\.password: is bad$/);
  });

  it("takes the arguments of a part whose maker has checked them as they are", () => {
    const args = { namespace: "certctl", database: {}, replicas: 0 };
    const opts = { dependsOn: [] };
    assert.throws(() => checkedSettings(contract, args, "pki", opts), ConfigurationError);
    assert.equal(checkedSettings(contract, args, "pki", vouchedFor(opts)), args);
  });

  it("checks each part by its own rules", () => {
    const messages = [
      ...allIssues("PostgresSettings", { parameters: { port: "1" } }, "a", postgresIssues),
      ...allIssues("ExternalDatabaseSettings", { host: "db:5432" }, "b", externalDatabaseIssues),
      ...allIssues("DatabaseSettings", { mode: "external" }, "c", databaseIssues),
      ...allIssues("AgentSettings", { kind: "DaemonSet", replicas: 2 }, "d", agentsIssues),
      ...allIssues("TlsSettings", { mode: "certManager" }, "e", tlsIssues),
      ...allIssues(
        "MigrationSettings",
        { resources: { requests: { memory: "2Gi" }, limits: { memory: "1Gi" } } },
        "f",
        migrationIssues,
      ),
      ...allIssues("ProvisioningSettings", { backoffLimit: -1 }, "g", provisioningIssues),
      ...allIssues(
        "ServerSettings",
        { smtp: { host: "m", fromAddress: "a@b", port: 587 } },
        "h",
        serverIssues,
      ),
      ...allIssues("ImageSettings", { server: "certctl" }, "i", () => []),
    ];
    assert.deepEqual(
      messages.map(({ path }) => path),
      [
        "a.parameters.port",
        "b.host",
        "c.external",
        "d.replicas",
        "e.certManager",
        "f.resources.requests.memory",
        "g.backoffLimit",
        "h.smtp.port",
        "i.server",
      ],
    );
  });
});
