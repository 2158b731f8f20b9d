import { prometheusSeconds } from "../../../src/kubernetes/units";
import type { AlertsSettings } from "../../../src/monitoring/alerts-args";
import type { MonitoringSettings } from "../../../src/monitoring/monitoring-args";
import { alerts } from "../../../src/monitoring/alerts";

/** Longer than pods take to go or to come, which cannot be hurried. */
const shortestSeconds = 10;

/**
 * The monitoring of a stack by other settings: scrapes every two seconds, and conditions that must hold a
 * sixtieth of their time.
 */
export function inTimeLapse(monitoring: MonitoringSettings): MonitoringSettings {
  const shorter = Object.entries(alerts).map(([name, { for: holds }]) => {
    const seconds = prometheusSeconds(holds);
    return [name, { for: seconds === 0 ? "0s" : `${String(Math.max(shortestSeconds, seconds / 60))}s` }];
  });
  return {
    ...monitoring,
    serviceMonitor: { ...monitoring.serviceMonitor, interval: "2s", scrapeTimeout: "2s" },
    rules: {
      ...monitoring.rules,
      interval: "1s",
      alerts: {
        ...(Object.fromEntries(shorter) as AlertsSettings),
        // Volumes are folders on the disk of this machine, which may be as full as it likes.
        CertctlDatabaseVolumeFilling: { threshold: 0 },
        CertctlDatabaseVolumeFull: { threshold: 0 },
      },
    },
  };
}
