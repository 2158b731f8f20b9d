import assert from "node:assert/strict";
import type { Resource } from "../../src/policy/instance";
import { reports } from "../../src/policy/rule";
import type { Rule } from "../../src/policy/rule";
import { rules } from "../../src/policy/rules";
import { configurationCases } from "./bad-cases";
import { stateCases } from "./bad-state";
import { changed, goodStack, resourcesOf, stackArgs } from "./stacks";
import type { StackName } from "./stacks";

const cases = [...configurationCases, ...stateCases];

/** What the rules report, by their names. Names of objects are without the hashes of what is in them. */
function allReports(
  resources: readonly Resource[],
  settings: Record<string, Record<string, unknown>> = {},
): Record<string, string[]> {
  const hash = /-[0-9a-f]{8}\b/g;
  const messages = (rule: Rule): string[] =>
    reports(rule, resources, settings[rule.name]).map(({ message }) => message.replaceAll(hash, ""));
  const all = rules.map((rule) => [rule.name, messages(rule)] as const);
  return Object.fromEntries(all.filter(([, found]) => found.length > 0));
}

describe("the policy pack", function () {
  this.timeout(300_000);
  const good = {} as Record<StackName, Resource[]>;

  before(async () => {
    good.dev = await goodStack("dev");
    good["prod-ha"] = await goodStack("prod-ha");
  });

  for (const [stack, advice] of [
    ["dev", ["certctl-image-digests", "certctl-backups"]],
    ["prod-ha", ["certctl-image-digests"]],
  ] as const) {
    it(`finds nothing in ${stack} with images by digest and backups`, () => {
      assert.deepEqual(allReports(good[stack]), {});
    });

    it(`gives the stack ${stack} as it is committed advice, and refuses nothing`, async () => {
      const found = Object.keys(allReports(await resourcesOf(stack, await stackArgs(stack))));
      assert.deepEqual(found, advice);
      assert.ok(
        rules
          .filter(({ name }) => found.includes(name))
          .every(({ enforcementLevel }) => enforcementLevel === "advisory"),
      );
    });
  }

  it("looks at certctl's objects alone, wherever they are", () => {
    const bad = changed(good["prod-ha"], {
      set: [
        ["Deployment certctl-server", "spec template spec hostNetwork", true],
        ["Service certctl-server", "spec type", "NodePort"],
      ],
      unprotect: ["PersistentVolumeClaim certctl-postgres"],
    });
    const relabelled = JSON.stringify(bad.map((resource) => ({ ...resource, dependencies: [] }))).replaceAll(
      '"certctl"',
      '"something"',
    );
    assert.deepEqual(Object.keys(allReports(bad)), [
      "certctl-no-node-access",
      "certctl-closed-services",
      "certctl-protected-data",
    ]);
    assert.deepEqual(allReports(JSON.parse(relabelled) as Resource[]), {});
  });

  it("looks at the SQL exporter as at every other pod", async () => {
    const watched = await goodStack("dev", { monitoring: { enabled: true, sqlExporter: { enabled: true } } });
    assert.deepEqual(allReports(watched), {});
    const exporter = "Deployment certctl-sql-exporter";
    const bad = changed(watched, {
      set: [
        [exporter, "spec template spec securityContext runAsNonRoot", undefined],
        [
          exporter,
          "spec template spec containers exporter env PGPASSWORD",
          { name: "PGPASSWORD", value: "hunter-2" },
        ],
      ],
      remove: ["NetworkPolicy certctl-sql-exporter"],
    });
    assert.deepEqual(allReports(bad), {
      "certctl-non-root": [`${exporter}: container exporter: runAsNonRoot is not set; set it to true`],
      "certctl-network-policies": [
        `${exporter}: no network policy with policyTypes Ingress selects its pods; add one`,
        `${exporter}: no network policy with policyTypes Egress selects its pods; add one`,
      ],
      "certctl-literal-secrets": [
        `${exporter}: container exporter, variable PGPASSWORD is secret, and its value is open to read; read it from a Secret`,
      ],
    });
  });

  for (const bad of cases) {
    it(`${bad.rule} refuses ${bad.title}`, () => {
      const found = allReports(changed(good["prod-ha"], bad), { [bad.rule]: bad.settings ?? {} });
      assert.deepEqual(found, { [bad.rule]: bad.reports });
    });
  }

  it("has a bad stack for every rule", () => {
    const tried = new Set(cases.map(({ rule }) => rule));
    assert.deepEqual(
      rules.map(({ name }) => name).filter((name) => !tried.has(name)),
      [],
    );
  });
});
