import type { AlertName } from "../alerts-args";
import { agentAlerts } from "./agents";
import type { Alert } from "./alert";
import { backupAlerts } from "./backup";
import { certificateAlerts } from "./certificates";
import { issuanceAlerts } from "./issuance";
import { jobAlerts } from "./jobs";
import { kubernetesAlerts } from "./kubernetes";
import { serverAlerts } from "./server";
import { sqlExporterAlerts } from "./sql-exporter";

/** All alerts, by subject: each is a group of rules. */
export const alertGroups: Record<string, Partial<Record<AlertName, Alert>>> = {
  server: serverAlerts,
  certificates: certificateAlerts,
  "sql-exporter": sqlExporterAlerts,
  issuance: issuanceAlerts,
  jobs: jobAlerts,
  agents: agentAlerts,
  kubernetes: kubernetesAlerts,
  backup: backupAlerts,
};

/** All alerts, by name. The compiler refuses a name without an alert. */
export const alerts: Record<AlertName, Alert> = {
  ...serverAlerts,
  ...certificateAlerts,
  ...sqlExporterAlerts,
  ...issuanceAlerts,
  ...jobAlerts,
  ...agentAlerts,
  ...kubernetesAlerts,
  ...backupAlerts,
};
