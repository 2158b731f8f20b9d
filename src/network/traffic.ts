import type * as pulumi from "@pulumi/pulumi";
import { agentsNamespace } from "../agents/agents-namespace";
import type { CertctlArgs } from "../certctl-args";
import { DatabaseMode, MigrationMode } from "../database/database-args";
import type { LabelSource, PodComponent } from "../kubernetes/labels";
import type { Edge } from "./edges";
import { instanceEdges } from "./instance-edges";

/** What the pods of an instance do on the network. */
export interface Traffic extends LabelSource {
  /** Namespace of the instance. */
  namespace: pulumi.Input<string>;
  /** The kinds of pods that there are. */
  parts: readonly PodComponent[];
  /** Who connects to whom. Edges of parts that are not there are left out. */
  edges: readonly Edge[];
  /** Namespaces of parts that do not live in the instance's. @default {} */
  elsewhere?: Partial<Record<PodComponent, pulumi.Input<string>>>;
}

/** What the pods of an instance with these arguments do on the network. */
export function instanceTraffic(args: CertctlArgs, shared: LabelSource & { namespace: string }): Traffic {
  const { agents = {}, backup, database, migrations, monitoring } = args;
  const backups = backup?.enabled === true;
  const parts = {
    server: true,
    provisioning: true,
    database: database?.mode !== DatabaseMode.External,
    // A restore migrates by a Job too. It may come and go, and policies stay as they are.
    migration: migrations?.mode !== MigrationMode.Server || backups,
    restore: backups,
    agents: agents.enabled !== false,
    backup: backups,
    drill: backups && backup.drill?.enabled !== false,
    "sql-exporter": monitoring?.sqlExporter?.enabled === true,
  };
  const namespace = agentsNamespace(agents, shared.namespace);
  return {
    instance: shared.instance,
    commonLabels: shared.commonLabels,
    namespace: shared.namespace,
    parts: (Object.keys(parts) as (keyof typeof parts)[]).filter((part) => parts[part]),
    edges: instanceEdges(args),
    ...(namespace !== shared.namespace && { elsewhere: { agents: namespace } }),
  };
}
