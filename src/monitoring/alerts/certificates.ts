import { events, exporterSeries, maximum, minutes, serverSeries } from "../promql";
import type { Alert, AlertContext } from "./alert";

const oldestOnly =
  "certctl counts among its 50 oldest certificates only, so above 50 certificates the number may be too low, and 0 proves nothing. " +
  "CertctlCertificateRenewalOverdue sees all of them, and so does monitoring.sqlExporter.";

const ofAll =
  "Of all certificates, as the SQL exporter counts them in the database; those that are revoked or archived are left out.";

/**
 * A number of certificates: of all, where an exporter asks the database, and otherwise as certctl counts
 * them.
 */
function counted(context: AlertContext, gauge: string, metric: string, ...matchers: string[]): string {
  const { exporter } = context;
  return maximum(
    exporter === undefined
      ? serverSeries(gauge, context)
      : exporterSeries(metric, context, exporter, ...matchers),
  );
}

function expiringSoon(context: AlertContext): string {
  return counted(
    context,
    "certctl_certificate_expiring_soon",
    "certctl_sql_certificates_expiring",
    'days="30"',
  );
}

function expired(context: AlertContext): string {
  return counted(context, "certctl_certificate_expired", "certctl_sql_certificates_expired");
}

const description = ({ exporter }: AlertContext): string => (exporter === undefined ? oldestOnly : ofAll);

/** Begins a sentence about a number of certificates, which is a lower bound without an exporter. */
const certificates = ({ exporter }: AlertContext): string =>
  `${exporter === undefined ? "At least " : ""}{{ $value }} certificates of {{ $labels.namespace }}`;

/** Three scans, so that one is always among them. */
function scans({ renewalScanSeconds }: AlertContext): ReturnType<typeof minutes> {
  return minutes(Math.ceil(Math.max(renewalScanSeconds, 3600) / 3600) * 180);
}

export const certificateAlerts = {
  CertctlCertificateExpiringSoon: {
    severity: "warning",
    for: "5m",
    threshold: { default: 0 },
    expression: (context, threshold) => `${expiringSoon(context)} > ${threshold}`,
    summary: (context) => `${certificates(context)} expire within 30 days`,
    description,
  },
  CertctlCertificateExpired: {
    severity: "critical",
    for: "5m",
    threshold: { default: 0 },
    expression: (context, threshold) => `${expired(context)} > ${threshold}`,
    summary: (context) => `${certificates(context)} have expired`,
    description,
  },
  CertctlCertificateRenewalOverdue: {
    severity: "critical",
    for: "0s",
    threshold: { default: 0 },
    // The scan asks the database for all certificates, and counts a finding at each pass, also where a
    // notification was sent before.
    expression: (context, threshold) =>
      `${events("certctl_expiry_alerts_total", context, scans(context), 'threshold=~"[0-7]"')} > ${threshold}`,
    summary: "The renewal scan of {{ $labels.namespace }} finds certificates with a week left or less",
    description:
      "Renewal begins 30 days before the end, so a certificate with a week left was not renewed. The number is that of findings in several " +
      "scans, thresholds and channels, not that of certificates. Thresholds are those of the renewal policies; by default 7 and 0 days.",
  },
  CertctlExpiryNotificationFailures: {
    severity: "warning",
    for: "0s",
    threshold: { default: 0 },
    expression: (context, threshold) =>
      `${events("certctl_expiry_alerts_total", context, scans(context), 'result="failure"')} > ${threshold}`,
    summary: "{{ $value }} notifications of {{ $labels.namespace }} about expiring certificates failed",
    description:
      "A notification on a channel without a notifier counts as sent: no alert does not prove that anybody was told.",
  },
} satisfies Record<string, Alert>;
