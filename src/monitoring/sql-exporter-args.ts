import type { ObjectName, Resources, PrometheusDuration } from "../kubernetes/types";

// facts: metrics
/**
 * An exporter that asks the database for what the server's own gauges cannot tell above 50 certificates:
 * how many there are in each state, how many expire, and when the next one does. It is
 * query-exporter (image: `images.sqlExporter`), in one pod that may only connect to the database. Where it
 * runs, the alerts about expiring certificates go by its metrics.
 */
export interface SqlExporterSettings {
  /** Whether it runs; needs `monitoring.enabled`. @default false */
  enabled?: boolean;
  /**
   * Time between two queries, from 10s to 10m. Metrics of queries that have failed for three times as long
   * are gone.
   *
   * @default 1m
   */
  interval?: PrometheusDuration;
  /**
   * A database role of its own, which you make: it needs `LOGIN`, and `SELECT` on the table
   * `managed_certificates`. Sessions are read-only, whoever logs in.
   *
   * @default the role of the server
   */
  login?: SqlExporterLogin;
  /** CPU and memory of the pod. @default 10m and 96Mi requested, 250m and 256Mi at most */
  resources?: Resources;
}

/** How the exporter logs in to the database. */
export interface SqlExporterLogin {
  /**
   * Name of the role.
   *
   * @pattern ^\S+$
   * @patternErrorMessage is not the name of a role, such as certctl_metrics
   */
  user: string;
  /**
   * Name of a Secret in the namespace of the instance with the key `password`. The pod is not restarted when
   * it changes.
   */
  secretName: ObjectName;
}
