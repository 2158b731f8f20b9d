import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { checkedSettings } from "../../src/config/component-args";
import { checkSettings } from "../../src/config/validate";

describe("checkedSettings", () => {
  it("reports the problems of a component's settings under the component's name", () => {
    const args = {
      namespace: "certctl",
      replicas: 0,
      mounts: [{ mountPath: "/a" }],
      env: { CERTCTL_LOG_LEVEL: "debug" },
    };
    assert.throws(
      () => checkedSettings("ServerSettings", args, "pki"),
      /has 3 problems:\npki\.env\.CERTCTL_LOG_LEVEL: is governed by .*\npki\.mounts\[0\]: has no files.*\npki\.replicas: 0 is not between 1 and 50$/,
    );
  });

  it("leaves what is no setting to the compiler", () => {
    const database = { connection: pulumi.output("x") };
    const args = { namespace: pulumi.output("certctl"), database, maxConnections: 20, unheardOf: true };
    assert.deepEqual(checkedSettings("ServerSettings", args, "pki"), args);
  });

  it("checks each part by its own rules", () => {
    const messages = [
      ...checkSettings("PostgresSettings", { parameters: { port: "1" } }, "a"),
      ...checkSettings("ExternalDatabaseSettings", { host: "db:5432" }, "b"),
      ...checkSettings("DatabaseSettings", { mode: "external" }, "c"),
      ...checkSettings("AgentSettings", { kind: "DaemonSet", replicas: 2 }, "d"),
      ...checkSettings("TlsSettings", { mode: "certManager" }, "e"),
      ...checkSettings(
        "MigrationSettings",
        { resources: { requests: { memory: "2Gi" }, limits: { memory: "1Gi" } } },
        "f",
      ),
      ...checkSettings("ProvisioningSettings", { backoffLimit: -1 }, "g"),
      ...checkSettings("ServerSettings", { smtp: { host: "m", fromAddress: "a@b", port: 587 } }, "h"),
      ...checkSettings("ImageSettings", { server: "certctl" }, "i"),
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
