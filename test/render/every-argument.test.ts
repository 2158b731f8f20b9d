import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { captureManifests } from "../../scripts/render/capture";
import type { Manifest } from "../../scripts/render/capture";
import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";
import { Certctl } from "../../src/certctl";
import type { CertctlArgs } from "../../src/certctl-args";
import { placeholder, withPlaceholders } from "../../src/config/placeholders";
import schema from "../../src/config/schema.json";
import { argumentCases } from "./arguments";

interface Node {
  $ref?: string;
  properties?: Record<string, Node>;
}

const definitions = schema.definitions as unknown as Record<string, Node>;

describe("every documented argument", function () {
  this.timeout(60_000);

  it("has a case here", () => {
    assert.deepEqual(Object.keys(argumentCases).sort(), argumentPaths().sort());
  });

  for (const [path, { value, given = {}, together = {}, insteadOf = [] }] of Object.entries(argumentCases)) {
    if (path === "deletionProtection") continue;
    it(`changes a manifest: ${path}`, async () => {
      const changed = withValues({ ...given, ...together, [path]: value }, insteadOf);
      assert.notDeepEqual(await renderArgs(changed), await renderedWithout(given));
    });
  }

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

const renderings = new Map<string, Promise<Manifest[]>>();

/** What is compared with, rendered once for all cases that share it. */
function renderedWithout(given: Record<string, unknown>): Promise<Manifest[]> {
  const key = JSON.stringify(given);
  const rendering = renderings.get(key) ?? renderArgs(withValues(given));
  renderings.set(key, rendering);
  return rendering;
}

/** Paths of the leaves of CertctlArgs. */
function argumentPaths(definition = "CertctlArgs", prefix = ""): string[] {
  return Object.entries(definitions[definition]?.properties ?? {}).flatMap(([key, node]) => {
    const path = prefix ? `${prefix}.${key}` : key;
    const target = node.$ref?.split("/").at(-1) ?? "";
    return definitions[target]?.properties ? argumentPaths(target, path) : [path];
  });
}

function withValues(values: Record<string, unknown>, without: string[] = []): CertctlArgs {
  const issuingCa = { caCertificate: placeholder("caCertificate"), caPrivateKey: placeholder("caPrivateKey") };
  const args: Record<string, unknown> = { ...placeholderArgs({}), ...issuingCa };
  for (const [path, value] of Object.entries(values)) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    const parent = keys.reduce<Record<string, unknown>>((at, key) => (at[key] ??= {}) as Record<string, unknown>, args);
    parent[last] = value;
  }
  for (const key of without) Reflect.deleteProperty(args, key);
  return args;
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
