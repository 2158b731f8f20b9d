import assert from "node:assert/strict";
import { join } from "node:path";
import { documentedArguments } from "../../scripts/generate/arguments-schema";
import type { SchemaNode } from "../../scripts/generate/arguments-schema";
import { renderArgs } from "../../scripts/render/render-stack";
import { checkCertctl } from "../../src/instance/instance-checks";
import { argumentPaths, withValues } from "./argument-tests";
import { argumentCases } from "./arguments";

/**
 * Defaults that are certctl's or Kubernetes' own: nothing is written for them, and a value that is given is
 * passed on.
 */
const notOurs = [
  "server.rateLimiting.bucketTtl",
  ...[
    "renewalCheckInterval",
    "jobProcessorInterval",
    "jobClaimLimit",
    "agentHealthCheckInterval",
    "notificationProcessInterval",
    "notificationRetryInterval",
    "retryInterval",
    "jobTimeoutInterval",
    "crlGenerationInterval",
  ].map((key) => `server.scheduler.${key}`),
  "server.est.open.issuerId",
  "server.networkScan.enabled",
  "server.networkScan.interval",
  "server.blockPrivateNetworks",
  "server.maxBodySize",
  "server.service.externalTrafficPolicy",
  "server.notifiers.slack.username",
  "server.notifiers.pagerduty.severity",
  "server.notifiers.opsgenie.priority",
];

describe("a documented default", function () {
  this.timeout(120_000);
  const { definitions } = documentedArguments(join(__dirname, "../.."));
  const defaults = literalDefaults();

  it("is a value for most arguments that have one", () => {
    assert.ok(Object.keys(defaults).length > 200, String(Object.keys(defaults).length));
  });

  // One rendering shows that all of one configuration change nothing; only a difference is looked at more closely.
  for (const [given, paths] of Object.entries(byConfiguration())) {
    const values = JSON.parse(given) as Record<string, unknown>;
    it(`of ours changes no manifest when it is set, as ${paths[0] ?? ""}`, async () => {
      assert.deepEqual(await changing(values, paths), []);
    });
  }

  it("that is not ours is passed on", async () => {
    for (const path of notOurs) {
      const given = argumentCases[path]?.given ?? {};
      assert.deepEqual(await changing(given, [path]), [path]);
    }
  });

  const renderings = new Map<string, Promise<string>>();
  /** The manifests, rendered once for all comparisons with the same configuration. */
  function rendered(values: Record<string, unknown>): Promise<string> {
    const key = JSON.stringify(values);
    const rendering =
      renderings.get(key) ?? renderArgs(withValues(values)).then((all) => JSON.stringify(all));
    renderings.set(key, rendering);
    return rendering;
  }

  /** Those of the paths whose default changes a manifest. */
  async function changing(given: Record<string, unknown>, paths: string[]): Promise<string[]> {
    const set = Object.fromEntries(paths.map((path) => [path, defaults[path]]));
    if ((await rendered(given)) === (await rendered({ ...given, ...set }))) return [];
    if (paths.length === 1) return paths;
    const half = Math.ceil(paths.length / 2);
    return [...(await changing(given, paths.slice(0, half))), ...(await changing(given, paths.slice(half)))];
  }

  /** The paths that can be set together, by what else must be given for them. */
  function byConfiguration(): Record<string, string[]> {
    const groups: Record<string, string[]> = {};
    for (const path of Object.keys(defaults)) {
      if (notOurs.includes(path)) continue;
      const given = JSON.stringify(argumentCases[path]?.given ?? {});
      (groups[given] ??= []).push(path);
    }
    return groups;
  }

  /** Of the arguments whose default is a value, and not a sentence: the value. */
  function literalDefaults(): Record<string, unknown> {
    const found = argumentPaths().flatMap((path) => {
      const value = nodeAt(path)?.default;
      return value === undefined || !isAccepted(path, value) ? [] : [[path, value] as const];
    });
    return Object.fromEntries(found);
  }

  /** Whether the checks take it where the argument applies. A sentence is no number, no choice and no name. */
  function isAccepted(path: string, value: unknown): boolean {
    if (typeof value === "string" && / (?!\*|\d)/.test(value)) return false;
    const given = argumentCases[path]?.given ?? {};
    return issuesOf({ ...given, [path]: value }) === issuesOf(given);
  }

  /** Placeholders for secrets are among them. */
  function issuesOf(values: Record<string, unknown>): string {
    return JSON.stringify(checkCertctl(withValues(values)));
  }

  function nodeAt(path: string): SchemaNode | undefined {
    const step = (node: SchemaNode | undefined, key: string): SchemaNode | undefined => {
      const target = node?.$ref === undefined ? node : definitions[node.$ref.split("/").at(-1) ?? ""];
      return target?.properties?.[key];
    };
    return path.split(".").reduce(step, definitions.CertctlArgs);
  }
});
