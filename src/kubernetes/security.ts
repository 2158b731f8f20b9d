import type * as k8s from "@pulumi/kubernetes";

type PodSecurityContext = k8s.types.input.core.v1.PodSecurityContext;
type SecurityContext = k8s.types.input.core.v1.SecurityContext;

/** User and group of certctl's images. */
export const certctlUser = 1000;

/** User and group of the alpine PostgreSQL image. */
export const postgresUser = 70;

/** A pod that the restricted Pod Security level admits. Its volumes belong to the user's group. */
export function restrictedPod(user: number): PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    // `Always` would widen the modes of private key files at each start.
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  };
}

/** A container that the restricted Pod Security level admits, on a read-only root. */
export function restrictedContainer(): SecurityContext {
  return { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } };
}

/** Labels of a namespace that enforces a Pod Security level, and warns of what it would refuse. */
export function podSecurityLabels(level: "restricted" | "privileged"): Record<string, string> {
  return {
    "pod-security.kubernetes.io/enforce": level,
    "pod-security.kubernetes.io/warn": level,
    "pod-security.kubernetes.io/audit": level,
  };
}
