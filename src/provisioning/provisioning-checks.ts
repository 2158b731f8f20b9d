import type { Issue } from "../checks/issues";
import { under } from "../checks/issues";
import { resourceIssues } from "../kubernetes/kubernetes-checks";
import { scriptResources } from "../kubernetes/resources";
import type { ProvisioningSettings } from "./provisioning-args";

/** What is wrong with the settings of the provisioning beyond their form. */
export function provisioningIssues({ resources }: ProvisioningSettings): Issue[] {
  return under("resources", resourceIssues(resources, scriptResources));
}
