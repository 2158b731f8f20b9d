/**
 * Kubernetes objects as far as the rules look into them. People, charts and transformations may have written
 * them, so anything may be missing.
 */
export interface Metadata {
  name?: string;
  namespace?: string;
  labels?: Labels;
}

export type Labels = Readonly<Record<string, string>>;

export interface LabelSelector {
  matchLabels?: Labels;
  matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[];
}

export interface PodTemplate {
  metadata?: Metadata;
  spec?: PodSpec;
}

export interface PodSpec {
  automountServiceAccountToken?: boolean;
  serviceAccountName?: string;
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
  securityContext?: SecurityContext;
  initContainers?: readonly Container[];
  containers?: readonly Container[];
  ephemeralContainers?: readonly Container[];
  volumes?: readonly Volume[];
}

/** Of a pod or of a container. */
export interface SecurityContext {
  runAsNonRoot?: boolean;
  runAsUser?: number;
  seccompProfile?: { type?: string };
  privileged?: boolean;
  allowPrivilegeEscalation?: boolean;
  readOnlyRootFilesystem?: boolean;
  capabilities?: { add?: readonly string[]; drop?: readonly string[] };
}

export interface Container {
  name?: string;
  image?: string;
  command?: readonly string[];
  args?: readonly string[];
  env?: readonly EnvironmentVariable[];
  ports?: readonly { hostPort?: number }[];
  securityContext?: SecurityContext;
  volumeMounts?: readonly { name?: string; mountPath?: string; readOnly?: boolean }[];
}

export interface EnvironmentVariable {
  name?: string;
  value?: string;
  valueFrom?: { secretKeyRef?: { name?: string; key?: string } };
}

export interface Volume {
  name?: string;
  hostPath?: { path?: string };
  secret?: { secretName?: string };
  projected?: { sources?: readonly { serviceAccountToken?: object }[] };
}

export interface ServiceSpec {
  type?: string;
  selector?: Labels;
  sessionAffinity?: string;
  loadBalancerSourceRanges?: readonly string[];
  externalIPs?: readonly string[];
}

export interface NetworkPolicySpec {
  podSelector?: LabelSelector;
  policyTypes?: readonly string[];
  ingress?: readonly NetworkPolicyRule[];
  egress?: readonly NetworkPolicyRule[];
}

export interface NetworkPolicyRule {
  from?: readonly object[];
  to?: readonly object[];
  ports?: readonly object[];
}

export interface DisruptionBudgetSpec {
  selector?: LabelSelector;
  minAvailable?: number | string;
  maxUnavailable?: number | string;
}

export interface AutoscalerSpec {
  scaleTargetRef?: { kind?: string; name?: string };
  minReplicas?: number;
  maxReplicas?: number;
}

/** Whether a selector selects an object with these labels. An empty one selects everything. */
export function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      const isListed = value !== undefined && values.includes(value);
      switch (operator) {
        case "In":
          return isListed;
        case "NotIn":
          return !isListed;
        case "Exists":
          return value !== undefined;
        default:
          return value === undefined;
      }
    })
  );
}
