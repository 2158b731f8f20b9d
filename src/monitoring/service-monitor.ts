import type * as pulumi from "@pulumi/pulumi";
import type { LabelSource } from "../kubernetes/labels";
import { selectorLabels } from "../kubernetes/labels";
import { trustSource } from "../tls/trust";
import type { Trust } from "../tls/trust";
import { monitoringDefaults } from "./monitoring-settings";
import type { ServiceMonitorSettings } from "./monitoring-args";

/** Where the server shows its metrics. */
export const metricsPath = "/api/v1/metrics/prometheus";

/** What a ServiceMonitor is made from. */
export interface ScrapeInput extends LabelSource {
  settings: ServiceMonitorSettings;
  /** Secret with the API key `metrics`. */
  apiKeys: pulumi.Input<string>;
  trust: Trust;
  /** DNS name that the server's certificate is checked for. */
  serverName: pulumi.Input<string>;
}

/**
 * The spec of the ServiceMonitor. The operator reads key and CA certificates from their objects and reads
 * them again when they change; Prometheus then uses the new ones from the next scrape on. The name is the one
 * that agents verify too.
 */
export function serviceMonitorSpec(input: ScrapeInput): Record<string, unknown> {
  const { settings, trust } = input;
  return {
    selector: { matchLabels: selectorLabels(input, "server") },
    endpoints: [
      {
        port: "https",
        scheme: "https",
        path: metricsPath,
        ...scrapeFields(settings),
        authorization: { type: "Bearer", credentials: { name: input.apiKeys, key: "metrics" } },
        tlsConfig: { ...certificateAuthority(trust), serverName: input.serverName },
      },
    ],
  };
}

/**
 * The spec of the ServiceMonitor of the SQL exporter: by plain HTTP, because it shows numbers only, and only
 * Prometheus gets there.
 */
export function sqlExporterMonitorSpec(
  labelled: LabelSource,
  settings: ServiceMonitorSettings,
): Record<string, unknown> {
  return {
    selector: { matchLabels: selectorLabels(labelled, "sql-exporter") },
    endpoints: [{ port: "metrics", path: "/metrics", ...scrapeFields(settings) }],
  };
}

function scrapeFields({
  interval,
  scrapeTimeout,
  relabelings,
}: ServiceMonitorSettings): Record<string, unknown> {
  return {
    interval: interval ?? monitoringDefaults.scrapeInterval,
    scrapeTimeout: scrapeTimeout ?? monitoringDefaults.scrapeTimeout,
    ...(relabelings?.length && { relabelings }),
  };
}

function certificateAuthority(trust: Trust): { ca?: Record<string, unknown> } {
  const source = trustSource(trust);
  if (!source) return {};
  const { kind, ...ca } = source;
  return { ca: kind === "Secret" ? { secret: ca } : { configMap: ca } };
}
