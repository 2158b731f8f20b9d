import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve as resolvePath } from "node:path";
import { parse } from "yaml";
import { renderStack } from "../../scripts/render/render-stack";
import { definitionSchema, resolve, stepInto, secretConfigKeys } from "../../src/checks/schema-check";
import { unknownKeyMessage } from "../../src/checks/unknown-keys";
import { findVariable } from "../../src/server/variables/catalogue";

interface Row {
  keys: string[];
  counterparts: string[];
  note: string;
}

const page = readFileSync(join(resolvePath(__dirname, "../.."), "docs/from-helm-values.md"), "utf8");
const chartKeys = readFileSync(join(__dirname, "helm-chart-keys.txt"), "utf8").split("\n").filter(Boolean);

const code = (cell = ""): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, text = ""]) => expanded(text));

const rows: Row[] = page
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .map(([, keys, here, note = ""]) => ({ keys: code(keys), counterparts: code(here), note }));

/** Keys whose values are secret. */
const secretChartKeys = chartKeys.filter((key) =>
  /(apiKey|[pP]assword|webhookUrl|routingKey|caKeyPath)$|^externalDatabase\.url$/.test(key),
);

describe("the page about the chart's values", () => {
  it("has each key of the chart exactly once", () => {
    assert.deepEqual(rows.flatMap(({ keys }) => keys).sort(), [...chartKeys].sort());
  });

  it("names counterparts that exist, or a reason", () => {
    for (const { keys, counterparts, note } of rows) {
      if (counterparts.length === 0) assert.ok(note.length > 10, keys.join());
      for (const path of counterparts) assert.ok(exists(path), `${keys.join()}: ${path}`);
    }
    assert.ok(
      !exists("server.notifiers.teams") &&
        !exists("secretEnv.CERTCTL_TEAMS_URL") &&
        !exists("server.replica"),
    );
  });

  it("is right that a key of the chart at its old place is refused with a hint", () => {
    const silent = chartKeys.map(refusal).filter((message) => message?.includes("allowed here") === true);
    assert.deepEqual(silent, []);
    assert.equal(
      refusal("server.smtp.useTLS"),
      "server.smtp.useTLS: unknown key; did you mean server.smtp.useTls?",
    );
  });

  it("names variables that exist for what the chart has no key for", () => {
    const others = [...page.matchAll(/`server\.env\.(\w+)`/g)].map(([, name = ""]) => name);
    assert.ok(others.length >= 6);
    for (const name of others) assert.equal(findVariable(name)?.status, "open", name);
  });

  it("makes every secret of the chart secret configuration", () => {
    assert.ok(secretChartKeys.length >= 9, secretChartKeys.join());
    for (const key of secretChartKeys) {
      const secret = counterpartsOf(key).filter((path) =>
        secretConfigKeys.includes(path.split(".")[0] ?? ""),
      );
      assert.ok(secret.length > 0, key);
    }
  });
});

describe("the example of the page", () => {
  const [values = {}, stack = {}] = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(
    ([, text = ""]) => parse(text) as Record<string, unknown>,
  );
  const config = stack.config as Record<string, unknown>;
  const arguments_ = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace("certctl:", ""), value]),
  );
  const leaves = leavesOf(values);

  it("has keys of the chart only", () => {
    assert.ok(leaves.length > 40, String(leaves.length));
    assert.deepEqual(
      leaves.filter(({ key }) => !chartKeys.includes(key)),
      [],
    );
  });

  for (const { key, value } of leaves) {
    it(`carries over ${key}`, () => {
      const counterparts = counterpartsOf(key);
      if (
        counterparts.length === 0 ||
        counterparts.every((path) => madeBySecretsCommand.includes(path.split(".")[0] ?? ""))
      )
        return;
      const found = counterparts.map((path) => valueAt(arguments_, path)).filter((one) => one !== undefined);
      assert.ok(found.length > 0, `none of ${counterparts.join()} is in the stack file`);
      if (typeof value === "boolean" || secretChartKeys.includes(key)) return;
      assert.ok(
        found.some((one) => text(one).includes(text(value))),
        `${text(value)} is not in ${found.map(text).join()}`,
      );
    });
  }

  it("renders, without a value of a secret in it", async () => {
    const rendered = JSON.stringify(await renderStack(config));
    for (const kind of [
      "Deployment",
      "DaemonSet",
      "Certificate",
      "Ingress",
      "ServiceMonitor",
      "PrometheusRule",
      "CronJob",
    ]) {
      assert.ok(rendered.includes(`"kind":"${kind}"`), kind);
    }
    const secrets = leaves.filter(({ key }) => secretChartKeys.includes(key)).map(({ value }) => text(value));
    assert.equal(secrets.length, 4);
    for (const secret of secrets)
      assert.ok(!rendered.includes(secret) && !JSON.stringify(config).includes(secret), secret);
  });
});

/** `npm run secrets` makes them. */
const madeBySecretsCommand = ["apiKeys", "databasePassword"];

/** `a.{b,c}` is `a.b` and `a.c`, as in a shell. */
function expanded(path: string): string[] {
  const [braces, choices = ""] = /\{([^}]*)\}/.exec(path) ?? [];
  return braces === undefined
    ? [path]
    : choices.split(",").flatMap((choice) => expanded(path.replace(braces, choice)));
}

function counterpartsOf(key: string): string[] {
  return rows.find(({ keys }) => keys.includes(key))?.counterparts ?? [];
}

function exists(path: string): boolean {
  const [first = "", ...others] = path.split(".");
  if (first === "secretEnv") return findVariable(others.join("."))?.status === "open";
  let node = resolve(definitionSchema("StackArgs"));
  for (const step of [first, ...others]) {
    node = resolve(stepInto(node, step));
    if (!node) return false;
  }
  return true;
}

/** What is said of a key of the chart; nothing of one that is a setting here, too. */
function refusal(key: string): string | undefined {
  const steps = key.replaceAll("[]", "").split(".");
  let node = resolve(definitionSchema("StackArgs"));
  for (const [index, step] of steps.entries()) {
    const next = resolve(stepInto(node, step));
    if (!next)
      return `${key}: ${unknownKeyMessage(steps.slice(0, index), step, Object.keys(node?.properties ?? {}))}`;
    if (!next.properties) return undefined;
    node = next;
  }
  return undefined;
}

function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce((at, step) => (at as Record<string, unknown> | undefined)?.[step], value);
}

/** Every value with its key; lists of maps are looked into, as in `ingress.hosts[].host`. */
function leavesOf(value: unknown, key = ""): { key: string; value: unknown }[] {
  if (chartKeys.includes(key) || typeof value !== "object" || value === null) return [{ key, value }];
  if (Array.isArray(value)) return value.flatMap((item) => leavesOf(item, `${key}[]`));
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, key ? `${key}.${name}` : name));
}

/** Lists as comma lists, which the chart has in their place. */
function text(value: unknown): string {
  if (Array.isArray(value)) return value.join(",");
  return typeof value === "string" ? value : JSON.stringify(value);
}
