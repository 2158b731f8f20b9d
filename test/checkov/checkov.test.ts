import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { renderArgs, toYaml } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { committed } from "../support/stack-files";
import { generateSecrets } from "../support/secrets";

/** A check that fails on an object for a reason. */
interface Exception {
  check: string;
  name: string;
  reason: string;
  objects: string[];
}

/** What checkov says of one check on one object. */
interface Finding {
  check_id: string;
  check_name: string;
  file_path: string;
  resource: string;
}

const digest = `sha256:${"0".repeat(64)}`;
const imagesByDigest = {
  server: `ghcr.io/certctl-io/certctl-server@${digest}`,
  agent: `ghcr.io/certctl-io/certctl-agent@${digest}`,
  postgres: `postgres@${digest}`,
  sqlExporter: `adonato/query-exporter@${digest}`,
};
/** The stacks as they are committed, and what is in neither of them. */
const stacks: Record<string, CertctlArgs> = {
  dev: committed("dev"),
  "prod-ha": committed("prod-ha"),
  "sql-exporter": { ...committed("prod-ha"), monitoring: { enabled: true, sqlExporter: { enabled: true } } },
};

describe("checkov, over the manifests of the stacks,", function () {
  this.timeout(600_000);
  const exceptions = parse(readFileSync(join(__dirname, "exceptions.yaml"), "utf8")) as Exception[];
  let failed: Finding[];
  let passed: Finding[];

  before(async () => {
    const folder = mkdtempSync(join(tmpdir(), "certctl-checkov-"));
    try {
      const secrets = await generateSecrets();
      for (const [name, args] of Object.entries({
        ...stacks,
        "by-digest": { ...stacks["sql-exporter"], images: imagesByDigest },
      }))
        writeFileSync(join(folder, `${name}.yaml`), toYaml(await renderArgs({ ...secrets, ...args })));
      ({ failed, passed } = await checkov(folder));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  const failures = (stack: string): string[] => {
    const found = failed.filter(({ file_path }) => file_path === `/${stack}.yaml`);
    return [
      ...new Set(
        found.map((finding) => `${finding.check_id} (${finding.check_name}) of ${objectOf(finding)}`),
      ),
    ];
  };

  it("looks at every object of each, and finds most of it good", () => {
    for (const stack of Object.keys(stacks)) {
      const good = passed.filter(({ file_path }) => file_path === `/${stack}.yaml`).length;
      assert.ok(good > 400, `${stack}: ${String(good)} checks passed`);
    }
  });

  it("finds nothing that is not listed with a reason, and nothing is listed that it does not find", () => {
    const found = new Set(Object.keys(stacks).flatMap(failures));
    const listed = exceptions.flatMap(({ check, name, objects }) =>
      objects.map((object) => `${check} (${name}) of ${object}`),
    );
    assert.deepEqual([...found].sort(), listed.sort());
    for (const { check, reason } of exceptions)
      assert.ok(reason.split(" ").length > 5, `${check} has no reason`);
  });

  it("finds images by digest good, whatever their pull policy is", () => {
    const ofImages = /^CKV_K8S_(15|43) /;
    assert.ok(failures("sql-exporter").some((failure) => ofImages.test(failure)));
    assert.deepEqual(
      failures("by-digest").filter((failure) => ofImages.test(failure)),
      [],
    );
  });
});

/** Runs checkov on a folder, without a call to the outside. */
async function checkov(folder: string): Promise<{ failed: Finding[]; passed: Finding[] }> {
  const { pythonPackages } = await import("../support/python/packages.mjs");
  const env = {
    ...process.env,
    PYTHONPATH: pythonPackages("checkov"),
    PYTHONWARNINGS: "ignore",
    LOG_LEVEL: "ERROR",
    CKV_SKIP_PACKAGE_UPDATE_CHECK: "true",
  };
  const options = [
    "--framework",
    "kubernetes",
    "--skip-download",
    "--compact",
    "--soft-fail",
    "--output",
    "json",
  ];
  const { status, stdout, stderr } = spawnSync(
    "python3",
    ["-m", "checkov.main", "--directory", folder, ...options],
    {
      env,
      encoding: "utf8",
      maxBuffer: 256 * 1024 * 1024,
    },
  );
  assert.equal(status, 0, stderr);
  const { results } = JSON.parse(stdout) as {
    results: { failed_checks: Finding[]; passed_checks: Finding[]; parsing_errors: string[] };
  };
  assert.deepEqual(results.parsing_errors, []);
  return { failed: results.failed_checks, passed: results.passed_checks };
}

/** `Kind name`, without the namespace and the hash in the name of a Job. */
function objectOf({ resource }: Finding): string {
  const [kind = "", , ...name] = resource.split(".");
  return `${kind} ${name.join(".").replace(/-[0-9a-f]{8}$/, "")}`;
}
