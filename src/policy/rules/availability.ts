import { show } from "../../checks/issues";
import { fewestReplicas, mostReplicas, ofKind, podsOf, specOf, variableOf } from "../instance";
import type { Instance, Pod } from "../instance";
import { selects } from "../objects";
import type { DisruptionBudgetSpec, ServiceSpec } from "../objects";
import type { InstanceRule, Violation } from "../rule";
import { servicesOf } from "./network";

/** Servers of which there may be more than one pod. */
function scaledServers(instance: Instance): { pod: Pod; replicas: number }[] {
  const servers = podsOf(instance, "server").map((pod) => ({ pod, replicas: mostReplicas(pod, instance) }));
  return servers.filter(({ replicas }) => replicas > 1);
}

const sharedRateLimits: InstanceRule = {
  name: "certctl-shared-rate-limits",
  description: "Several servers count requests together, in the database.",
  fix: "Set certctl:server.rateLimiting.backend: postgres.",
  checkInstance: (instance) =>
    scaledServers(instance).flatMap(({ pod, replicas }) => {
      const backend = variableOf(pod, "CERTCTL_RATE_LIMIT_BACKEND")?.value ?? "memory";
      const isOff = variableOf(pod, "CERTCTL_RATE_LIMIT_ENABLED")?.value === "false";
      if (isOff || backend === "postgres") return [];
      return [
        {
          object: pod.object,
          problem: `CERTCTL_RATE_LIMIT_BACKEND is ${backend} with ${replicas} replicas; use postgres`,
        },
      ];
    }),
};

const sessionAffinity: InstanceRule = {
  name: "certctl-session-affinity",
  description: "A client of several servers keeps talking to the same one.",
  fix: "Set certctl:server.service.sessionAffinity: ClientIP.",
  checkInstance: (instance) =>
    scaledServers(instance).flatMap(({ pod, replicas }) =>
      servicesOf(pod, instance.stack).flatMap((object) => {
        const { sessionAffinity: affinity = "None" } = specOf<ServiceSpec>(object);
        return affinity === "ClientIP"
          ? []
          : [{ object, problem: `sessionAffinity is ${affinity} with ${replicas} replicas; use ClientIP` }];
      }),
    ),
};

const disruptionBudgets: InstanceRule = {
  name: "certctl-disruption-budgets",
  description: "A disruption budget always lets a node be drained.",
  fix: "Set maxUnavailable: 1, and no budget for a single pod.",
  checkInstance: (instance) =>
    ofKind(instance.stack, "PodDisruptionBudget").flatMap((object): Violation[] => {
      const { selector, minAvailable, maxUnavailable } = specOf<DisruptionBudgetSpec>(object);
      const pods = instance.pods.filter(
        ({ object: { namespace }, labels }) =>
          namespace === object.namespace && selector && selects(selector, labels),
      );
      const replicas = pods.reduce((sum, pod) => sum + fewestReplicas(pod, instance), 0);
      if (replicas === 0) return [];
      if (maxUnavailable !== undefined && podsOfShare(maxUnavailable, replicas) === 0) {
        return [
          { object, problem: `maxUnavailable is ${show(maxUnavailable)}, so no node can be drained; use 1` },
        ];
      }
      if (minAvailable === undefined || podsOfShare(minAvailable, replicas) < replicas) return [];
      const few = `minAvailable is ${show(minAvailable)} of ${replicas}, so no node can be drained`;
      return [{ object, problem: replicas === 1 ? `${few}; remove it` : `${few}; use maxUnavailable: 1` }];
    }),
};

/** The pods of a number or of a percentage, which Kubernetes rounds up. */
function podsOfShare(share: number | string, replicas: number): number {
  return typeof share === "number" ? share : Math.ceil((Number.parseFloat(share) / 100) * replicas);
}

/** What several servers need to be one, and to stay. */
export const availabilityRules = [sharedRateLimits, sessionAffinity, disruptionBudgets];
