import type { FleetSize } from "../../fleet-size/fleet-size-args";
import type { AlertSeverity } from "../alerts-args";
import type { WatchedInstance } from "../promql";

/** What expressions are written for. */
export interface AlertContext extends WatchedInstance {
  fleetSize: FleetSize;
  /** Seconds between two renewal scans. */
  renewalScanSeconds: number;
  /** Agents that are never online. */
  sentinelAgents: number;
  /** Share of issuances that shall succeed. */
  issuanceObjective: number;
  /** Name of the SQL exporter's Service: the label `job` of its metrics. */
  exporter?: string;
  /** Name of the bundled PostgreSQL's StatefulSet and claim. */
  postgres?: string;
  /** Begin of the names of migration Jobs. */
  migrationJob: string;
  /** Begin of the names of provisioning Jobs. */
  provisioningJob: string;
  backup?: WatchedCronJob;
  drill?: WatchedCronJob;
  /** Whether a Pushgateway is told of backups. */
  pushesBackups: boolean;
  kubeStateMetrics: boolean;
  kubeletMetrics: boolean;
}

/** A CronJob with alerts. */
export interface WatchedCronJob {
  cronJob: string;
  periodSeconds: number;
}

/** An alert: its condition, its defaults, and what it tells. */
export interface Alert {
  severity: AlertSeverity;
  /** How long the condition must hold. */
  for: string;
  /** The number that the condition compares with, where there is one to tune. */
  threshold?: Threshold;
  /** Whether it can be: what it looks at may not exist. */
  applies?: (context: AlertContext) => boolean;
  /**
   * PromQL. Its result has the label `namespace` and as few others as the alert needs, so that it fires once
   * for all replicas.
   */
  expression: (context: AlertContext, threshold: number) => string;
  /** One line, with Prometheus' templates. */
  summary: AlertText;
  /** What a reader must know besides, without templates. */
  description: AlertText;
}

/** A text that may depend on what can be known of an instance. */
export type AlertText = string | ((context: AlertContext) => string);

/** A number to tune. */
export interface Threshold {
  default: number | Record<FleetSize, number>;
  /** A share lies between 0 and 1. */
  isShare?: boolean;
}
