import type { Duration, Port } from "../kubernetes/types";

/** Mail. The password is the secret `smtpPassword`. */
export interface SmtpSettings {
  /** Mail server (`CERTCTL_SMTP_HOST`). */
  host: string;
  /** Port (`CERTCTL_SMTP_PORT`). @default 465 with TLS, 25 without */
  port?: Port;
  /** User name (`CERTCTL_SMTP_USERNAME`). @default no login */
  username?: string;
  /** Sender (`CERTCTL_SMTP_FROM_ADDRESS`). */
  fromAddress: MailAddress;
  /**
   * TLS from the first byte, usually port 465 (`CERTCTL_SMTP_USE_TLS`). certctl has no STARTTLS, so 587 with
   * TLS cannot work.
   *
   * @default true
   */
  useTls?: boolean;
}

/**
 * A mail address.
 *
 * @pattern ^[^@\s,]+@[^@\s,]+$
 * @patternErrorMessage is not a mail address
 */
export type MailAddress = string;

/** Summary by mail. */
export interface DigestSettings {
  /** Whether it is sent (`CERTCTL_DIGEST_ENABLED`). @default true */
  enabled?: boolean;
  /** Time between two (`CERTCTL_DIGEST_INTERVAL`). @default 24h */
  interval?: Duration;
  /** Who gets it (`CERTCTL_DIGEST_RECIPIENTS`). */
  recipients: MailAddress[];
}

/** How bad PagerDuty takes a notification for. */
export const PagerDutySeverity = {
  Critical: "critical",
  Error: "error",
  Warning: "warning",
  Info: "info",
} as const;
export type PagerDutySeverity = (typeof PagerDutySeverity)[keyof typeof PagerDutySeverity];

/** How urgent Opsgenie takes a notification for. */
export const OpsgeniePriority = { P1: "P1", P2: "P2", P3: "P3", P4: "P4", P5: "P5" } as const;
export type OpsgeniePriority = (typeof OpsgeniePriority)[keyof typeof OpsgeniePriority];

/**
 * Chat, paging and webhooks. Each needs a secret variable, in `secretEnv` or `server.envFromSecrets`;
 * Microsoft Teams needs no more than that: `CERTCTL_TEAMS_WEBHOOK_URL`.
 */
export interface NotifierSettings {
  /** Slack; its incoming webhook is the secret variable `CERTCTL_SLACK_WEBHOOK_URL`. */
  slack?: SlackSettings;
  /** PagerDuty (Events v2); its routing key is the secret variable `CERTCTL_PAGERDUTY_ROUTING_KEY`. */
  pagerduty?: PagerDutySettings;
  /** Opsgenie; its API key is the secret variable `CERTCTL_OPSGENIE_API_KEY`. */
  opsgenie?: OpsgenieSettings;
  /**
   * A webhook of your own; the key that signs its requests (HMAC) is the secret variable
   * `CERTCTL_WEBHOOK_SECRET`.
   */
  webhook?: WebhookSettings;
}

/** Slack. */
export interface SlackSettings {
  /** Channel (`CERTCTL_SLACK_CHANNEL`). @default the webhook's own */
  channel?: string;
  /** Name that the messages appear under (`CERTCTL_SLACK_USERNAME`). @default certctl */
  username?: string;
}

/** PagerDuty. */
export interface PagerDutySettings {
  /** Severity of the events (`CERTCTL_PAGERDUTY_SEVERITY`). @default warning */
  severity?: PagerDutySeverity;
}

/** Opsgenie. */
export interface OpsgenieSettings {
  /** Priority of the alerts (`CERTCTL_OPSGENIE_PRIORITY`). @default P3 */
  priority?: OpsgeniePriority;
}

/** A webhook of your own. */
export interface WebhookSettings {
  /**
   * URL that gets every notification as JSON (`CERTCTL_WEBHOOK_URL`).
   *
   * @pattern ^https?://[^\s/][^\s]*$
   * @patternErrorMessage is not a URL that starts with https:// or http://
   */
  url: string;
}
