import type { Resources } from "../kubernetes/types";

/**
 * The Job that grants roles to the named keys, removes the demo grant, and checks that every enabled issuer
 * is loaded.
 */
export interface ProvisioningSettings {
  /**
   * Times a failed pod of the Job is tried again.
   *
   * @default 3
   * @asType integer
   * @minimum 0
   * @maximum 20
   */
  backoffLimit?: number;
  /**
   * Seconds after which the Job has failed.
   *
   * @default 300
   * @asType integer
   * @minimum 30
   * @maximum 86400
   */
  activeDeadlineSeconds?: number;
  /** CPU and memory of the Job's pod. @default 10m and 16Mi requested, 250m and 64Mi at most */
  resources?: Resources;
}
