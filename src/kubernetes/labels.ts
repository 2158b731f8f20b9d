/** The parts of an instance that are pods, as they appear in the label `app.kubernetes.io/component`. */
export const PodComponent = {
  Server: "server",
  Database: "database",
  Migration: "migration",
  Provisioning: "provisioning",
  Agents: "agents",
  Backup: "backup",
  Restore: "restore",
  Drill: "drill",
  SqlExporter: "sql-exporter",
} as const;
export type PodComponent = (typeof PodComponent)[keyof typeof PodComponent];

/** The parts of an instance, as they appear in the label `app.kubernetes.io/component`. */
export type Component = PodComponent | "tls" | "secrets" | "monitoring";

/** What a part needs to label its objects. */
export interface LabelSource {
  /** Name of the instance that the part belongs to. */
  instance: string;
  /** Labels on every object of the instance. */
  commonLabels?: Record<string, string>;
}

/** Labels that select the pods of one part of one instance. They never change: selectors cannot. */
export function selectorLabels(source: LabelSource, component: Component): Record<string, string> {
  return {
    "app.kubernetes.io/name": "certctl",
    "app.kubernetes.io/instance": source.instance,
    "app.kubernetes.io/component": component,
  };
}

/** Labels of an object of one part of one instance. */
export function objectLabels(source: LabelSource, component: Component): Record<string, string> {
  return {
    ...source.commonLabels,
    ...selectorLabels(source, component),
    "app.kubernetes.io/managed-by": "pulumi",
  };
}
