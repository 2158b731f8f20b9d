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
  /** TLS from the first byte, usually port 465 (`CERTCTL_SMTP_USE_TLS`). certctl has no STARTTLS, so 587 with TLS cannot work. @default true */
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
