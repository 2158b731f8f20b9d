import { events, minutes, serverSeries, total } from "../promql";
import type { Window } from "../promql";
import type { Alert, AlertContext } from "./alert";

const quarter = minutes(15);
const hour = minutes(60);

function failed(context: AlertContext, window: Window): string {
  return events("certctl_issuance_total", context, window, 'outcome="failure"');
}

/** Both windows must burn: the long one shows that it matters, the short one that it still goes on. */
function burns(context: AlertContext, factor: number, long: Window, short: Window): string {
  const failureShare = (window: Window): string =>
    `${failed(context, window)} / ${events("certctl_issuance_total", context, window)}`;
  const limit = `${factor} * ${Number((1 - context.issuanceObjective).toFixed(6))}`;
  // One or two failures among few issuances are no trend, and CertctlIssuanceFailures tells of them.
  return `${failureShare(long)} > ${limit} and ${failureShare(short)} > ${limit} and ${failed(context, long)} > 2`;
}

const burning = {
  summary:
    "{{ $value | humanizePercentage }} of the issuances of {{ $labels.namespace }} fail, which spends the error budget too fast",
  description:
    "The share is that of the longer window. The objective is monitoring.rules.issuanceObjective; three failures at least are asked for.",
};

export const issuanceAlerts = {
  CertctlIssuanceFailures: {
    severity: "warning",
    for: "0s",
    threshold: { default: 0 },
    expression: (context, threshold) =>
      `${events("certctl_issuance_failures_total", context, quarter)} > ${threshold}`,
    summary: "{{ $value }} issuances of {{ $labels.namespace }} failed in the last 15 minutes",
    description:
      "The counter is the process's own: a failure that a server did not live to be asked about is not in it.",
  },
  CertctlIssuanceBudgetBurnFast: {
    severity: "critical",
    for: "2m",
    threshold: { default: 14.4 },
    expression: (context, threshold) => burns(context, threshold, hour, minutes(5)),
    ...burning,
  },
  CertctlIssuanceBudgetBurnSlow: {
    severity: "warning",
    for: "15m",
    threshold: { default: 6 },
    expression: (context, threshold) => burns(context, threshold, minutes(360), minutes(30)),
    ...burning,
  },
  CertctlOcspSigningFailures: {
    severity: "warning",
    for: "0s",
    threshold: { default: 10 },
    expression: (context, threshold) =>
      `${events("certctl_ocsp_counter_total", context, quarter, 'label="signing_failed"')} > ${threshold}`,
    summary:
      "{{ $value }} OCSP answers of {{ $labels.namespace }} could not be signed in the last 15 minutes",
    description:
      "certctl 2.1 cannot sign OCSP answers of the local issuer at all; the certificate revocation list works. The threshold leaves room for " +
      "the provisioning Job, which asks once for each issuer.",
  },
  CertctlVaultTokenRenewalFailing: {
    severity: "critical",
    for: "0s",
    threshold: { default: 0 },
    expression: (context, threshold) => {
      const renewals = "certctl_vault_token_renewals_total";
      const notRenewable = total(serverSeries(renewals, context, 'result="not_renewable"'));
      return `${events(renewals, context, hour, 'result="failure"')} > ${threshold} or ${notRenewable} > 0`;
    },
    summary: "The Vault token of {{ $labels.namespace }} is not renewed",
    description:
      "When it ends, every issuance over Vault fails. A token that cannot be renewed is told until the servers restart with another.",
  },
} satisfies Record<string, Alert>;
