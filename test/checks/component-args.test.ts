import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { checkedSettings } from "../../src/checks/checked-settings";
import { agentsIssues } from "../../src/agents/agents-checks";
import { allIssues } from "../../src/checks/all-issues";
import { databaseIssues, externalDatabaseIssues, postgresIssues } from "../../src/database/database-checks";
import { migrationIssues } from "../../src/migration/migration-checks";
import { provisioningIssues } from "../../src/provisioning/provisioning-checks";
import { serverIssues } from "../../src/server/server-checks";
import { tlsIssues } from "../../src/tls/tls-checks";

describe("checkedSettings", () => {
  it("reports the problems of a component's settings under the component's name", () => {
    const args = {
      namespace: "certctl",
      replicas: 0,
      mounts: [{ mountPath: "/a" }],
      env: { CERTCTL_LOG_LEVEL: "debug" },
    };
    assert.throws(
      () => checkedSettings("ServerSettings", serverIssues, args, "pki"),
      /has 3 problems:\npki\.env\.CERTCTL_LOG_LEVEL: is governed by .*\npki\.mounts\[0\]: has no files.*\npki\.replicas: 0 is not between 1 and 50$/,
    );
  });

  it("leaves what is no setting to the compiler", () => {
    const database = { connection: pulumi.output("x") };
    const args = { namespace: pulumi.output("certctl"), database, maxConnections: 20, unheardOf: true };
    assert.deepEqual(checkedSettings("ServerSettings", serverIssues, args, "pki"), args);
  });

  it("checks each part by its own rules", () => {
    const messages = [
      ...allIssues("PostgresSettings", { parameters: { port: "1" } }, "a", postgresIssues),
      ...allIssues("ExternalDatabaseSettings", { host: "db:5432" }, "b", externalDatabaseIssues),
      ...allIssues("DatabaseSettings", { mode: "external" }, "c", databaseIssues),
      ...allIssues("AgentSettings", { kind: "DaemonSet", replicas: 2 }, "d", agentsIssues),
      ...allIssues("TlsSettings", { mode: "certManager" }, "e", tlsIssues),
      ...allIssues(
        "MigrationSettings",
        { resources: { requests: { memory: "2Gi" }, limits: { memory: "1Gi" } } },
        "f",
        migrationIssues,
      ),
      ...allIssues("ProvisioningSettings", { backoffLimit: -1 }, "g", provisioningIssues),
      ...allIssues(
        "ServerSettings",
        { smtp: { host: "m", fromAddress: "a@b", port: 587 } },
        "h",
        serverIssues,
      ),
      ...allIssues("ImageSettings", { server: "certctl" }, "i", () => []),
    ];
    assert.deepEqual(
      messages.map(({ path }) => path),
      [
        "a.parameters.port",
        "b.host",
        "c.external",
        "d.replicas",
        "e.certManager",
        "f.resources.requests.memory",
        "g.backoffLimit",
        "h.smtp.port",
        "i.server",
      ],
    );
  });
});
