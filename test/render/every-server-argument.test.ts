import assert from "node:assert/strict";
import { renderArgs } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { resolveImages } from "../../src/images/images";
import { serverAutoscaler, serverDisruptionBudget } from "../../src/server/availability-manifests";
import type { ServerManifestInput } from "../../src/server/server-input";
import { serverDeployment, serverService, serverServiceAccount } from "../../src/server/server-manifests";
import { resolveServer } from "../../src/server/server-settings";
import { manifestOf } from "../support/pods";
import { checkedPlan, testArguments, withValues } from "./argument-tests";

describe("every documented argument of the server", function () {
  this.timeout(300_000);

  // There are many, and these functions make something of them.
  testArguments((path) => path.startsWith("server."), objectsOf);

  it("changes the instance as those functions do", async () => {
    const args = withValues({ "server.lifecycle.preStopSeconds": 17, "server.replicas": 2 });
    const rendered = manifestOf(await renderArgs(args), "Deployment", "certctl-server");
    assert.deepEqual(figures(rendered.spec), figures(objectsOf(args).deployment.spec));
    assert.deepEqual(figures(rendered.spec), [2, 82]);
  });
});

/** The server's objects, by the functions that make them. */
function objectsOf(args: CertctlArgs) {
  const { server, names } = checkedPlan(args);
  const input: ServerManifestInput = {
    name: names.server,
    instance: "certctl",
    namespace: server.namespace,
    settings: resolveServer(server, server.fleetSize),
    images: resolveImages(server.images),
    connection: {
      host: "db.example.com",
      port: 5432,
      database: "certctl",
      user: "certctl",
      password: { name: names.postgres, key: "password" },
      sslMode: "disable",
      connectTimeoutSeconds: 10,
    },
    tlsSecret: names.tls,
    encryptionKey: { name: names.encryptionKey, key: "key" },
    apiKeys: names.apiKeys,
    previousDuties: [],
    variables: {},
    migratedByJob: true,
    secretsChecksum: "",
    scripts: "scripts",
  };
  return {
    account: serverServiceAccount(input),
    service: serverService(input),
    deployment: serverDeployment(input),
    budget: serverDisruptionBudget(input),
    autoscaler: serverAutoscaler(input),
  };
}

/** Two figures of a Deployment that the arguments decide. */
function figures(spec: unknown): unknown[] {
  const { replicas, template } = spec as {
    replicas: number;
    template: { spec: { terminationGracePeriodSeconds: number } };
  };
  return [replicas, template.spec.terminationGracePeriodSeconds];
}
