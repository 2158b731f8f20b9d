import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { certificatesOf, createIssuingCa } from "../../scripts/secrets/certificates";
import { planSecrets, type SecretsPlan } from "../../scripts/secrets/plan";
import type { CertctlArgs } from "../../src/certctl-args";
import { requiredSecrets } from "../../src/secrets/required-secrets";
import { stackArgs, stackFileValues } from "../../src/stack/stack-config";
import { UserError } from "../../scripts/lib/user-error.cjs";

const encrypted = { secure: "v1:abc" };
const apiKeys = { admin: encrypted, enroll: encrypted, fleet: encrypted, metrics: encrypted };
const complete = {
  databasePassword: encrypted,
  encryptionKey: encrypted,
  apiKeys,
  caCertificate: encrypted,
  caPrivateKey: encrypted,
  tlsCertificate: encrypted,
  tlsPrivateKey: encrypted,
  tlsCaCertificate: "PEM",
};

function plan(config: Record<string, unknown>, renewTls = false): SecretsPlan {
  const qualified = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [`certctl:${key}`, value]),
  );
  const { values, secretKeys } = stackFileValues(qualified);
  const { args } = stackArgs(values, secretKeys, { secrets: "placeholder" });
  return planSecrets({ config, args, dnsNames: ["certctl-server"], renewTls });
}

function missing(config: Record<string, unknown>): string[] {
  return plan(config).missing.flatMap(({ keys }) => keys);
}

async function values(config: Record<string, unknown>, renewTls = false): Promise<Map<string, string>> {
  const settings = await Promise.all(plan(config, renewTls).missing.map((group) => group.generate()));
  return new Map(settings.flat().map(({ key, value }) => [key, value]));
}

