import { exporterSeries, maximum, serverSeries, total, unanswered } from "../promql";
import type { Alert, AlertContext } from "./alert";

const withExporter = ({ exporter }: AlertContext): boolean => exporter !== undefined;

function series(metric: string, context: AlertContext): string {
  return exporterSeries(metric, context, context.exporter ?? "");
}

/**
 * A figure that other alerts need is gone, which it is when its query has failed for three intervals. A
 * scrape of the server needs the database too: where one succeeds, the database is not what is missing, and
 * otherwise another alert says so.
 */
function queriesFailing(context: AlertContext): string {
  const needed = ["certctl_sql_certificates_expired", "certctl_sql_certificates_expiring"];
  const gone = maximum(needed.map((metric) => `absent(${series(metric, context)})`).join(" or "));
  return `${gone} and ${total(series("up", context))} > 0 and ${total(serverSeries("up", context))} > 0`;
}

export const sqlExporterAlerts = {
  CertctlSqlExporterDown: {
    severity: "warning",
    for: "15m",
    applies: withExporter,
    expression: (context) => unanswered(series("up", context)),
    summary: "The SQL exporter of {{ $labels.namespace }} does not answer",
    description:
      "CertctlCertificateExpiringSoon and CertctlCertificateExpired are silent without it, whatever happens.",
  },
  CertctlSqlExporterQueriesFailing: {
    severity: "warning",
    for: "5m",
    applies: withExporter,
    expression: queriesFailing,
    summary: "The SQL exporter of {{ $labels.namespace }} gets no answers from the database",
    description:
      "It has had none for three intervals, while servers do. CertctlCertificateExpiringSoon and CertctlCertificateExpired are silent " +
      "without them, whatever happens.",
  },
} satisfies Record<string, Alert>;
