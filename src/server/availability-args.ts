/**
 * How many server pods a drain may take away at once. It exists only where there are several pods, and never
 * blocks a drain: that some pods must stay (`minAvailable`) could.
 */
export interface DisruptionBudgetSettings {
  /** Whether a PodDisruptionBudget is made where there are several pods. @default true */
  enabled?: boolean;
  /**
   * Server pods that a drain may take away at the same time.
   *
   * @default 1
   * @asType integer
   * @minimum 1
   */
  maxUnavailable?: number;
}

// facts: several-servers
/**
 * A HorizontalPodAutoscaler, by CPU, one pod at a time: every pod runs the background work.
 * Needs the cluster's metrics API.
 */
export interface AutoscalingSettings {
  /**
   * Least number of server pods.
   *
   * @default 2
   * @asType integer
   * @minimum 1
   * @maximum 50
   */
  minReplicas?: number;
  /**
   * Greatest number of server pods. The database must accept this many pools.
   *
   * @asType integer
   * @minimum 1
   * @maximum 50
   */
  maxReplicas: number;
  /**
   * Average CPU of the pods that is aimed at, in percent of their request.
   *
   * @default 70
   * @asType integer
   * @minimum 10
   * @maximum 100
   */
  targetCpuPercent?: number;
}
