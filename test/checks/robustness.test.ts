import assert from "node:assert/strict";
import type { CertctlArgs } from "../../src/certctl-args";
import { unseen } from "../../src/checks/unseen";
import { allIssues } from "../../src/checks/all-issues";
import { serverIssues } from "../../src/server/server-checks";
import { checkCertctl } from "../../src/instance/instance-checks";
import { certctlWarnings } from "../../src/instance/instance-warnings";
import { generateSecrets } from "../support/secrets";
import { corpus, decrypted } from "./corpus";
import { parseValues } from "../../src/stack/stack-values";
import { stackFileValues } from "../../src/stack/stack-config";

type Path = (string | number)[];

/** What may stand where something else is wanted. */
const wrong = [null, true, 5, NaN, "x", "", [], [null], {}, { a: { b: 1 } }, unseen];

describe("the checks of a configuration with something wrong in any place", function () {
  this.timeout(300_000);

  it("neither fail nor print undefined, whatever stands in its place", async () => {
    const secrets = await generateSecrets();
    let checks = 0;
    for (const [index, { config }] of corpus("valid").entries()) {
      // Certificates take time to read: once is enough.
      const args = { ...(index === 0 && secrets), ...parseValues(stackFileValues(decrypted(config)).values) };
      for (const path of places(args)) {
        for (const value of wrong) {
          const printed = checkCertctl(replaced(args, path, value) as CertctlArgs).map(
            (issue) => `${issue.path}: ${issue.message}`,
          );
          for (const line of printed)
            assert.doesNotMatch(
              line,
              /undefined|NaN is|\[object|not known yet/,
              `${path.join(".")} = ${JSON.stringify(value)}`,
            );
          checks++;
        }
      }
    }
    assert.ok(checks > 2000, `${String(checks)} checks`);
  });

  it("report a wrong form once, and nothing that follows from it", () => {
    const issues = allIssues(
      "ServerSettings",
      { smtp: "x", digest: { recipients: ["pki@example.com"] }, mounts: 3 },
      "server",
      serverIssues,
    );
    assert.deepEqual(issues, [
      { path: "server.mounts", message: "3 is not a list" },
      { path: "server.smtp", message: '"x" is not a map of keys to values' },
    ]);
  });

  it("find nothing wrong with a value that cannot be looked at", async () => {
    const secrets = await generateSecrets();
    for (const key of Object.keys(secrets))
      assert.deepEqual(checkCertctl({ ...secrets, [key]: unseen }), [], key);
    assert.deepEqual(certctlWarnings({ ...secrets, tlsCertificate: unseen as unknown as string }), []);
  });
});

function places(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const below = Array.isArray(value)
    ? value.flatMap((item, index) => places(item, [...path, index]))
    : Object.entries(value).flatMap(([key, item]) => places(item, [...path, key]));
  return path.length > 0 ? [path, ...below] : below;
}

function replaced(value: unknown, [step, ...rest]: Path, by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, index) => (index === step ? replaced(item, rest, by) : (item as unknown)));
  return { ...(value as object), [step]: replaced((value as Record<string, unknown>)[step], rest, by) };
}
