import type { Issue } from "../checks/issues";
import { issueIf, under } from "../checks/issues";
import { durationIssues, resourceIssues, schedulingIssues } from "../kubernetes/kubernetes-checks";
import { text } from "../checks/unseen";
import { rangeIssues } from "../kubernetes/ip-ranges";
import { duplicateIssues, variableIssues } from "./variables/variable-checks";
import { settingVariables } from "./variables/set-variables";
import { authIssues } from "./auth-checks";
import { estIssues, scepIssues } from "./enrollment-checks";
import { issuerFileIssues, mountIssues, pathIssues } from "./files/file-checks";
import type { RateLimitingSettings, SchedulerSettings } from "./limits-args";
import type { DigestSettings, SmtpSettings } from "./notification-args";
import { ServiceType, SessionAffinity } from "./server-args";
import type { NetworkScanSettings, ServerSettings, ServiceSettings } from "./server-args";

/** What is wrong with the settings of a server, as far as they tell without the rest of the instance. */
export function serverIssues(settings: ServerSettings): Issue[] {
  const variables = settingVariables(settings);
  const mounts = settings.mounts ?? [];
  return [
    ...under("autoscaling", autoscalingIssues(settings)),
    ...under("auth", authIssues(settings)),
    ...under("service", serviceIssues(settings.service)),
    ...under("rateLimiting", rateLimitingIssues(settings.rateLimiting)),
    ...under("scheduler", schedulerIssues(settings.scheduler)),
    ...under("smtp", smtpIssues(settings.smtp)),
    ...under("digest", digestIssues(settings.digest, settings.smtp)),
    ...issuerFileIssues(settings),
    ...under("est", estIssues(settings.est)),
    ...under("scep", scepIssues(settings.scep)),
    ...under("networkScan", networkScanIssues(settings.networkScan)),
    ...under("resources", resourceIssues(settings.resources)),
    ...under("scheduling", schedulingIssues(settings.scheduling)),
    ...under("mounts", mountIssues(mounts)),
    ...variables.flatMap(variableIssues),
    ...duplicateIssues(variables),
    ...pathIssues(variables, mounts),
  ];
}

function autoscalingIssues({ autoscaling, replicas }: ServerSettings): Issue[] {
  if (!autoscaling) return [];
  const least = autoscaling.minReplicas ?? 2;
  const path = autoscaling.minReplicas === undefined ? "maxReplicas" : "minReplicas";
  const reversed = `the least number of pods, ${String(least)}, is above the greatest, ${String(autoscaling.maxReplicas)}`;
  return [
    ...issueIf(least > autoscaling.maxReplicas, path, reversed),
    ...issueIf(
      replicas !== undefined,
      "",
      "chooses the number of pods; remove server.replicas, or autoscaling",
    ),
  ];
}

function serviceIssues(settings: ServiceSettings = {}): Issue[] {
  const { type, sourceRanges, externalTrafficPolicy, sessionAffinity, sessionAffinityTimeoutSeconds } =
    settings;
  const useless = sessionAffinityTimeoutSeconds !== undefined && sessionAffinity === SessionAffinity.None;
  const ranges = Array.isArray(sourceRanges) ? sourceRanges : [];
  const closed = Array.isArray(sourceRanges) && ranges.length === 0;
  return [
    ...issueIf(useless, "sessionAffinityTimeoutSeconds", "has no effect without sessionAffinity: ClientIP"),
    ...issueIf(
      sourceRanges !== undefined && type !== ServiceType.LoadBalancer,
      "sourceRanges",
      "has no effect without type: LoadBalancer",
    ),
    ...ranges.flatMap((range, index) => rangeIssues(`sourceRanges[${String(index)}]`, text(range))),
    ...issueIf(
      externalTrafficPolicy !== undefined && (type ?? ServiceType.ClusterIP) === ServiceType.ClusterIP,
      "externalTrafficPolicy",
      "has no effect with type: ClusterIP",
    ),
    ...issueIf(
      closed,
      "sourceRanges",
      "is empty, which means every address; name the networks, or remove it",
    ),
  ];
}

function rateLimitingIssues(settings: RateLimitingSettings = {}): Issue[] {
  return [
    ...durationIssues("janitorInterval", settings.janitorInterval, "1m"),
    ...durationIssues("bucketTtl", settings.bucketTtl, "1m"),
  ];
}

// facts: refusals-to-start
/** The intervals that certctl refuses when they are shorter than a second. */
const secondIntervals = [
  "jobProcessorInterval",
  "agentHealthCheckInterval",
  "notificationProcessInterval",
  "notificationRetryInterval",
  "retryInterval",
  "jobTimeoutInterval",
  "crlGenerationInterval",
] as const;

function schedulerIssues(settings: SchedulerSettings = {}): Issue[] {
  return [
    ...durationIssues("renewalCheckInterval", settings.renewalCheckInterval, "1m"),
    ...secondIntervals.flatMap((interval) => durationIssues(interval, settings[interval], "1s")),
  ];
}

function smtpIssues(settings: SmtpSettings | undefined): Issue[] {
  const startTls = settings?.port === 587 && settings.useTls !== false;
  return issueIf(
    startTls,
    "port",
    "587 means STARTTLS, which certctl does not speak; use 465, or useTls: false",
  );
}

function digestIssues(settings: DigestSettings | undefined, smtp: SmtpSettings | undefined): Issue[] {
  if (!settings || settings.enabled === false) return [];
  return [
    ...issueIf(smtp === undefined, "", "is sent by mail; set server.smtp, or digest.enabled: false"),
    ...issueIf(
      Array.isArray(settings.recipients) && settings.recipients.length === 0,
      "recipients",
      "is empty; name somebody",
    ),
    ...durationIssues("interval", settings.interval, "1s"),
  ];
}

function networkScanIssues(settings: NetworkScanSettings | undefined): Issue[] {
  return durationIssues("interval", settings?.interval, "1s");
}
