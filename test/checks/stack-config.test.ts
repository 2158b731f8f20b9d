import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ConfigurationError } from "../../src/checks/issues";
import { secretConfigKeys } from "../../src/checks/schema-check";
import { readStackConfig, stackArgs, stackFileValues } from "../../src/stack/stack-config";
import type { StackArgsOptions } from "../../src/stack/stack-config";
import { generateSecrets } from "../support/secrets";

type Values = Record<string, string>;

/** What is read from these values alone, without what is wrong with them. */
function read(values: Values, options?: StackArgsOptions): Record<string, unknown> {
  return stackArgs(values, new Set(), options).args as Record<string, unknown>;
}

function lines(values: Values, secretKeys: string[] = []): string[] {
  return stackArgs(values, new Set(secretKeys)).issues.map(({ path, message }) => `${path}: ${message}`);
}

describe("stackArgs", () => {
  it("reads numbers and booleans that the CLI has stored as text", () => {
    assert.deepEqual(
      read({
        "certctl:createNamespace": "false",
        "certctl:server": '{"replicas":"3","blockPrivateNetworks":"true"}',
      }),
      {
        createNamespace: false,
        server: { replicas: 3, blockPrivateNetworks: true },
      },
    );
  });

  it("reads texts that the CLI has stored as numbers and booleans", () => {
    const server =
      '{"env":{"CERTCTL_HEALTH_CHECK_MAX_CONCURRENT":5,"CERTCTL_HEALTH_CHECK_ENABLED":true},"mounts":[{"mountPath":"/a","secret":7}]}';
    assert.deepEqual(read({ "certctl:server": server, "certctl:namespace": "42" }), {
      server: {
        env: { CERTCTL_HEALTH_CHECK_MAX_CONCURRENT: "5", CERTCTL_HEALTH_CHECK_ENABLED: "true" },
        mounts: [{ mountPath: "/a", secret: "7" }],
      },
      namespace: "42",
    });
  });

  it("leaves a password that looks like a number, a boolean or JSON as it is", () => {
    for (const password of ["12345", "true", '{"a":1}', "[]", "null", "1e3"]) {
      assert.deepEqual(read({ "certctl:databasePassword": password }), { databasePassword: password });
    }
  });

  it("leaves alone what would change when it is read as another type", () => {
    const server = { replicas: "three", maxBodySize: "0x10", env: { A: 1.1, B: 12345678901234567000 } };
    assert.deepEqual(read({ "certctl:server": JSON.stringify(server) }), { server });
  });

  it("ignores the keys of other packages", () => {
    assert.deepEqual(read({ "kubernetes:context": "kind", "aws:region": "eu-central-1" }), {});
  });

  it("refuses a secret in clear text, but not an empty map of secrets", () => {
    const clear = (issues: string[]): string[] => issues.filter((line) => line.includes("clear text"));
    assert.deepEqual(clear(lines({ "certctl:smtpPassword": "x", "certctl:secretEnv": "{}" })), [
      "smtpPassword: is stored in clear text; set it with: pulumi config set --secret certctl:smtpPassword",
    ]);
    assert.deepEqual(clear(lines({ "certctl:smtpPassword": "x" }, ["certctl:smtpPassword"])), []);
  });

  it("never prints the value of a secret", () => {
    const secret = "s3cret-s3cret";
    const objects = ["apiKeys", "previousApiKeys", "secretEnv"];
    const values = Object.fromEntries(
      secretConfigKeys.map((key) => {
        const nested = {
          admin: secret,
          fleet: [secret],
          CERTCTL_SLACK_WEBHOOK_URL: secret,
          other: { secret },
        };
        return [`certctl:${key}`, objects.includes(key) ? JSON.stringify(nested) : secret];
      }),
    );
    const printed = lines(values, Object.keys(values)).join("\n");
    assert.match(printed, /caPrivateKey: is not a PEM private key/);
    assert.ok(!printed.includes(secret), printed);
  });

  it("tells that every secret but the CA certificate of the server is one", () => {
    assert.deepEqual([...secretConfigKeys].sort(), [
      "apiKeys",
      "caCertificate",
      "caPrivateKey",
      "databasePassword",
      "encryptionKey",
      "previousApiKeys",
      "secretEnv",
      "smtpPassword",
      "tlsCertificate",
      "tlsPrivateKey",
    ]);
  });
});

