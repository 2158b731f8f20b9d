import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { prometheusSeconds } from "../../src/kubernetes/units";
import { prometheusProgram } from "../support/promtool";
import type { CertctlArgs } from "../../src/certctl-args";
import type { AlertingRule } from "../../src/monitoring/prometheus-rule";
import { everyAlert, renderedGroups, renderedRules, withoutExporter } from "../support/rules";
import { inputSeries } from "./series";
import type { InputSeries, SeriesValues } from "./series";

interface AlertCase {
  firing: SeriesValues;
  below: SeriesValues;
  silentAt: string;
  firesAt: string;
  labels: Record<string, string>;
  summary: string;
  also?: string[];
  replicas?: string[];
  variants?: Record<string, { series: SeriesValues; summary?: string }>;
  quiet?: Record<string, { series: SeriesValues; at: string }>;
}

interface TestGroup {
  name: string;
  interval: string;
  input_series: InputSeries[];
  alert_rule_test: { eval_time: string; alertname: string; exp_alerts: ExpectedAlert[] }[];
}

interface ExpectedAlert {
  exp_labels: Record<string, string>;
  exp_annotations: Record<string, string>;
}

/** What is tested, and the folder of its cases. */
const configurations = [
  { title: "the alerts", folder: "cases", args: everyAlert },
  { title: "the alerts without an SQL exporter", folder: "cases-without-exporter", args: withoutExporter },
];

// All is text here: YAML would take the values 0x60 for a number.
const read = (file: string): unknown =>
  parse(readFileSync(join(__dirname, file), "utf8"), { schema: "failsafe" });
const healthy = read("healthy.yaml") as SeriesValues;

/** Series of a healthy instance up to a time, with changes. */
function instanceSeries(
  until: string,
  replicas: number,
  changes: SeriesValues = {},
  owner = { namespace: "certctl", name: "certctl" },
): InputSeries[] {
  const length = String(prometheusSeconds(until) / 60 + 1);
  const values = Object.fromEntries(
    Object.entries(healthy).map(([series, value]) => [series, value.replaceAll("$", length)]),
  );
  return inputSeries(owner, replicas, values, changes);
}

for (const { title, folder, args } of configurations)
  describe(title, function () {
    testAlerts(this, folder, args);
  });

