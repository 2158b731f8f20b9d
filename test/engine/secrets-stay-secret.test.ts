import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { kubectl, leaveNamespaces } from "./support/cluster";
import { root, run, useEngine } from "./support/engine";
import { TestStack } from "./support/stack";

describe("secret values", function () {
  this.timeout(900_000);
  let stack: TestStack;
  let values: Record<string, string>;
  const seen: Record<string, string> = {};

  before(async () => {
    stack = await TestStack.create("test-secrecy", "secrecy", {
      "certctl:server": { smtp: { host: "mail.example.com", fromAddress: "certctl@example.com" } },
    });
    for (const [key, value] of [
      ["certctl:smtpPassword", "mail/pass word#1"],
      ["certctl:secretEnv.CERTCTL_SLACK_WEBHOOK_URL", "https://hooks.example.com/T0/B0/slack-token"],
    ] as const) {
      const path = key.includes("secretEnv") ? ["--path"] : [];
      const set = await stack.pulumi(["config", "set", "--secret", ...path, key, value]);
      assert.equal(set.code, 0, set.text);
    }
    values = await stack.secretValues();
    seen["the preview of the first up"] = (await stack.preview("--diff")).text;
    seen["the JSON preview of the first up"] = (await stack.preview("--json")).text;
    seen.up = (await stack.up("--diff")).text;
    stack.configure({ "certctl:images": { server: "ghcr.io/certctl-io/certctl-server:v2.1.8" } });
    seen["the preview of a change"] = (await stack.preview("--diff")).text;
    seen.refresh = (await stack.refresh("--diff")).text;
    seen["the outputs"] = JSON.stringify(await stack.outputs());
    seen["the state"] = stack.stateFiles();
    seen["the stack file"] = readFileSync(stack.configFile, "utf8");
    const workloads = await kubectl(
      "get",
      "pods,deployments,statefulsets,jobs,configmaps,services",
      "--namespace",
      "secrecy",
      "--output",
      "json",
    );
    seen["arguments, environment and annotations of pods, and everything else that is not a Secret"] =
      workloads;
    const { env } = await useEngine();
    seen["the rendered manifests"] = (
      await run("npm", ["run", "--silent", "render", "--", stack.configFile], env, { cwd: root })
    ).text;
  });

  after(() => leaveNamespaces("secrecy"));

  it("are those that the stack was given", () => {
    assert.deepEqual(Object.keys(values).sort(), [
      "certctl:apiKeys.admin",
      "certctl:apiKeys.enroll",
      "certctl:apiKeys.fleet",
      "certctl:apiKeys.metrics",
      "certctl:caCertificate",
      "certctl:caPrivateKey",
      "certctl:databasePassword",
      "certctl:encryptionKey",
      "certctl:secretEnv.CERTCTL_SLACK_WEBHOOK_URL",
      "certctl:smtpPassword",
      "certctl:tlsCertificate",
      "certctl:tlsPrivateKey",
    ]);
  });

  for (const place of [
    "the preview of the first up",
    "the JSON preview of the first up",
    "up",
    "the preview of a change",
    "refresh",
    "the outputs",
    "the state",
    "the stack file",
    "arguments, environment and annotations of pods, and everything else that is not a Secret",
    "the rendered manifests",
  ]) {
    it(`appear nowhere in ${place}, neither in clear text nor in base64`, () => {
      const text = seen[place] ?? "";
      assert.ok(text.length > 100, `${place} is empty`);
      for (const [key, value] of Object.entries(values)) {
        // Certificates are public; what counts of a pair is its private key.
        if (key.endsWith("Certificate")) continue;
        for (const form of forms(value)) assert.ok(!text.includes(form), `${key} is in ${place}`);
      }
    });
  }

  it("would be found by this search, as they are found in the cluster's Secrets", async () => {
    const text = await kubectl("get", "secrets", "--namespace", "secrecy", "--output", "json");
    for (const [key, value] of Object.entries(values))
      assert.ok(
        forms(value).some((form) => text.includes(form)),
        key,
      );
  });
});

/** A value as it is, as a JSON string holds it, in base64, and the second line of a PEM text alone. */
function forms(value: string): string[] {
  const line = value.includes("-----BEGIN") ? [value.split("\n")[1] ?? ""] : [];
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    Buffer.from(value).toString("base64"),
    encodeURIComponent(value),
    ...line,
  ];
}
