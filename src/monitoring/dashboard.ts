import { contentHash } from "../kubernetes/hash";
import type { AlertContext } from "./alerts/alert";
import { dashboardRows } from "./dashboard-panels";
import type { Panel, PanelRow } from "./dashboard-panels";

const columns = 24;
const datasource = { type: "prometheus", uid: "${datasource}" };

interface GridPosition {
  x: number;
  y: number;
  w: number;
  h: number;
}

/**
 * The dashboard as Grafana reads it. Its variables begin with this instance, and reach every other that the
 * same Prometheus watches.
 */
export function dashboardJson(context: AlertContext): string {
  const { name, namespace } = context;
  const dashboard = {
    uid: `certctl-${contentHash({ name, namespace })}`,
    title: `certctl / ${namespace} / ${name}`,
    tags: ["certctl"],
    schemaVersion: 39,
    editable: false,
    timezone: "browser",
    refresh: "1m",
    time: { from: "now-24h", to: "now" },
    templating: { list: variables(context) },
    panels: panels(dashboardRows(context)),
  };
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}

function variables({ namespace, server }: AlertContext): object[] {
  const labelValues = (name: string, label: string, query: string, value: string) => ({
    name,
    label,
    type: "query",
    datasource,
    query: { query, refId: name },
    current: { text: value, value },
    refresh: 2,
    sort: 1,
  });
  return [
    { name: "datasource", label: "Data source", type: "datasource", query: "prometheus" },
    labelValues("namespace", "Namespace", "label_values(certctl_uptime_seconds, namespace)", namespace),
    labelValues(
      "server",
      "Instance",
      'label_values(certctl_uptime_seconds{namespace="$namespace"}, job)',
      server,
    ),
  ];
}

/** Panels in lines from left to right, below the heading of their row. */
function panels(rows: readonly PanelRow[]): object[] {
  const placed: object[] = [];
  const add = (gridPos: GridPosition, content: object): void =>
    void placed.push({ id: placed.length + 1, gridPos, ...content });
  let y = 0;
  for (const row of rows) {
    add({ x: 0, y, w: columns, h: 1 }, { type: "row", title: row.title, collapsed: false, panels: [] });
    y += 1;
    let x = 0;
    let height = 0;
    for (const panel of row.panels) {
      if (x + panel.width > columns) [x, y] = [0, y + height];
      height = panel.kind === "stat" ? 4 : 8;
      add({ x, y, w: panel.width, h: height }, panelContent(panel));
      x += panel.width;
    }
    y += height;
  }
  return placed;
}

function panelContent({ kind, title, description, unit, queries }: Panel): object {
  return {
    type: kind,
    title,
    ...(description !== undefined && { description }),
    datasource,
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: Object.entries(queries).map(([legendFormat, expr], index) => ({
      refId: String.fromCharCode("A".charCodeAt(0) + index),
      datasource,
      expr,
      legendFormat,
    })),
  };
}
