import { requiredConnections } from "../../database/postgres-settings";
import { fleetProfile } from "../../fleet-size/fleet-size";
import { FleetSize } from "../../fleet-size/fleet-size-args";
import { containersOf, isPart, mostReplicas, ofKind, podsOf, specOf, variableOf } from "../instance";
import type { Instance, Pod, Resource, StackObject } from "../instance";
import type { InstanceRule } from "../rule";

// facts: database-variables
/** certctl's own default, which is that of a small fleet. */
const defaultPool = fleetProfile(FleetSize.Small).server.maxConnections;

/** PostgreSQL's own default. */
const defaultConnections = 100;

const databaseConnections: InstanceRule<{ reserve: number }> = {
  name: "certctl-database-connections",
  description: "PostgreSQL accepts every server's pool at its fullest, and a reserve for people and Jobs.",
  fix: "Raise certctl:database.bundled.maxConnections, or lower certctl:server.maxConnections.",
  settings: {
    reserve: {
      type: "integer",
      minimum: 0,
      default: 20,
      description: "Connections for people and Jobs, besides the pools of the servers.",
    },
  },
  checkInstance(instance, { reserve }) {
    const pools = podsOf(instance, "server").map((pod) => ({
      pool: Number(variableOf(pod, "CERTCTL_DATABASE_MAX_CONNS")?.value ?? defaultPool),
      replicas: mostReplicas(pod, instance),
    }));
    const needed = pools.reduce(
      (sum, { pool, replicas }) => sum + requiredConnections({ pool, replicas, reserve: 0 }),
      reserve,
    );
    const sum = pools.map(({ pool, replicas }) => `${pool} for each of ${replicas} replicas`).join(", ");
    return podsOf(instance, "database").flatMap((pod) => {
      const accepted = maxConnections(pod);
      if (accepted >= needed) return [];
      return [
        {
          object: pod.object,
          problem: `max_connections is ${accepted}; ${needed} are needed: ${sum} and ${reserve} for people and Jobs`,
        },
      ];
    });
  },
};

function maxConnections(pod: Pod): number {
  const settings = containersOf(pod).flatMap(({ args = [], command = [] }) => [...command, ...args]);
  const [, value = String(defaultConnections)] =
    settings.map((setting) => /^(?:-c|--)?max[_-]connections=(\d+)$/.exec(setting)).find(Boolean) ?? [];
  return Number(value);
}

const migrationOrder: InstanceRule = {
  name: "certctl-migration-order",
  description: "A server that does not migrate waits for the Job that does, of the same image.",
  fix: "Use migrations.mode: job, and make the server's Deployment depend on the migration Job.",
  checkInstance: (instance) =>
    podsOf(instance, "server").flatMap((pod) => {
      if (variableOf(pod, "CERTCTL_MIGRATIONS_VIA_HOOK")?.value?.toLowerCase() !== "true") return [];
      const problem = migrationProblem(pod, podsOf(instance, "migration").filter(migrates));
      return problem === undefined
        ? []
        : [{ object: pod.object, problem: `CERTCTL_MIGRATIONS_VIA_HOOK is true, and ${problem}` }];
    }),
};

function migrates(pod: Pod): boolean {
  return (
    pod.object.kind === "Job" &&
    containersOf(pod).some(({ args = [], command = [] }) => [...command, ...args].includes("--migrate-only"))
  );
}

function migrationProblem(server: Pod, jobs: readonly Pod[]): string | undefined {
  if (jobs.length === 0)
    return "no Job runs --migrate-only: nothing migrates the database; add a DatabaseMigration";
  const images = imagesOf(server);
  const same = jobs.filter((job) => imagesOf(job).some((image) => images.includes(image)));
  const names = jobs.map(({ object }) => object.name).join(", ");
  if (same.length === 0) return `Job ${names} migrates for another image; use one for both`;
  const waits = same.some((job) => waitsFor(server.object.resource, job.object.resource.urn));
  return waits ? undefined : `it does not wait for Job ${names}; set dependsOn`;
}

function imagesOf({ spec }: Pod): string[] {
  return (spec.containers ?? []).map(({ image = "" }) => image);
}

/** Whether a resource comes after another one, at any distance. */
function waitsFor({ dependencies = [] }: Resource, urn: string, seen = new Set<Resource>()): boolean {
  return dependencies.some((dependency) => {
    if (seen.has(dependency)) return false;
    seen.add(dependency);
    return dependency.urn === urn || waitsFor(dependency, urn, seen);
  });
}

const backups: InstanceRule = {
  name: "certctl-backups",
  description: "The database in the cluster is backed up, and restored to prove it.",
  fix: "Set certctl:backup.enabled: true, and remove suspend.",
  enforcementLevel: "advisory",
  checkInstance(instance) {
    const schedules = ofKind(instance.objects, "CronJob").filter((object) =>
      isPart(object, "backup", "drill"),
    );
    const suspended = schedules.filter((object) => specOf<{ suspend: boolean }>(object).suspend);
    return [
      ...missingBackup(instance, schedules).map(({ object }) => ({
        object,
        problem: "nothing backs it up; set certctl:backup.enabled: true",
      })),
      ...suspended.map((object) => ({ object, problem: "suspend is true, so it never runs; remove it" })),
    ];
  },
};

/** A backup before a migration is no schedule. */
function missingBackup(instance: Instance, schedules: readonly StackObject[]): Pod[] {
  return schedules.some((object) => isPart(object, "backup")) ? [] : podsOf(instance, "database");
}

/** What the database needs from the rest of the instance. */
export const databaseRules = [databaseConnections, migrationOrder, backups];
