import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parse } from "yaml";
import { metricsPath } from "../../src/monitoring/service-monitor";
import type { AlertName } from "../../src/monitoring/alerts-args";
import type { RuleGroup } from "../../src/monitoring/prometheus-rule";
import { kubectl, object } from "../engine/support/cluster";
import { afterFirstEvent } from "../monitoring/known-metrics";
import { selectorFinder } from "../support/promql";
import type { Selector } from "../support/promql";
import { measured } from "./support/measurements";
import { eventually, useInstance } from "./support/node-instance";
import type { NodeInstance } from "./support/node-instance";
import { Prometheus } from "./support/prometheus";
import type { Target } from "./support/prometheus";
import { useNode } from "./support/real-node";

/** A job of Prometheus' configuration, as far as the test looks into it. */
interface ScrapeConfig {
  job_name: string;
  scheme: string;
  authorization: { type: string };
  tls_config: { server_name: string; ca_file: string; insecure_skip_verify?: boolean };
}

describe("the Prometheus of the Prometheus Operator, with the real pods of prod-ha,", function () {
  this.timeout(1_200_000);
  let instance: NodeInstance;
  let prometheus: Prometheus;

  before(async () => {
    instance = await useInstance("prod-ha");
    await instance.settled();
    [prometheus] = await Promise.all([
      measured(instance, "Prometheus ready", () => Prometheus.start()),
      instance.runNow("certctl-backup", backups.good),
    ]);
  });
  after(async () => {
    await prometheus.stop();
    await kubectl(
      "delete",
      "jobs",
      ...Object.values(backups),
      "--ignore-not-found",
      "--namespace",
      instance.namespace,
    );
  });

  it("scrapes every server through the policies, with the metrics key and a certificate that is verified", async () => {
    const targets = await eventually(60, async () => {
      const all = await targetsOf(prometheus, instance);
      assert.equal(all.length, 3);
      for (const { health, lastError } of all) assert.equal(health, "up", lastError);
      return all;
    });
    const pods = await instance.pods("server");
    const { namespace } = instance;
    assert.deepEqual(
      targets.map(({ labels, scrapeUrl }) => ({ labels, scrapeUrl })).sort(byPod),
      pods
        .map(({ metadata: { name: pod }, status }) => {
          const address = `${String(status.podIP)}:8443`;
          const labels = {
            container: "server",
            endpoint: "https",
            instance: address,
            job: "certctl-server",
            namespace,
            pod,
            service: "certctl-server",
          };
          return { labels, scrapeUrl: `https://${address}${metricsPath}` };
        })
        .sort(byPod),
    );
    const { scrape_configs: configs } = parse(await prometheus.configuration()) as {
      scrape_configs: ScrapeConfig[];
    };
    const config = configs.find(({ job_name: name }) => name === poolOf(instance));
    assert.ok(config);
    assert.equal(config.scheme, "https");
    assert.equal(config.authorization.type, "Bearer");
    assert.match(config.tls_config.ca_file, new RegExp(`${namespace}_certctl-.*_ca\\.crt$`));
    assert.equal(config.tls_config.server_name, `certctl-server.${namespace}.svc`);
    assert.notEqual(config.tls_config.insecure_skip_verify, true);
  });

  it("is shown nothing without the metrics key, or with another", async () => {
    assert.equal((await instance.get(metricsPath)).status, 401);
    assert.equal((await instance.get(metricsPath, "another-key")).status, 401);
  });

  it("evaluates every rule without an error", async () => {
    const { spec } = await object(instance.namespace, "prometheusrules", "certctl-monitoring");
    const wanted = (spec.groups as RuleGroup[]).flatMap(({ rules }) => rules.map(({ alert }) => alert));
    const rules = await eventually(60, async () => {
      const loaded = await prometheus.rules();
      assert.ok(loaded.every(({ health }) => health !== "unknown"));
      return loaded;
    });
    assert.deepEqual(rules.map(({ name }) => name).sort(), wanted.sort());
    assert.deepEqual(
      rules.filter(({ health, lastError }) => health !== "ok" || lastError !== undefined),
      [],
    );
  });

  it("has every series that the rules ask for, but for those that begin with an event", async () => {
    const selectorsIn = await selectorFinder();
    const selectors = (await prometheus.rules())
      .flatMap(({ query }) => selectorsIn(query))
      .filter((one) => !beginsWithAnEvent(one));
    const texts = [...new Set(selectors.map(({ text }) => text))];
    assert.ok(texts.length > 20);
    // The kubelet looks at volumes once a minute.
    await eventually(90, async () => {
      const missing = await Promise.all(
        texts.map(async (text) => ((await prometheus.query(text)).length === 0 ? [text] : [])),
      );
      assert.deepEqual(missing.flat(), []);
    });
  });

  it("fires nothing while all is well", async () => {
    await eventually(60, async () => {
      assert.deepEqual(await activeAlerts(prometheus), []);
    });
  });

  it("fires CertctlServerDown, and nothing else, when the servers are stopped", async () => {
    const scale = (replicas: number): Promise<string> =>
      kubectl(
        "scale",
        "deployment",
        "certctl-server",
        `--replicas=${String(replicas)}`,
        "--namespace",
        instance.namespace,
      );
    const fired = await firedBy(
      prometheus,
      "CertctlServerDown",
      () => scale(0),
      async () => {
        await scale(3);
        await instance.settled();
      },
    );
    assert.deepEqual(fired, ["CertctlServerDown"]);
  });

  it("fires CertctlBackupFailed, and nothing else, when the volume refuses a backup", async () => {
    const incoming = join(await backupFolder(instance), ".incoming");
    const fired = await firedBy(
      prometheus,
      "CertctlBackupFailed",
      async () => {
        rmSync(incoming, { recursive: true, force: true });
        // It is root's.
        mkdirSync(incoming);
        await refusedBackUp(instance);
      },
      async () => {
        rmSync(incoming, { recursive: true, force: true });
        await instance.runNow("certctl-backup", backups.later);
      },
    );
    assert.deepEqual(fired, ["CertctlBackupFailed"]);
  });
});

