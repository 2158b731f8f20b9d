import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { captureManifests } from "../../scripts/render/capture";
import { Certctl } from "../../src/certctl";
import type { CertctlArgs } from "../../src/certctl-args";
import { withPlaceholders } from "../../src/config/placeholders";
import { argumentPaths, testArguments, withValues } from "./argument-tests";
import { argumentCases } from "./arguments";

describe("every documented argument", function () {
  this.timeout(60_000);

  it("has a case here", () => {
    assert.deepEqual(Object.keys(argumentCases).sort(), argumentPaths().sort());
  });

  testArguments((path) => path !== "deletionProtection" && !path.startsWith("server.") && !path.startsWith("monitoring."));

  it("changes what the engine protects: deletionProtection", async () => {
    assert.deepEqual(await protectedObjects(withValues({ deletionProtection: false })), []);
    assert.deepEqual(await protectedObjects(withValues({})), [
      "Namespace certctl",
      "PersistentVolumeClaim certctl-postgres",
      "Secret certctl-api-keys",
      "Secret certctl-encryption-key",
      "Secret certctl-issuing-ca",
      "Secret certctl-postgres",
    ]);
  });
});

async function protectedObjects(args: CertctlArgs): Promise<string[]> {
  const found: string[] = [];
  await captureManifests(() => {
    const record: pulumi.ResourceTransformation = ({ type, name, opts }) => {
      if (opts.protect && opts.retainOnDelete) found.push(`${type.split(":").at(-1) ?? ""} ${name}`);
      return undefined;
    };
    withPlaceholders(() => new Certctl("certctl", args, { transformations: [record] }));
  });
  return found.sort();
}
