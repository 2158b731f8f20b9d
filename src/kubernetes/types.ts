import type * as pulumi from "@pulumi/pulumi";

/**
 * A length of time as Go writes it: numbers with units, such as `30s`, `5m` or `1h30m`.
 *
 * @pattern ^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$
 * @patternErrorMessage is not a duration; write a number with a unit, such as 30s, 5m or 1h30m
 */
export type Duration = string;

/**
 * A Kubernetes quantity: a number with an optional unit, such as `500m` (CPU), `512Mi` or `10Gi` (memory,
 * storage).
 *
 * @pattern ^[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$
 * @patternErrorMessage is not a Kubernetes quantity; write a number with a unit, such as 500m, 512Mi or 10Gi
 */
export type Quantity = string;

/**
 * The name of a Kubernetes object: lower-case letters, digits and `-`, at most 63 characters.
 *
 * @pattern ^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$
 * @patternErrorMessage is not a Kubernetes name; use lower-case letters, digits and "-" inside, at most 63 characters
 */
export type ObjectName = string;

/**
 * A range of IP addresses: an address and the length of its prefix, such as `10.20.0.0/16` or `fd00::/8`.
 *
 * @pattern ^[0-9a-fA-F:.]+/[0-9]{1,3}$
 * @patternErrorMessage is not a range of addresses; write an address and the length of its prefix, such as 10.20.0.0/16
 */
export type Cidr = string;

/**
 * An absolute path inside a container.
 *
 * @pattern ^/[^,:]*$
 * @patternErrorMessage is not an absolute path; it starts with "/" and has no "," and no ":"
 */
export type AbsolutePath = string;

/**
 * A TCP port.
 *
 * @asType integer
 * @minimum 1
 * @maximum 65535
 */
export type Port = number;

/** A file in a Secret or a ConfigMap that exists already. */
export interface FileSource {
  /** Name of the Secret; this or `configMap`. */
  secret?: ObjectName;
  /** Name of the ConfigMap; this or `secret`. */
  configMap?: ObjectName;
  /**
   * Key that holds the file.
   *
   * @pattern ^[-._a-zA-Z0-9]+$
   * @patternErrorMessage is not a key of a Secret or ConfigMap; use letters, digits, "-", "_" and "."
   */
  key: string;
}

/** CPU and memory of one container. */
export interface Resources {
  /** What the scheduler reserves. @default by fleet size */
  requests?: ResourceAmounts;
  /** What the container may use at most. @default by fleet size */
  limits?: ResourceAmounts;
}

/** An amount of CPU and memory. */
export interface ResourceAmounts {
  /** CPU, in cores (`2`) or thousandths of one (`500m`). @default by fleet size */
  cpu?: Quantity;
  /** Memory, in bytes with a unit (`512Mi`). @default by fleet size */
  memory?: Quantity;
}

/**
 * How a node asks a container whether it is well. What is asked is fixed, and so is how long a start may
 * take.
 */
export interface ProbeSettings {
  /**
   * Seconds between two questions.
   *
   * @default by probe
   * @asType integer
   * @minimum 1
   * @maximum 3600
   */
  periodSeconds?: number;
  /**
   * Seconds after which a question counts as answered with no.
   *
   * @default by probe
   * @asType integer
   * @minimum 1
   * @maximum 3600
   */
  timeoutSeconds?: number;
  /**
   * Answers with no in a row, after which the container is restarted (liveness) or gets no more connections
   * (readiness).
   *
   * @default by probe
   * @asType integer
   * @minimum 1
   * @maximum 100
   */
  failureThreshold?: number;
}

/** Lets pods run on nodes that carry a matching taint. */
export interface Toleration {
  /** Taint key; every taint when left out (then `operator` is `Exists`). */
  key?: string;
  /** How key and value are compared. @default Equal */
  operator?: TolerationOperator;
  /** Taint value, for `Equal`. */
  value?: string;
  /** Taint effect; every effect when left out. */
  effect?: TaintEffect;
  /**
   * Seconds for which a `NoExecute` taint is tolerated; for ever when left out.
   *
   * @asType integer
   * @minimum 0
   */
  tolerationSeconds?: number;
}

