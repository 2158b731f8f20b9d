import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { closestName } from "../../src/checks/unknown-keys";
import schema from "../../src/checks/schema.json";
import type { AlertingRule } from "../../src/monitoring/prometheus-rule";
import { everyAlert as everything, renderedRules, withoutExporter } from "../support/rules";

const root = join(__dirname, "../..");
const runbooks = join(root, "docs/runbooks");
const wrongAboveFifty = /certctl_certificate_(active|expiring_soon|expired|revoked)/;
const parts = ["Meaning", "Impact", "Diagnosis", "Mitigation"];

describe("the rules", function () {
  this.timeout(300_000);

  let rules: AlertingRule[];

  before(async () => {
    rules = await renderedRules();
  });

  it("have an argument each, of their name", () => {
    assert.deepEqual(
      rules.map(({ alert }) => alert).sort(),
      Object.keys(schema.definitions.AlertsSettings.properties).sort(),
    );
  });

  it("take a threshold where they have one, and nowhere else", async () => {
    const properties = Object.entries(
      schema.definitions.AlertsSettings.properties as Record<string, { $ref: string }>,
    );
    const tunable = properties
      .filter(([, { $ref }]) => $ref.endsWith("/ThresholdAlertSettings"))
      .map(([name]) => name);
    const alerts = Object.fromEntries(tunable.map((name) => [name, { threshold: 0.777 }]));
    const tuned = await renderedRules({
      ...everything,
      monitoring: { ...everything.monitoring, rules: { alerts } },
    });
    assert.deepEqual(
      tuned
        .filter(({ expr }) => /\b0\.777\b/.test(expr))
        .map(({ alert }) => alert)
        .sort(),
      tunable.sort(),
    );
  });

  it("have a severity, the instance, and an annotation each for what, why and where to read on", () => {
    for (const { alert, labels, annotations } of rules) {
      assert.ok(["critical", "warning"].includes(labels.severity ?? ""), alert);
      assert.equal(labels.certctl_instance, "certctl", alert);
      assert.match(annotations.summary ?? "", /^.*\{\{ \$labels\.namespace \}\}.*[^.]$/, alert);
      assert.match(annotations.description ?? "", /^[^{]+\.$/, alert);
      assert.match(
        annotations.runbook_url ?? "",
        new RegExp(`^https://.*/docs/runbooks/${alert}\\.md$`),
        alert,
      );
    }
  });

  it("say so where they ask for a number that is wrong above 50 certificates", async () => {
    const about = (await renderedRules(withoutExporter)).filter(({ expr }) => wrongAboveFifty.test(expr));
    const counting = about.filter(({ alert }) => alert !== "CertctlMetricsMissing");
    assert.deepEqual(counting.map(({ alert }) => alert).sort(), [
      "CertctlCertificateExpired",
      "CertctlCertificateExpiringSoon",
    ]);
    for (const { annotations } of counting) {
      assert.match(annotations.description ?? "", /50 oldest/);
      assert.match(annotations.summary ?? "", /^At least /);
    }
  });

  it("ask for no such number, and warn of none, where an exporter knows the right one", () => {
    for (const { alert, expr, annotations } of rules) {
      assert.doesNotMatch(expr, wrongAboveFifty, alert);
      assert.doesNotMatch(Object.values(annotations).join(" "), /\b50\b|At least /, alert);
    }
  });

  it("keep names and thresholds of the source system, whoever counts", async () => {
    for (const found of [rules, await renderedRules(withoutExporter)]) {
      const source = found.filter(({ alert }) =>
        ["CertctlCertificateExpiringSoon", "CertctlCertificateExpired"].includes(alert),
      );
      assert.deepEqual(
        source.map(({ expr, for: holds }) => [expr.split(" ").slice(-2).join(" "), holds]),
        [
          ["> 0", "5m"],
          ["> 0", "5m"],
        ],
      );
    }
  });

  it("never ask how many breaks of the audit chain were counted", () => {
    for (const { alert, expr } of rules) assert.doesNotMatch(expr, /chain_break/, alert);
  });

  it("know which agents certctl registers for its own scans", async () => {
    const offline = async (server: object): Promise<string> => {
      const found = await renderedRules({ ...everything, server });
      return found.find(({ alert }) => alert === "CertctlAgentOffline")?.expr ?? "";
    };
    const clouds = { CERTCTL_CLOUD_DISCOVERY_ENABLED: "true", CERTCTL_AWS_SM_DISCOVERY_ENABLED: "true" };
    assert.doesNotMatch(await offline({}), / - \d\)/);
    assert.match(await offline({ networkScan: { enabled: true } }), / - 1\)/);
    assert.match(await offline({ networkScan: { enabled: true }, env: clouds }), / - 2\)/);
  });

  it("leave out what an external database does not have", async () => {
    const external = await renderedRules({
      ...everything,
      database: { mode: "external", external: { host: "db.example.com" } },
    });
    const names = external.map(({ alert }) => alert);
    assert.ok(names.includes("CertctlDatabaseDown"));
    assert.ok(!names.includes("CertctlDatabaseVolumeFilling"));
    assert.ok(!external.some(({ expr }) => expr.includes("certctl-postgres")));
  });

  it("have a runbook page each, with all four parts filled", () => {
    for (const { alert } of rules) {
      const file = join(runbooks, `${alert}.md`);
      assert.ok(existsSync(file), `${alert} has no page`);
      const [head = "", ...sections] = readFileSync(file, "utf8").split(/^## /m);
      assert.equal(head.trim().split("\n")[0], `# ${alert}`);
      assert.deepEqual(
        sections.map((section) => section.split("\n")[0]),
        parts,
        alert,
      );
      for (const section of sections)
        assert.ok(section.split("\n").slice(1).join(" ").trim().length > 30, `${alert}: ${section}`);
      assert.match(sections[2] ?? "", /^ {4}\S/m, `${alert}: the diagnosis has no command`);
    }
  });

  it("have no runbook page too many", () => {
    const pages = readdirSync(runbooks).map((file) => file.replace(/\.md$/, ""));
    assert.deepEqual(
      pages.filter((page) => page !== "README").sort(),
      rules.map(({ alert }) => alert).sort(),
    );
  });

  it("are listed in the guide, with their defaults", () => {
    const guide = readFileSync(join(root, "docs/monitoring.md"), "utf8");
    for (const { alert, labels, for: holds } of rules) {
      const row = `| [${alert}](runbooks/${alert}.md)`;
      const line = guide.split("\n").find((one) => one.startsWith(row)) ?? "";
      const cells = line.split("|").map((cell) => cell.trim());
      assert.deepEqual([cells[2], cells[3]], [labels.severity, holds ?? "0s"], `${alert}: ${line}`);
    }
  });

  it("suggest the name of an alert that was misspelt", () => {
    const names = rules.map(({ alert }) => alert);
    assert.equal(closestName("CertctlAgentsOffline", names), "CertctlAgentOffline");
  });
});
