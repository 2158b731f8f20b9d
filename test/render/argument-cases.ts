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
  requiredDuringSchedulingIgnoredDuringExecution: {
    nodeSelectorTerms: [{ matchExpressions: [{ key: "disk", operator: "Exists" }] }],
  },
};
const podTerm = {
  requiredDuringSchedulingIgnoredDuringExecution: [
    { labelSelector: { matchLabels: { app: "x" } }, topologyKey: "zone" },
  ],
};

export function withGiven(
  cases: Record<string, ArgumentCase>,
  given: Record<string, unknown>,
): Record<string, ArgumentCase> {
  return Object.fromEntries(Object.entries(cases).map(([path, one]) => [path, { ...one, given }]));
}

export function resourceCases(path: string): Record<string, ArgumentCase> {
  return {
    [`${path}.requests.cpu`]: { value: "33m" },
    [`${path}.requests.memory`]: { value: "33Mi" },
    [`${path}.limits.cpu`]: { value: "5" },
    [`${path}.limits.memory`]: { value: "5Gi" },
  };
}

export function fileAt(path: string, kind: "configMap" | "secret" = "configMap"): Record<string, string> {
  return { [`${path}.${kind}`]: "files", [`${path}.key`]: "file" };
}

export function fileCases(path: string, given: Record<string, unknown>): Record<string, ArgumentCase> {
  return {
    [`${path}.secret`]: { value: "other", given: { ...given, ...fileAt(path, "secret") } },
    [`${path}.configMap`]: { value: "other", given: { ...given, ...fileAt(path) } },
    [`${path}.key`]: { value: "other", given: { ...given, ...fileAt(path) } },
  };
}

export function probeCases(path: string): Record<string, ArgumentCase> {
  const tuned = { periodSeconds: 17, timeoutSeconds: 11, failureThreshold: 9 };
  const cases = ["livenessProbe", "readinessProbe"].flatMap((probe) =>
    Object.entries(tuned).map(([key, value]) => [`${path}.${probe}.${key}`, { value }] as const),
  );
  return Object.fromEntries(cases);
}

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
