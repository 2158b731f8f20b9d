import assert from "node:assert/strict";
import type { ApiKeys } from "../../src/secrets/secrets-args";
import { afterFirstEvent, knownMetrics } from "../monitoring/known-metrics";
import { LocalInstance } from "../support/instance";
import { metricFinder } from "../support/promql";
import { everyAlert, renderedRules, withoutExporter } from "../support/rules";
const path = "/api/v1/metrics/prometheus";

describe("a scrape of the server", function () {
  this.timeout(300_000);
  let instance: LocalInstance;
  let keys: Record<keyof ApiKeys, string>;
  const previous = "the-metrics-key-that-is-being-replaced-0123456789";

  before(async () => {
    instance = await LocalInstance.start({ previousApiKeys: { metrics: previous } });
    await instance.startServer();
    keys = instance.args.apiKeys as Record<keyof ApiKeys, string>;
  });
  after(() => instance.stop());

  it("shows every metric that a rule asks for, but for those of events that have not happened", async () => {
    const { status, body } = await instance.call(path, { key: keys.metrics });
    assert.equal(status, 200);
    const shown = new Set([...body.matchAll(/^(certctl_\w+)/gm)].map(([, name]) => name ?? ""));
    const metricsOf = await metricFinder();
    // What backups tell a Pushgateway is no metric of the server, and neither is what the SQL exporter shows.
    const elsewhere = [...(knownMetrics.pushgateway ?? []), ...(knownMetrics.exporter ?? [])];
    const asked = (await Promise.all([everyAlert, withoutExporter].map((args) => renderedRules(args))))
      .flat()
      .flatMap(({ expr }) => metricsOf(expr))
      .filter((metric) => metric.startsWith("certctl_") && !elsewhere.includes(metric));
    assert.ok(asked.length > 30);
    assert.deepEqual(
      [...new Set(asked)].filter((metric) => !shown.has(metric) && !afterFirstEvent.includes(metric)),
      [],
    );
    assert.deepEqual(
      [...shown].filter((metric) => !knownMetrics.certctl?.includes(metric)),
      [],
    );
  });

  it("works with the key of before and with the new one while both are given, and with no other", async () => {
    assert.equal(await instance.get(path, { key: keys.metrics }), 200);
    assert.equal(await instance.get(path, { key: previous }), 200);
    assert.equal(await instance.get(path, { key: "no-key-of-this-server-0123456789-0123456789" }), 401);
    assert.equal(await instance.get(path), 401);
  });
});
