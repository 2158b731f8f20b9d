import type { SmtpSettings } from "./notification-args";

/** Port of the mail server. */
export function mailPort({ port, useTls = true }: SmtpSettings): number {
  return port ?? (useTls ? 465 : 25);
}
