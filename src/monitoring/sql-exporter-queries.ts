import { stringify } from "yaml";

/** A metric of the exporter, and the columns that become its labels. */
interface Metric {
  description: string;
  labels?: string[];
}

/** A query, and the metrics that its columns of the same names set. */
interface Query {
  metrics: Record<string, Metric>;
  sql: string;
}

/**
 * Certificates whose end matters. One that is revoked or archived may end; one that is not issued yet ends in
 * the year 1, as certctl writes a time that is not set.
 */
const managed = "lower(status) NOT IN ('revoked', 'archived') AND expires_at > timestamptz 'epoch'";

// facts: metrics
/** As certctl counts them, but of all certificates, and without those that are archived. */
const expired = "(lower(status) = 'expired' OR expires_at <= now())";

const queries: Record<string, Query> = {
  certificates: {
    metrics: { certctl_sql_certificates: { description: "Certificates in each state.", labels: ["status"] } },
    sql: "SELECT status, count(*) AS certctl_sql_certificates FROM managed_certificates GROUP BY status",
  },
  expired: {
    metrics: {
      certctl_sql_certificates_expired: {
        description: "Certificates that have expired, without those revoked or archived.",
      },
    },
    sql: `SELECT count(*) AS certctl_sql_certificates_expired FROM managed_certificates WHERE ${managed} AND ${expired}`,
  },
  expiring: {
    metrics: {
      certctl_sql_certificates_expiring: {
        description: "Certificates that expire within so many days, without those revoked or archived.",
        labels: ["days"],
      },
    },
    // A row for each number of days, also where there is none to count: a series that is left out would keep
    // its value.
    sql: `SELECT days, count(id) AS certctl_sql_certificates_expiring FROM (VALUES (7), (30)) AS ahead (days)
LEFT JOIN managed_certificates ON ${managed} AND NOT ${expired} AND expires_at < now() + days * interval '1 day'
GROUP BY days`,
  },
  earliest: {
    metrics: {
      certctl_sql_certificates_earliest_expiry_timestamp_seconds: {
        description: "When the next certificate expires, without those revoked or archived.",
      },
    },
    // No row where there is none: the exporter takes NULL for 0, which would be 1970.
    sql: `SELECT extract(epoch FROM min(expires_at)) AS certctl_sql_certificates_earliest_expiry_timestamp_seconds FROM managed_certificates
WHERE ${managed} AND NOT ${expired} HAVING count(*) > 0`,
  },
};

/** What PostgreSQL is told of each session: it cannot write, and no query runs for long. */
export const sessionOptions = "-c default_transaction_read_only=on -c statement_timeout=10s";

/** Seconds after which the exporter no longer waits for an answer, not even that the query was given up. */
const timeout = 15;

/**
 * The exporter's configuration file. Where the database is, and who logs in, libpq reads from the
 * environment.
 */
export function sqlExporterConfig(interval: number): string {
  const metrics = Object.values(queries).flatMap((query) => Object.entries(query.metrics));
  const configuration = {
    // The driver that the image has: which one is the default depends on the version of SQLAlchemy. No
    // session outlives its query: a restore of another schema refuses to begin while there is one.
    databases: { certctl: { dsn: "postgresql+psycopg2://", "connection-pool": { size: 0 } } },
    // Without an expiration the figures of before would be shown for ever when the queries fail.
    metrics: Object.fromEntries(
      metrics.map(([name, metric]) => [name, { type: "gauge", ...metric, expiration: 3 * interval }]),
    ),
    queries: Object.fromEntries(
      Object.entries(queries).map(([name, query]) => [
        name,
        { databases: ["certctl"], interval, timeout, metrics: Object.keys(query.metrics), sql: query.sql },
      ]),
    ),
  };
  return stringify(configuration, { lineWidth: 0 });
}
