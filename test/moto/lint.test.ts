import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import type { PolicyDocument } from "../../src/aws/policy-document";
import { captureBucket, partitions } from "../support/aws/capture";

describe("the policies of a bucket, read by the linter parliament,", function () {
  this.timeout(300_000);
  let environment: NodeJS.ProcessEnv;

  before(async () => {
    const { pythonPackages } = await import("../support/python/packages.mjs");
    environment = { ...process.env, PYTHONPATH: pythonPackages("parliament"), PYTHONWARNINGS: "ignore" };
  });

  /** What the linter finds; in the policy of a key, `*` is that key, which parliament does not know. */
  const findings = (policies: Record<string, PolicyDocument>): string[] => {
    const program = join(resolve(__dirname, "../.."), "test/support/aws/lint_policies.py");
    const output = execFileSync("python3", [program], {
      input: JSON.stringify(policies),
      env: environment,
      encoding: "utf8",
    });
    return (JSON.parse(output) as string[]).filter(
      (finding) => !/^kms\/key [\w-]+: RESOURCE_STAR/.test(finding),
    );
  };

  for (const where of partitions) {
    it(`name actions, resources and conditions that there are: ${where.partition}`, async () => {
      const oidcProviderArn = `arn:${where.partition}:iam::123456789012:oidc-provider/oidc.eks.${where.region}.${where.dnsSuffix}/id/0123`;
      const { resources } = await captureBucket(
        {
          identity: { mode: "irsa", irsa: { oidcProviderArn } },
          replication: { region: where.region.replace(/\d$/, "2") },
          accessLog: { mode: "create" },
          encryption: { requireHeaders: true },
        },
        where,
      );
      const policies = resources.flatMap(({ id, inputs }) =>
        typeof inputs.policy === "string" ? [[id, JSON.parse(inputs.policy) as PolicyDocument] as const] : [],
      );
      assert.ok(policies.length >= 8, String(policies.length));
      assert.deepEqual(findings(Object.fromEntries(policies)), []);
    });
  }

  it("would be told of a mistake", () => {
    const statement = {
      Sid: "Typo",
      Effect: "Allow",
      Action: "s3:PutObjekt",
      Resource: "arn:aws:s3:::b/*",
    } as const;
    assert.match(
      findings({ wrong: { Version: "2012-10-17", Statement: [statement] } }).join(),
      /^wrong: UNKNOWN_ACTION/,
    );
  });
});
