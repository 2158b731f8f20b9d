/** One argument set to something else than its default, in a configuration where it applies. */
export interface ArgumentCase {
  value: unknown;
  /** Other arguments that make this one apply, in both of the compared configurations. */
  given?: Record<string, unknown>;
  /** Other arguments that can only be set together with it. */
  together?: Record<string, unknown>;
  /** Arguments whose place it takes. */
  insteadOf?: string[];
}

const toleration = [{ key: "dedicated", operator: "Exists", effect: "NoSchedule" }];
const nodeTerm = {
  requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: "disk", operator: "Exists" }] }] },
};
const podTerm = { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { app: "x" } }, topologyKey: "zone" }] };

/** The cases, with these arguments in both of the compared configurations. */
export function withGiven(cases: Record<string, ArgumentCase>, given: Record<string, unknown>): Record<string, ArgumentCase> {
  return Object.fromEntries(Object.entries(cases).map(([path, one]) => [path, { ...one, given }]));
}

/** CPU and memory, each. */
export function resourceCases(path: string): Record<string, ArgumentCase> {
  return {
    [`${path}.requests.cpu`]: { value: "33m" },
    [`${path}.requests.memory`]: { value: "33Mi" },
    [`${path}.limits.cpu`]: { value: "5" },
    [`${path}.limits.memory`]: { value: "5Gi" },
  };
}

/** Where pods run. */
export function schedulingCases(path: string): Record<string, ArgumentCase> {
  return {
    [`${path}.nodeSelector`]: { value: { pool: "pki" } },
    [`${path}.tolerations`]: { value: toleration },
    [`${path}.affinity.nodeAffinity`]: { value: nodeTerm },
    [`${path}.affinity.podAffinity`]: { value: podTerm },
    [`${path}.affinity.podAntiAffinity`]: { value: podTerm },
    [`${path}.priorityClassName`]: { value: "important" },
  };
}
