import { mergeResources, scriptResources } from "../kubernetes/resources";
import type { ContainerResources } from "../kubernetes/resources";
import type { ProvisioningSettings } from "./provisioning-args";

/** Settings of the provisioning with every default filled in. */
export interface ResolvedProvisioning {
  backoffLimit: number;
  activeDeadlineSeconds: number;
  resources: ContainerResources;
}

/** Fills in the defaults. */
export function resolveProvisioning(given: ProvisioningSettings): ResolvedProvisioning {
  return {
    backoffLimit: given.backoffLimit ?? 3,
    activeDeadlineSeconds: given.activeDeadlineSeconds ?? 300,
    resources: mergeResources(scriptResources, given.resources),
  };
}
