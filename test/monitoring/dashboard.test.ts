import assert from "node:assert/strict";
import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";
import { manifestOf } from "../support/pods";
import type { DashboardPanel } from "../support/rules";
import { knownMetrics } from "./known-metrics";
import { everyAlert, renderedDashboard, withoutExporter } from "../support/rules";

const wrongAboveFifty = /certctl_certificate_(active|expiring_soon|expired|revoked)/;

describe("the dashboard", () => {
  let dashboard: { panels: DashboardPanel[]; [key: string]: unknown };
  let charts: DashboardPanel[];

  before(async () => {
    dashboard = await renderedDashboard();
    charts = dashboard.panels.filter(({ type }) => type !== "row");
  });

  it("is a ConfigMap that Grafana's sidecar finds", async () => {
    const manifests = await renderArgs({ ...placeholderArgs({}), ...everyAlert });
    const labels = manifestOf(manifests, "ConfigMap", "certctl-monitoring-dashboard").metadata
      .labels as Record<string, string>;
    assert.equal(labels.grafana_dashboard, "1");
  });

  it("has variables for the data source, the namespace and the instance, which begin with this one", () => {
    const { list } = dashboard.templating as { list: { name: string; current?: { value: string } }[] };
    assert.deepEqual(
      list.map(({ name, current }) => [name, current?.value]),
      [
        ["datasource", undefined],
        ["namespace", "certctl"],
        ["server", "certctl-server"],
      ],
    );
    assert.ok(Number(dashboard.schemaVersion) >= 39);
  });

  it("has a title, a unit and a query with a legend in each panel", () => {
    assert.ok(charts.length > 15);
    for (const { title, fieldConfig, targets = [] } of charts) {
      assert.ok(title.length > 0);
      assert.ok(fieldConfig?.defaults.unit, title);
      assert.ok(targets.length > 0, title);
      for (const { expr, legendFormat } of targets) assert.ok(expr && legendFormat, title);
    }
  });

  it("has no two panels of the same id, and none over another", () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from(
        { length: w * h },
        (_, index) => `${String(x + (index % w))},${String(y + Math.floor(index / w))}`,
      ),
    );
    assert.equal(new Set(cells).size, cells.length);
    assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
    assert.ok(dashboard.panels.every(({ gridPos: { x, w } }) => x + w <= 24));
  });

  it("says where a number is wrong above 50 certificates", async () => {
    const { panels } = await renderedDashboard(withoutExporter);
    const about = panels.filter(({ targets = [] }) => targets.some(({ expr }) => wrongAboveFifty.test(expr)));
    assert.ok(about.length > 0);
    for (const panel of about) assert.match(JSON.stringify(panel), /50 oldest/);
  });

  it("shows no such number, and warns of none, where an exporter knows the right one", () => {
    for (const panel of charts)
      assert.doesNotMatch(
        JSON.stringify(panel),
        new RegExp(`${wrongAboveFifty.source}|50 oldest`),
        panel.title,
      );
    const shown = JSON.stringify(charts);
    for (const metric of knownMetrics.exporter ?? []) assert.ok(shown.includes(`${metric}{`), metric);
  });
});
