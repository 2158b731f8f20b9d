import assert from "node:assert/strict";
import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { placeholder, withPlaceholders } from "../../src/checks/placeholders";
import schema from "../../src/checks/schema.json";
import { checkedInstance } from "../../src/instance/instance-checks";
import { instancePlan } from "../../src/instance/plan";
import type { InstancePlan } from "../../src/instance/plan";
import { argumentCases } from "./arguments";

interface Node {
  $ref?: string;
  properties?: Record<string, Node>;
}

const definitions = schema.definitions as unknown as Record<string, Node>;

/** How an instance, or the part of it that the chosen arguments go to, is rendered. */
type Render = (args: CertctlArgs) => unknown;

/** What an instance consists of with these arguments, which are checked as a program's are. */
export function checkedPlan(args: CertctlArgs): InstancePlan {
  return instancePlan(
    "certctl",
    withPlaceholders(() => checkedInstance("certctl", args)),
  );
}

/** A test for each chosen argument. In several files, because files run side by side. */
export function testArguments(chosen: (path: string) => boolean, render: Render = renderArgs): void {
  const renderings = new Map<string, unknown>();
  /** What is compared with, rendered once for all cases that share it. */
  const renderedWithout = (given: Record<string, unknown>): unknown => {
    const key = JSON.stringify(given);
    const rendering = renderings.get(key) ?? render(withValues(given));
    renderings.set(key, rendering);
    return rendering;
  };

  for (const [path, { value, given = {}, together = {}, insteadOf = [] }] of Object.entries(argumentCases)) {
    if (!chosen(path)) continue;
    it(`changes a manifest: ${path}`, async () => {
      const changed = withValues({ ...given, ...together, [path]: value }, insteadOf);
      assert.notDeepEqual(await render(changed), await renderedWithout(given));
    });
  }
}

/** Paths of the leaves of CertctlArgs. */
export function argumentPaths(definition = "CertctlArgs", prefix = ""): string[] {
  return Object.entries(definitions[definition]?.properties ?? {}).flatMap(([key, node]) => {
    const path = prefix ? `${prefix}.${key}` : key;
    const target = node.$ref?.split("/").at(-1) ?? "";
    return definitions[target]?.properties ? argumentPaths(target, path) : [path];
  });
}

export function withValues(values: Record<string, unknown>, without: string[] = []): CertctlArgs {
  const issuingCa = {
    caCertificate: placeholder("caCertificate"),
    caPrivateKey: placeholder("caPrivateKey"),
  };
  const args: Record<string, unknown> = { ...placeholderArgs({}), ...issuingCa };
  for (const [path, value] of Object.entries(values)) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    const parent = keys.reduce<Record<string, unknown>>(
      (at, key) => (at[key] ??= {}) as Record<string, unknown>,
      args,
    );
    parent[last] = value;
  }
  for (const key of without) Reflect.deleteProperty(args, key);
  return args;
}
