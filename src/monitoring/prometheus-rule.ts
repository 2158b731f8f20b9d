import type { AlertName, ThresholdAlertSettings } from "./alerts-args";
import { alertGroups } from "./alerts";
import type { Alert, AlertContext, AlertText } from "./alerts/alert";
import type { RuleSettings } from "./monitoring-args";
import { monitoringDefaults } from "./monitoring-settings";

/** Where the runbook pages of this package are. */
export const defaultRunbookBaseUrl = "https://github.com/certctl-io/pulumi-certctl/blob/main/docs/runbooks";

/** A rule as Prometheus and its operator take it. */
export interface AlertingRule {
  alert: string;
  expr: string;
  for?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** Rules that are evaluated together. */
export interface RuleGroup {
  name: string;
  interval: string;
  rules: AlertingRule[];
}

/** The groups of rules of an instance; without alerts that are off or have nothing to look at. */
export function ruleGroups(context: AlertContext, settings: RuleSettings = {}): RuleGroup[] {
  const groups = Object.entries(alertGroups).map(([subject, alerts]) => ({
    name: `${context.name}.${subject}`,
    interval: settings.interval ?? monitoringDefaults.evaluationInterval,
    rules: (Object.entries(alerts) as [AlertName, Alert][]).flatMap(([name, alert]) =>
      alertingRule(name, alert, context, settings),
    ),
  }));
  return groups.filter(({ rules }) => rules.length > 0);
}

function alertingRule(
  name: AlertName,
  alert: Alert,
  context: AlertContext,
  settings: RuleSettings,
): AlertingRule[] {
  const own: ThresholdAlertSettings = settings.alerts?.[name] ?? {};
  if (own.enabled === false || alert.applies?.(context) === false) return [];
  const holds = own.for ?? alert.for;
  return [
    {
      alert: name,
      expr: alert.expression(context, own.threshold ?? defaultThreshold(alert, context)),
      ...(holds !== "0s" && { for: holds }),
      labels: {
        ...settings.alertLabels,
        ...own.labels,
        severity: own.severity ?? alert.severity,
        certctl_instance: context.name,
      },
      annotations: {
        summary: textFor(context, alert.summary),
        description: textFor(context, alert.description),
        runbook_url: `${settings.runbookBaseUrl ?? defaultRunbookBaseUrl}/${name}.md`,
        ...settings.alertAnnotations,
        ...own.annotations,
      },
    },
  ];
}

function textFor(context: AlertContext, text: AlertText): string {
  return typeof text === "string" ? text : text(context);
}

function defaultThreshold({ threshold }: Alert, { fleetSize }: AlertContext): number {
  const value = threshold?.default ?? 0;
  return typeof value === "number" ? value : value[fleetSize];
}