function refusal(config: Record<string, unknown>, renewTls = false): string {
  try {
    plan(config, renewTls);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return "nothing was refused";
}

describe("plan of npm run secrets", () => {
  it("an empty stack needs every secret", () => {
    assert.deepEqual(missing({}), [
      "databasePassword",
      "encryptionKey",
      "apiKeys.admin",
      "apiKeys.enroll",
      "apiKeys.fleet",
      "apiKeys.metrics",
      "caPrivateKey",
      "caCertificate",
      "tlsPrivateKey",
      "tlsCaCertificate",
      "tlsCertificate",
    ]);
  });

  it("a complete stack needs none", () => {
    assert.deepEqual(plan(complete).missing, []);
    assert.equal(plan(complete).present.length, 11);
  });

  it("only the missing API keys are made", () => {
    assert.deepEqual(missing({ ...complete, apiKeys: { admin: encrypted, fleet: encrypted } }), [
      "apiKeys.enroll",
      "apiKeys.metrics",
    ]);
  });

  it("API keys that were set as one encrypted or JSON value are there", () => {
    assert.deepEqual(missing({ ...complete, apiKeys: encrypted }), []);
    assert.deepEqual(
      missing({ ...complete, apiKeys: JSON.stringify({ admin: "a", enroll: "b", fleet: "c" }) }),
      ["apiKeys.metrics"],
    );
  });

  it("a secret that exists in the cluster is not made", () => {
    const existingSecrets = { databasePassword: "a", encryptionKey: "b", apiKeys: "c", issuingCa: "d" };
    const result = plan({ existingSecrets, tls: { mode: "certManager" } });
    assert.deepEqual(result.missing, []);
    assert.equal(result.superfluous.length, 8);
    assert.equal(result.superfluous.at(-1)?.reason, "tls.mode is certManager");
  });

  it("keys are random hexadecimal digits of the length that certctl asks for", async () => {
    const [first, second] = [await values({}), await values({})];
    assert.match(first.get("encryptionKey") ?? "", /^[0-9a-f]{64}$/);
    for (const key of [
      "databasePassword",
      "apiKeys.admin",
      "apiKeys.enroll",
      "apiKeys.fleet",
      "apiKeys.metrics",
    ]) {
      assert.match(first.get(key) ?? "", /^[0-9a-f]{48}$/);
    }
    for (const [key, value] of first) assert.notEqual(value, second.get(key));
  });

  it("only the CA that clients trust is not encrypted", async () => {
    const settings = await Promise.all(plan({}).missing.map((group) => group.generate()));
    const plain = settings.flat().filter(({ secret }) => !secret);
    assert.deepEqual(
      plain.map(({ key }) => key),
      ["tlsCaCertificate"],
    );
  });

  for (const [there, absent] of [
    ["caPrivateKey", "caCertificate"],
    ["caCertificate", "caPrivateKey"],
    ["tlsPrivateKey", "tlsCertificate"],
    ["tlsCertificate", "tlsPrivateKey"],
  ] as const) {
    it(`${there} without ${absent} is refused with the fix`, () => {
      assert.equal(
        refusal({ ...complete, [absent]: null }),
        `certctl:${there} is set, but certctl:${absent}, which belongs to it, is not: set that one, or remove certctl:${there} ` +
          `with "npx pulumi config rm certctl:${there}" to get new ones.`,
      );
    });
  }

  it("a CA certificate without the server's pair is refused", () => {
    assert.match(
      refusal({ tlsCaCertificate: "PEM" }),
      /^certctl:tlsCaCertificate is set, but certctl:tlsCertificate/,
    );
  });

  it("a server's pair without its CA is refused, unless clients trust something else", () => {
    const { tlsCaCertificate, ...withoutCa } = complete;
    assert.ok(tlsCaCertificate);
    assert.match(refusal(withoutCa), /^certctl:tlsCertificate is set, but certctl:tlsCaCertificate/);
    assert.deepEqual(missing({ ...withoutCa, tls: { trust: { mode: "systemRoots" } } }), []);
  });

  for (const config of [
    {},
    { existingSecrets: { apiKeys: "a" } },
    { tls: { mode: "certManager" } },
    { database: { mode: "external" } },
  ]) {
    it(`what is set for ${JSON.stringify(config)} is all that the program asks for`, () => {
      const made = missing(config);
      assert.deepEqual(
        requiredSecrets(config as CertctlArgs).filter((key) => !made.includes(key)),
        [],
      );
    });
  }

  it("a renewal replaces the server's pair only, and its new root comes before the previous one", async () => {
    const first = await values({});
    const renewed = await values({ ...complete, tlsCaCertificate: first.get("tlsCaCertificate") }, true);
    assert.deepEqual([...renewed.keys()], ["tlsPrivateKey", "tlsCaCertificate", "tlsCertificate"]);
    const roots = certificatesOf(renewed.get("tlsCaCertificate") ?? "");
    assert.equal(roots.length, 2);
    assert.equal(roots[1]?.toString(), first.get("tlsCaCertificate"));
    const server = new X509Certificate(renewed.get("tlsCertificate") ?? "");
    assert.ok(roots[0] !== undefined && server.verify(roots[0].publicKey));
  });

  it("a renewal of a certificate that was made elsewhere is refused", async () => {
    const corporate = (await createIssuingCa()).certificate;
    for (const tlsCaCertificate of ["PEM", corporate]) {
      const text = refusal({ ...complete, tlsCaCertificate }, true);
      assert.match(text, /^certctl:tlsCertificate was not made by this command, so it is not replaced/);
    }
  });

  it("a renewal is refused where cert-manager renews", () => {
    const text = refusal({ ...complete, tls: { mode: "certManager" } }, true);
    assert.equal(
      text,
      '--renew-tls renews certificates of tls.mode "provided" only, and tls.mode is certManager.',
    );
  });

  it("a secret that stands unencrypted is reported", () => {
    assert.deepEqual(
      plan({ ...complete, encryptionKey: "plain", apiKeys: { ...apiKeys, fleet: "plain" } }).unencrypted,
      ["encryptionKey", "apiKeys.fleet"],
    );
  });
});
