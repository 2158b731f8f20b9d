/** Series by name, with values in promtool's notation; `null` takes one away. */
export type SeriesValues = Record<string, string>;

/** An instance, as the labels of its series name it. */
export interface SeriesOwner {
  namespace: string;
  name: string;
}

/** A series as promtool takes it. */
export interface InputSeries {
  series: string;
  values: string;
}

/** Every series of an instance with so many servers. Later values replace earlier ones of the same series. */
export function inputSeries(owner: SeriesOwner, replicas: number, ...layers: SeriesValues[]): InputSeries[] {
  const found = new Map<string, string>();
  for (const [key, values] of layers.flatMap((layer) => Object.entries(layer))) {
    const selected = key.endsWith("*")
      ? [...found.keys()].filter((series) => series.startsWith(key.slice(0, -1)))
      : seriesOf(key, owner, replicas);
    for (const series of selected) found.set(series, values);
  }
  return [...found].flatMap(([series, values]) => (values === "null" ? [] : [{ series, values }]));
}

function seriesOf(key: string, { namespace, name }: SeriesOwner, replicas: number): string[] {
  const [, metric = "", labels = "", only] = /^(\w+)(?:\{(.*)\})?(?: @(\d))?$/.exec(key) ?? [];
  if (metric === "") throw new Error(`${key} is no series`);
  const own = labels.replaceAll('"certctl-', `"${name}-`);
  const withLabels = (...more: string[]): string =>
    `${metric}{${[`namespace="${namespace}"`, ...more, ...(own ? [own] : [])].join(",")}}`;
  if (!/^(certctl_|up$)/.test(metric) || labels.includes('job="')) return [withLabels()];
  const servers = Array.from({ length: replicas }, (_, index) => index + 1).filter(
    (server) => only === undefined || Number(only) === server,
  );
  return servers.map((server) =>
    withLabels(
      `job="${name}-server"`,
      `instance="10.0.0.${server}:8443"`,
      `pod="${name}-server-5d8c7b9f4-x${server}"`,
    ),
  );
}
