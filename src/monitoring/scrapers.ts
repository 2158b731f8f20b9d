import { namedPods } from "../network/edges";
import type { NetworkPeer } from "../network/network-args";
import type { MonitoringSettings } from "./monitoring-args";

/** Who scrapes the instance. */
export function scrapers({ enabled, scrapers: given }: MonitoringSettings = {}): NetworkPeer[] {
  return enabled ? (given ?? [namedPods("monitoring", { "app.kubernetes.io/name": "prometheus" })]) : [];
}