/** How a toleration compares with a taint. */
export const TolerationOperator = { Equal: "Equal", Exists: "Exists" } as const;
export type TolerationOperator = (typeof TolerationOperator)[keyof typeof TolerationOperator];

/** What a taint does to pods that do not tolerate it. */
export const TaintEffect = {
  NoSchedule: "NoSchedule",
  PreferNoSchedule: "PreferNoSchedule",
  NoExecute: "NoExecute",
} as const;
export type TaintEffect = (typeof TaintEffect)[keyof typeof TaintEffect];

/** Where pods may run. */
export interface Scheduling {
  // facts: the-images
  /**
   * Labels that a node must have. The published images are linux/amd64 only.
   *
   * @default kubernetes.io/os: linux, kubernetes.io/arch: amd64
   */
  nodeSelector?: Record<string, string>;
  /** Taints that the pods tolerate. @default [] */
  tolerations?: Toleration[];
  /** Merged with the component's own terms: none replaces another. */
  affinity?: Affinity;
  /** PriorityClass of the pods. @default the cluster's default class */
  priorityClassName?: ObjectName;
}

/** Node, pod and anti-affinity together, as in Kubernetes' core/v1 Affinity. */
export interface Affinity {
  /** Kubernetes core/v1 NodeAffinity. */
  nodeAffinity?: KubernetesObject;
  /** Kubernetes core/v1 PodAffinity. */
  podAffinity?: KubernetesObject;
  /** Kubernetes core/v1 PodAntiAffinity. */
  podAntiAffinity?: KubernetesObject;
}

/** A fragment of a Kubernetes manifest, checked by the API server. */
export type KubernetesObject = pulumi.Inputs;

/**
 * Reference to a container image.
 *
 * @pattern ^[a-z0-9]([-a-zA-Z0-9._/]|:(?=[0-9]+/))*((:[a-zA-Z0-9_][-a-zA-Z0-9._]*)|(@sha256:[0-9a-f]{64})|(:[a-zA-Z0-9_][-a-zA-Z0-9._]*@sha256:[0-9a-f]{64}))$
 * @patternErrorMessage is not an image reference with a tag or a digest, such as registry.example.com/certctl-server:v2.1.7
 */
export type ImageReference = string;

/** A persistent volume claim. */
export interface StorageSettings {
  /** Size of the claim. @default 10Gi (database), 64Mi (agents), by fleet size (backups) */
  size?: Quantity;
  /** StorageClass of the claim. Cannot be changed later. @default the cluster's default class */
  storageClass?: ObjectName;
}

/** Files from an existing Secret or ConfigMap. */
export interface MountSettings {
  /** Directory of the files. */
  mountPath: AbsolutePath;
  /** Name of the Secret; this or `configMap`. */
  secret?: ObjectName;
  /** Name of the ConfigMap; this or `secret`. */
  configMap?: ObjectName;
  // facts: files-and-modes
  /**
   * Copy the files into memory, readable by the server alone: certctl refuses a SCEP RA key that a group may
   * read.
   *
   * @default false
   */
  ownerOnly?: boolean;
  // facts: issuers-are-seeded-once
  /** Let the server execute the files: the OpenSSL issuer runs scripts. @default false */
  executable?: boolean;
}

/** A key of a Secret. */
export interface SecretKeyReference {
  /** Name of the Secret. */
  name: pulumi.Input<ObjectName>;
  /** Key in the Secret. */
  key: string;
}

/**
 * A length of time as Prometheus writes it: whole numbers with units from large to small, such as `30s`, `5m`
 * or `1h30m`.
 *
 * @pattern ^(?=.)([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$
 * @patternErrorMessage is not a Prometheus duration; write whole numbers with the units d, h, m and s in this order, such as 30s, 5m or 1h30m
 */
export type PrometheusDuration = string;