function testAlerts(suite: Mocha.Suite, folder: string, args: CertctlArgs): void {
  suite.timeout(300_000);
  const caseNames = readdirSync(join(__dirname, folder)).map((file) => file.replace(/\.yaml$/, ""));
  let promtool: string;
  let work: string;
  let rules: AlertingRule[];

  before(async function () {
    rules = await renderedRules(args);
    work = mkdtempSync(join(tmpdir(), "certctl-alerts-"));
    try {
      promtool = prometheusProgram("promtool");
    } catch (error) {
      if (process.env.CI !== undefined) throw error;
      console.log(`The alert tests are not run: ${(error as Error).message}.`);
      this.skip();
    }
  });
  after(() => {
    rmSync(work, { recursive: true, force: true });
  });

  it("are valid rules without a warning", async () => {
    const file = join(work, "whole.yaml");
    writeFileSync(file, stringify({ groups: await renderedGroups(args) }));
    const { status, stdout, stderr } = spawnSync(
      promtool,
      ["check", "rules", "--lint=all", "--lint-fatal", file],
      { encoding: "utf8" },
    );
    assert.equal(status, 0, stdout + stderr);
  });

  it("have a case each, those that are the same everywhere once", async () => {
    const tested = args === everyAlert ? [] : (await renderedRules()).map(({ expr }) => expr);
    const asked = rules.filter(({ expr }) => !tested.includes(expr)).map(({ alert }) => alert);
    assert.deepEqual([...caseNames].sort(), asked.sort());
  });

  it("are silent for half a day about an instance without trouble", () => {
    assert.deepEqual(failures([test("healthy", instanceSeries("12h", 3), "12h")], rules), []);
  });

  for (const name of caseNames) {
    describe(name, () => {
      const given = read(`${folder}/${name}.yaml`) as AlertCase;
      const { firing, below, silentAt, firesAt, variants = {}, quiet = {} } = given;
      const replicas = (given.replicas ?? ["1", "3"]).map(Number);
      const most = Math.max(...replicas);
      let failed: string[];

      before(() => {
        const expected = (summary = given.summary) => ({
          exp_labels: given.labels,
          exp_annotations: { summary },
        });
        const fires = (group: string, series: SeriesValues, count = most, summary?: string) =>
          test(
            group,
            instanceSeries(firesAt, count, series),
            firesAt,
            { [name]: expected(summary) },
            given.also,
          );
        const silent = (group: string, series: SeriesValues, at: string) =>
          test(group, instanceSeries(at, most, series), at, {}, given.also);
        const others = [
          { namespace: "other", name: "certctl" },
          { namespace: "certctl", name: "pki" },
        ].flatMap((owner) => instanceSeries(firesAt, most, firing, owner));

        failed = [
          // Every rule is asked here, and this alert's own below: all of them at all times would take
          // minutes.
          ...failures([fires("alone", firing)], rules),
          ...failures(
            [
              ...replicas.map((count) => fires(`${count} servers`, firing, count)),
              ...Object.entries(variants).map(([when, { series, summary }]) =>
                fires(when, series, most, summary),
              ),
              ...Object.entries(quiet).map(([when, { series, at }]) => silent(when, series, at)),
              silent("below", below, firesAt),
              silent("early", firing, silentAt),
              test("others", [...instanceSeries(firesAt, most), ...others], firesAt),
            ],
            rules.filter(({ alert }) => alert === name),
          ),
        ];
      });

      it("fires, and no other alert does", () => {
        assertPassed(failed, "alone");
      });
      for (const count of replicas) {
        it(`fires once, with exactly its labels: ${count} ${count === 1 ? "server" : "servers"}`, () => {
          assertPassed(failed, `${count} servers`);
        });
      }
      for (const when of Object.keys(variants)) {
        it(`fires: ${when}`, () => {
          assertPassed(failed, when);
        });
      }
      for (const when of Object.keys(quiet)) {
        it(`is silent: ${when}`, () => {
          assertPassed(failed, when);
        });
      }
      it("does not fire just below the threshold", () => {
        assertPassed(failed, "below");
      });
      it("does not fire before its time", () => {
        assertPassed(failed, "early");
      });
      it("does not fire for another instance, in another namespace or in the same one", () => {
        assertPassed(failed, "others");
      });
    });
  }

  /** A group of promtool, which looks at alerts at one time. What is not expected must be silent. */
  function test(
    name: string,
    series: InputSeries[],
    at: string,
    firing: Record<string, ExpectedAlert> = {},
    ignored: string[] = [],
  ): TestGroup {
    const expectations = rules
      .filter(({ alert }) => !ignored.includes(alert))
      .map(({ alert }) => ({
        eval_time: at,
        alertname: alert,
        exp_alerts: firing[alert] ? [firing[alert]] : [],
      }));
    return { name, interval: "1m", input_series: series, alert_rule_test: expectations };
  }

  /** What promtool says of the groups that fail with these rules, one text each. */
  function failures(tests: TestGroup[], loaded: AlertingRule[]): string[] {
    // Summaries are compared word by word. The other annotations have no templates, and tests of their own.
    const tested = loaded.map((rule) => ({ ...rule, annotations: { summary: rule.annotations.summary } }));
    const names = loaded.map(({ alert }) => alert);
    const asked = tests.map((group) => ({
      ...group,
      alert_rule_test: group.alert_rule_test.filter(({ alertname }) => names.includes(alertname)),
    }));
    writeFileSync(join(work, "rules.yaml"), stringify({ groups: [{ name: "certctl", rules: tested }] }));
    writeFileSync(
      join(work, "tests.yaml"),
      stringify({ rule_files: ["rules.yaml"], evaluation_interval: "1m", tests: asked }),
    );
    const { status, stdout, stderr } = spawnSync(promtool, ["test", "rules", join(work, "tests.yaml")], {
      encoding: "utf8",
    });
    const texts = (stdout + stderr).split(/^(?= {4}name: )/m).slice(1);
    assert.equal(status === 0, texts.length === 0, stdout + stderr);
    return texts;
  }

  function assertPassed(failed: string[], group: string): void {
    assert.deepEqual(
      failed.filter((text) => text.trimStart().startsWith(`name: ${group},`)),
      [],
    );
  }
}
