import assert from "node:assert/strict";
import { metricFinder } from "../support/promql";
import { everyAlert, renderedDashboard, renderedRules, withoutExporter } from "../support/rules";
import { knownMetrics } from "./known-metrics";

const known = Object.values(knownMetrics).flat();
/** With every alert, in both of their forms. */
const configurations = [everyAlert, withoutExporter];

describe("the metrics that are asked for", () => {
  let metricsOf: (expression: string) => string[];

  before(async () => {
    metricsOf = await metricFinder();
  });

  it("a parser finds, and refuses what is no PromQL", () => {
    assert.deepEqual(
      metricsOf('sum by (a) (rate(x_total{b="c"}[5m])) / on (a) max(y offset 1h) or absent(z)'),
      ["x_total", "y", "z"],
    );
    assert.throws(() => metricsOf("sum(x"), /no PromQL/);
    assert.throws(() => metricsOf('{job="x"}'), /without a metric/);
  });

  it("exist, in every rule", async () => {
    const rules = (await Promise.all(configurations.map((args) => renderedRules(args)))).flat();
    assert.ok(rules.length > 60);
    for (const { alert, expr } of rules) {
      const metrics = metricsOf(expr);
      assert.ok(metrics.length > 0, alert);
      assert.deepEqual(
        metrics.filter((metric) => !known.includes(metric)),
        [],
        alert,
      );
    }
  });

  it("exist, in every query of the dashboard", async () => {
    const dashboards = await Promise.all(configurations.map((args) => renderedDashboard(args)));
    const queries = dashboards.flatMap(({ panels }) =>
      panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr }))),
    );
    assert.ok(queries.length > 60);
    for (const { title, expr } of queries) {
      assert.deepEqual(
        metricsOf(expr).filter((metric) => !known.includes(metric)),
        [],
        title,
      );
    }
  });

  it("are those of one instance: every selector names namespace and server, or an object of it", async () => {
    for (const { alert, expr } of await renderedRules()) {
      const selectors = [...expr.matchAll(/\b[a-z_]+\{([^}]*)\}/g)].map(([, matchers]) => matchers ?? "");
      assert.deepEqual(
        selectors.filter(
          (matchers) => !/^namespace="certctl",(job="certctl-server"|.*"certctl-[a-z])/.test(matchers),
        ),
        [],
        alert,
      );
      assert.equal(selectors.length, (expr.match(/namespace="certctl"/g) ?? []).length, alert);
    }
  });

  it("of kube-state-metrics and the kubelet are asked for only where they are", async () => {
    const rules = await renderedRules({
      monitoring: { enabled: true, rules: { kubeStateMetrics: false, kubeletMetrics: false } },
    });
    const metrics = rules.flatMap(({ expr }) => metricsOf(expr));
    assert.deepEqual(
      metrics.filter((metric) => metric.startsWith("kube")),
      [],
    );
  });
});
