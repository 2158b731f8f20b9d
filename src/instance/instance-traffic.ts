import { agentsNamespace } from "../agents/agents-namespace";
import type { CertctlArgs } from "../certctl-args";
import { DatabaseMode } from "../database/database-args";
import type { LabelSource } from "../kubernetes/labels";
import { MigrationMode } from "../migration/migration-args";
import type { Traffic } from "../network/traffic";
import { instanceEdges } from "./instance-edges";

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
