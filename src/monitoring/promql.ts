/** What is watched: one instance, by the names that its metrics carry. */
export interface WatchedInstance {
  /** Name of the instance. */
  name: string;
  namespace: string;
  /** Name of the server's Service and Deployment; with a ServiceMonitor it is the label `job`. */
  server: string;
}

/** A window of time in PromQL, with its seconds. */
export interface Window {
  text: string;
  seconds: number;
}

/** A series of the instance's server. Two instances in a cluster, or in a namespace, do not mix. */
export function serverSeries(
  metric: string,
  { namespace, server }: WatchedInstance,
  ...matchers: string[]
): string {
  return `${metric}{${[`namespace="${namespace}"`, `job="${server}"`, ...matchers].join(",")}}`;
}

/** A series about an object of the instance, as kube-state-metrics and the kubelet give it. */
export function objectSeries(metric: string, { namespace }: WatchedInstance, ...matchers: string[]): string {
  return `${metric}{${[`namespace="${namespace}"`, ...matchers].join(",")}}`;
}

/** A series of the SQL exporter. */
export function exporterSeries(
  metric: string,
  instance: WatchedInstance,
  exporter: string,
  ...matchers: string[]
): string {
  return objectSeries(metric, instance, `job="${exporter}"`, ...matchers);
}

/** A figure of the database, which is the same on every replica. */
export function maximum(series: string): string {
  return `max by (namespace) (${series})`;
}

/** Figures that add up over replicas. */
export function total(series: string): string {
  return `sum by (namespace) (${series})`;
}

/** No target answers a scrape, or there is none: `up` are the series of that name of all targets. */
export function unanswered(up: string): string {
  return `${total(up)} == 0 or ${total(`absent(${up})`)}`;
}

/**
 * Events that a counter of the process saw in a window, over all replicas, as a whole number.
 *
 * A series of certctl appears with its first event, which no rate shows. So a series that is new counts from
 * nothing, when its target is known to have been there before it: scraped at the window's begin, or started
 * since. Otherwise an old count would be taken for new after Prometheus itself was away. `increase` alone
 * knows of restarts, but guesses at the window's edges. Series of pods that are gone count with what they
 * had.
 */
export function events(
  metric: string,
  instance: WatchedInstance,
  window: Window,
  ...matchers: string[]
): string {
  const series = serverSeries(metric, instance, ...matchers);
  const [range, before] = [`${series}[${window.text}]`, `${series} offset ${window.text}`];
  const scrapedBefore = `${serverSeries("up", instance)} offset ${window.text} == 1`;
  const uptime = `${serverSeries("certctl_uptime_seconds", instance)}[${window.text}]`;
  const startedSince = `min_over_time(${uptime}) < ${window.seconds} unless resets(${uptime}) > 0`;
  const appeared = `(max_over_time(${range}) unless ${before}) and on (namespace, job, instance) ((${scrapedBefore}) or (${startedSince}))`;
  const rose = `(max_over_time(${range}) - (${before})) unless resets(${range}) > 0`;
  return total(`(${appeared}) or (${rose}) or round(increase(${range}))`);
}

// facts: metrics
/**
 * How much a count of rows in the database rose in a window, at its highest. Such counts fall too, when a
 * retry takes a job back from failed: that is no event, and `increase` would take it for a
 * restart.
 */
export function rise(metric: string, instance: WatchedInstance, window: Window): string {
  const series = serverSeries(metric, instance);
  return `clamp_min(${maximum(`max_over_time(${series}[${window.text}])`)} - ${maximum(`${series} offset ${window.text}`)}, 0)`;
}

/** Minutes as PromQL writes them. */
export function minutes(count: number): Window {
  return { text: count % 60 === 0 ? `${count / 60}h` : `${count}m`, seconds: count * 60 };
}
