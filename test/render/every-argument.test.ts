import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { captureManifests } from "../../scripts/render/capture";
import { Certctl } from "../../src/certctl";
import type { CertctlArgs } from "../../src/certctl-args";
import { withPlaceholders } from "../../src/checks/placeholders";
import { checkCertctl } from "../../src/instance/instance-checks";
import { argumentPaths, testArguments, withValues } from "./argument-tests";
import { argumentCases } from "./arguments";

/** Each is tested by a test of its own. */
const inNoManifest = ["deletionProtection", "checkCustomResources", "database.external.maxConnections"];

describe("every documented argument", function () {
  this.timeout(300_000);

  it("has a case here", () => {
    assert.deepEqual(Object.keys(argumentCases).sort(), argumentPaths().sort());
  });

  testArguments(
    (path) => !inNoManifest.includes(path) && !path.startsWith("server.") && !path.startsWith("monitoring."),
  );

  it("that no manifest shows changes what is read or refused", async () => {
    const certManager = withValues({
      "tls.mode": "certManager",
      "tls.certManager.issuerRef.name": "private-ca",
    });
    assert.deepEqual(await readObjects(certManager), ["certificates.cert-manager.io"]);
    assert.deepEqual(await readObjects({ ...certManager, checkCustomResources: false }), []);
    const given = {
      "database.mode": "external",
      "database.external.host": "db.example.com",
      "database.external.maxConnections": 69,
    };
    const refused = checkCertctl(withValues(given)).map(({ path }) => path);
    assert.ok(refused.includes("database.external.maxConnections"), refused.join());
  });

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

async function readObjects(args: CertctlArgs): Promise<string[]> {
  const found: string[] = [];
  await captureManifests(() => {
    const record: pulumi.ResourceTransformation = ({ opts }) => {
      const { id } = opts as pulumi.CustomResourceOptions;
      if (typeof id === "string") found.push(id);
      return undefined;
    };
    withPlaceholders(() => new Certctl("certctl", args, { transformations: [record] }));
  });
  return found;
}

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
