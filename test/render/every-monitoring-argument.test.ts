import assert from "node:assert/strict";
import { renderArgs } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { alertContext } from "../../src/monitoring/monitoring-settings";
import { ruleGroups } from "../../src/monitoring/prometheus-rule";
import type { RuleGroup } from "../../src/monitoring/prometheus-rule";
import { manifestOf } from "../support/pods";
import { argumentPaths, checkedPlan, testArguments, withValues } from "./argument-tests";
import { argumentCases } from "./arguments";

describe("every documented argument of the monitoring", function () {
  this.timeout(300_000);

  const ofAlerts = "monitoring.rules.alerts.";

  testArguments((path) => path.startsWith("monitoring.") && !path.startsWith(ofAlerts));

  // There are many, and one function makes something of them.
  testArguments((path) => path.startsWith(ofAlerts), rulesOf);

  it("of alerts changes the instance as that function does", async () => {
    const cases = argumentPaths().flatMap((path) => {
      const value =
        path.startsWith(ofAlerts) && !path.endsWith(".enabled") ? argumentCases[path]?.value : undefined;
      return value === undefined ? [] : [[path, value] as const];
    });
    assert.ok(cases.length > 100, String(cases.length));
    const args = withValues({
      ...argumentCases[`${ofAlerts}CertctlServerDown.for`]?.given,
      ...Object.fromEntries(cases),
    });
    const rule = manifestOf(await renderArgs(args), "PrometheusRule", "certctl-monitoring");
    assert.deepEqual(rule.spec, { groups: rulesOf(args) });
  });
});

/** The rules of an instance, by the functions that make them. */
function rulesOf(args: CertctlArgs): RuleGroup[] {
  const { monitoring } = checkedPlan(args);
  assert.ok(monitoring);
  const { rules = {} } = monitoring;
  return ruleGroups(alertContext(monitoring, "certctl", monitoring), rules);
}
