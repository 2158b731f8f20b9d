import assert from "node:assert/strict";
import { captureManifests, type Manifest } from "../../scripts/render/capture";
import { renderArgs } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { instanceSettings } from "../../src/instance/instance-settings";
import { watchedParts } from "../../src/instance/watched-parts";
import { CertctlMonitoring } from "../../src/monitoring/certctl-monitoring";
import { manifestOf } from "../support/pods";
import { argumentPaths, testArguments, withValues } from "./argument-tests";
import { argumentCases } from "./arguments";

describe("every documented argument of the monitoring", function () {
  this.timeout(300_000);

  const ofAlerts = "monitoring.rules.alerts.";

  testArguments((path) => path.startsWith("monitoring.") && !path.startsWith(ofAlerts));

  // There are many: the part of the instance that they go to renders in a fraction of the time.
  testArguments((path) => path.startsWith(ofAlerts), renderMonitoring);

  it("of alerts changes the instance in the same way as its monitoring by itself", async () => {
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
    const rulesOf = (manifests: Manifest[]): Manifest =>
      manifestOf(manifests, "PrometheusRule", "certctl-monitoring");
    assert.deepEqual(rulesOf(await renderArgs(args)), rulesOf(await renderMonitoring(args)));
  });
});

/** The manifests of an instance's monitoring, without the rest of it. */
function renderMonitoring(args: CertctlArgs): Promise<Manifest[]> {
  const parts = watchedParts(instanceSettings(args, "certctl"), "certctl");
  const names = {
    namespace: "certctl",
    apiKeys: "certctl-api-keys",
    trust: { configMap: "certctl-tls-ca", key: "ca.crt" },
  };
  // The exporter is a part of its own.
  const { sqlExporter: _exporter, ...monitoring } = args.monitoring ?? {};
  return captureManifests(() => {
    new CertctlMonitoring("certctl-monitoring", { ...monitoring, ...parts, ...names });
  });
}
