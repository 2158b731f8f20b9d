import type { Issue } from "../checks/issues";
import { under } from "../checks/issues";
import { resourceIssues } from "../kubernetes/kubernetes-checks";
import type { MigrationSettings } from "./migration-args";
import { migrationResources } from "./migration-settings";

/** What is wrong with the settings of the migration beyond their form. */
export function migrationIssues({ resources }: MigrationSettings): Issue[] {
  return under("resources", resourceIssues(resources, migrationResources));
}