/** Names that the CronJob could have given its Jobs: by them the alerts know whose they are. */
const backups = {
  good: "certctl-backup-good",
  refused: "certctl-backup-refused",
  later: "certctl-backup-later",
};

/** An issuance, a certificate near its end, a Job that fails, a drill. */
function beginsWithAnEvent({ metric, text }: Selector): boolean {
  if (afterFirstEvent.includes(metric) || metric === "kube_job_failed") return true;
  return /^kube_(cron)?job_status_/.test(metric) && text.includes('"certctl-drill');
}

const poolOf = ({ namespace }: NodeInstance): string => `serviceMonitor/${namespace}/certctl-monitoring/0`;

async function targetsOf(prometheus: Prometheus, instance: NodeInstance): Promise<Target[]> {
  return (await prometheus.targets()).filter(({ scrapePool }) => scrapePool === poolOf(instance));
}

function byPod(left: { labels: { pod?: string } }, right: { labels: { pod?: string } }): number {
  return (left.labels.pod ?? "").localeCompare(right.labels.pod ?? "");
}

async function activeAlerts(prometheus: Prometheus): Promise<string[]> {
  return (await prometheus.alerts()).map(({ state, labels }) => `${labels.alertname ?? ""} ${state}`);
}

const twoScrapes = 4_000;

/**
 * Alerts that fired from before a fault until it was mended and forgotten. While it lasts, the one that is
 * expected fires, and no other is even pending.
 */
async function firedBy(
  prometheus: Prometheus,
  alert: AlertName,
  cause: () => Promise<unknown>,
  mend: () => Promise<unknown>,
): Promise<string[]> {
  const since = Date.now();
  const only = [`${alert} firing`];
  try {
    await cause();
    await eventually(60, async () => {
      assert.deepEqual(await activeAlerts(prometheus), only);
    });
    console.log(`      ${alert} fires after ${((Date.now() - since) / 1000).toFixed(0)} s`);
    await delay(twoScrapes);
    assert.deepEqual(await activeAlerts(prometheus), only);
  } finally {
    await mend();
  }
  await eventually(60, async () => {
    assert.deepEqual(await activeAlerts(prometheus), []);
  });
  const window = `${String(Math.ceil((Date.now() - since) / 1000))}s`;
  const fired = await prometheus.query(
    `count by (alertname) (count_over_time(ALERTS{alertstate="firing"}[${window}]))`,
  );
  return fired.map(({ alertname = "" }) => alertname).sort();
}

/**
 * A backup that fails at its first attempt: its CronJob has a second one, which the test does not wait for.
 */
async function refusedBackUp({ namespace }: NodeInstance): Promise<void> {
  const inNamespace = (...args: string[]): Promise<string> => kubectl(...args, "--namespace", namespace);
  await inNamespace("create", "job", "--from=cronjob/certctl-backup", backups.refused);
  await inNamespace(
    "patch",
    "job",
    backups.refused,
    "--patch",
    JSON.stringify({ spec: { backoffLimit: 0 } }),
  );
  await inNamespace("wait", "--for=condition=failed", `job/${backups.refused}`, "--timeout=180s");
  assert.match(await inNamespace("logs", `job/${backups.refused}`, "--container=dump"), /cannot be made/);
}

/** Where the volume of backups is on this machine. */
async function backupFolder({ namespace }: NodeInstance): Promise<string> {
  const volume = await kubectl(
    "get",
    "pvc",
    "certctl-backup",
    "--namespace",
    namespace,
    "--output=jsonpath={.spec.volumeName}",
  );
  const path = await kubectl("get", "pv", volume, "--output=jsonpath={.spec.local.path}");
  return join((await useNode()).volumesFolder, basename(path));
}