describe("stackArgs with placeholders", () => {
  const placeholders: StackArgsOptions = { secrets: "placeholder" };
  const names = ["admin", "enroll", "fleet", "metrics"];
  const apiKeys = Object.fromEntries(names.map((name) => [name, `<secret certctl:apiKeys.${name}>`]));

  it("puts one in the place of each secret that is missing and needed", () => {
    assert.deepEqual(read({}, placeholders), {
      apiKeys,
      ...Object.fromEntries(
        ["databasePassword", "encryptionKey", "tlsCaCertificate", "tlsCertificate", "tlsPrivateKey"].map(
          (key) => [key, `<secret certctl:${key}>`],
        ),
      ),
    });
  });

  it("puts one in the place of each encrypted value of a stack file", () => {
    const { values, secretKeys } = stackFileValues({
      "certctl:smtpPassword": { secure: "v1:abc" },
      "certctl:apiKeys": { secure: "v1:abc" },
      "certctl:secretEnv": { CERTCTL_WEBHOOK_SECRET: { secure: "v1:abc" } },
      "certctl:server": { replicas: 2 },
    });
    const { args, issues } = stackArgs(values, secretKeys, placeholders);
    assert.deepEqual(
      issues.map(({ path }) => path),
      ["secretEnv.CERTCTL_WEBHOOK_SECRET", "smtpPassword"],
    );
    assert.equal(args.smtpPassword, "<secret certctl:smtpPassword>");
    assert.deepEqual(args.secretEnv, {
      CERTCTL_WEBHOOK_SECRET: "<secret certctl:secretEnv.CERTCTL_WEBHOOK_SECRET>",
    });
    assert.deepEqual(args.apiKeys, apiKeys);
    assert.equal(args.server?.replicas, 2);
  });

  it("asks for no secret that exists in the cluster", () => {
    const existing = { databasePassword: "a", encryptionKey: "b", apiKeys: "c" };
    const values = {
      "certctl:existingSecrets": JSON.stringify(existing),
      "certctl:tls": '{"mode":"existingSecret","existingSecret":{"name":"d"}}',
    };
    assert.deepEqual(Object.keys(read(values, placeholders)), ["existingSecrets", "tls"]);
  });

  it("still refuses a secret in clear text", () => {
    const { issues } = stackArgs({ "certctl:encryptionKey": "x" }, new Set(), placeholders);
    assert.deepEqual(
      issues.map(({ path }) => path),
      ["encryptionKey"],
    );
  });
});

describe("readStackConfig", () => {
  before(async () => {
    await pulumi.runtime.setMocks(
      { newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) },
      "certctl",
      "dev",
    );
  });

  afterEach(() => {
    pulumi.runtime.setAllConfig({});
  });

  function configure(args: object, secretKeys: readonly string[] = secretConfigKeys): void {
    const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
    const values = Object.entries(args).map(([key, value]) => [`certctl:${key}`, text(value)] as const);
    const present = values
      .map(([key]) => key)
      .filter((key) => secretKeys.includes(key.slice("certctl:".length)));
    pulumi.runtime.setAllConfig(Object.fromEntries(values), present);
  }

  it("makes every secret an Output that is secret, and nothing else", async () => {
    configure({ ...(await generateSecrets()), namespace: "certctl", server: { replicas: 2 } });
    const args = readStackConfig();
    assert.equal(args.namespace, "certctl");
    assert.deepEqual(args.server, { replicas: 2 });
    assert.equal(typeof args.tlsCaCertificate, "string");
    const apiKeys = args.apiKeys as unknown as Record<string, unknown>;
    for (const value of [
      args.databasePassword,
      args.encryptionKey,
      args.tlsPrivateKey,
      args.caPrivateKey,
      ...Object.values(apiKeys),
    ]) {
      assert.ok(pulumi.Output.isInstance(value));
      assert.equal(await pulumi.isSecret(value), true);
    }
  });

  it("throws all problems at once", async () => {
    configure({ ...(await generateSecrets()), encryptionKey: "short", fleetSize: "huge", servr: {} });
    assert.throws(readStackConfig, (error) => {
      assert.ok(error instanceof ConfigurationError);
      const [head, ...rest] = error.message.split("\n");
      assert.equal(head, "The configuration has 3 problems:");
      assert.deepEqual(
        rest.map((line) => line.split(":")[0]),
        ["encryptionKey", "fleetSize", "servr"],
      );
      return true;
    });
  });

  it("names the stack in the command that mends it", async () => {
    const { encryptionKey, ...secrets } = await generateSecrets();
    configure(secrets);
    assert.throws(
      readStackConfig,
      /encryptionKey: is missing; npm run secrets -- dev makes it, or: pulumi config set --secret certctl:encryptionKey/,
    );
    assert.equal(typeof encryptionKey, "string");
  });

  it("notices a secret that is not encrypted", async () => {
    configure(
      await generateSecrets(),
      secretConfigKeys.filter((key) => key !== "encryptionKey"),
    );
    assert.throws(readStackConfig, /has a problem:\nencryptionKey: is stored in clear text/);
  });
});
