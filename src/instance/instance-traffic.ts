import { agentsNamespace } from "../agents/agents-namespace";
import type { LabelSource, PodComponent } from "../kubernetes/labels";
import { MigrationMode } from "../migration/migration-args";
import type { Traffic } from "../network/traffic";
import { instanceEdges } from "./instance-edges";
import type { InstanceSettings } from "./instance-settings";

/** What the pods of an instance with these settings do on the network. */
export function instanceTraffic(settings: InstanceSettings, labelled: LabelSource): Traffic {
  const { agents, namespace } = settings;
  const elsewhere = agents && agentsNamespace(agents, namespace);
  return {
    ...labelled,
    namespace,
    parts: podsOf(settings),
    edges: instanceEdges(settings),
    ...(elsewhere !== undefined && elsewhere !== namespace && { elsewhere: { agents: elsewhere } }),
  };
}

/** The kinds of pods that there are, or may be. */
function podsOf({ agents, backup, database, migrations, sqlExporter }: InstanceSettings): PodComponent[] {
  const pods: Record<PodComponent, boolean> = {
    server: true,
    provisioning: true,
    database: database.bundled !== undefined,
    // A restore migrates by a Job too. It may come and go, and policies stay as they are.
    migration: migrations.mode === MigrationMode.Job || backup !== undefined,
    restore: backup !== undefined,
    agents: agents !== undefined,
    backup: backup !== undefined,
    drill: backup?.drill.enabled ?? false,
    "sql-exporter": sqlExporter,
  };
  return (Object.keys(pods) as PodComponent[]).filter((pod) => pods[pod]);
}
