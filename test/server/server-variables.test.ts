import assert from "node:assert/strict";
import { parseValues } from "../../src/stack/stack-values";
import { stackFileValues } from "../../src/stack/stack-config";
import { definitionSchema, resolve, stepInto } from "../../src/checks/schema-check";
import type { ServerSettings } from "../../src/server/server-args";
import { serverVariables } from "../../src/server/server-environment";
import { resolveServer } from "../../src/server/server-settings";
import {
  findVariable,
  profileFamilies,
  profileVariable,
  variableGroups,
  variableNames,
} from "../../src/server/variables/catalogue";
import { variableIssues } from "../../src/server/variables/variable-checks";
import { variableBundles } from "../../src/server/variables/bundles";
import { corpus } from "../checks/corpus";

const variables = variableGroups.flatMap((group) => group.variables);

describe("the table of the server's variables", () => {
  it("has each variable once", () => {
    const names = variables.map(({ name }) => name);
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) < index),
      [],
    );
    assert.ok(names.length > 240, `${String(names.length)} variables`);
  });

  it("names an argument that exists for each variable that one governs", () => {
    const root = definitionSchema("CertctlArgs");
    const lost = [...variables, ...profileFamilies.flatMap((family) => family.variables)].filter(
      ({ status, note }) => {
        const target = note
          .split(".")
          .reduce((node: typeof root | undefined, key) => resolve(stepInto(resolve(node), key)), root);
        return status === "governed" && target === undefined;
      },
    );
    assert.deepEqual(lost, []);
  });

  it("lets nobody set a variable that the deployment sets itself", () => {
    for (const { name: file, config } of corpus("valid")) {
      const { server = {} } = parseValues(stackFileValues(config).values) as { server?: ServerSettings };
      for (const name of Object.keys(serverVariables(resolveServer({ ...server, env: {} })))) {
        assert.match(findVariable(name)?.status ?? "unknown", /^(governed|fixed)$/, `${name} in ${file}`);
      }
    }
  });

  it("gives a reason or a meaning for every variable, and a default that its own kind accepts", () => {
    for (const { name, kind, note, default: fallback } of variables) {
      assert.ok(note.length > 3, name);
      if (fallback === undefined || /[ ']/.test(fallback) || kind.type === "url") continue;
      assert.deepEqual(variableIssues({ name, source: "secretEnv", path: "", value: fallback }), [], name);
    }
  });

  it("keeps every password, token, key and webhook with a key in it secret", () => {
    const suspicious = variables.filter(
      ({ name, status }) =>
        status === "open" &&
        /(PASSWORD|TOKEN|API_KEY|API_SECRET|_SECRET|ROUTING_KEY|SLACK_WEBHOOK_URL|TEAMS_WEBHOOK_URL)$/.test(
          name,
        ),
    );
    assert.ok(suspicious.length > 12, String(suspicious.length));
    assert.deepEqual(
      suspicious.filter(({ secret }) => !secret).map(({ name }) => name),
      [],
    );
  });

  it("names variables that exist where one needs others", () => {
    const names = variableNames();
    for (const { prefix, needs } of variableBundles) {
      assert.ok(names.some((name) => name.startsWith(prefix)) || prefix === "OTEL_", prefix);
      assert.deepEqual(
        needs.filter((name) => findVariable(name)?.status !== "open"),
        [],
      );
    }
  });

  it("finds the variables of a profile by their ending", () => {
    const found = profileVariable("CERTCTL_SCEP_PROFILE_CORP_MTLS_ENABLED");
    assert.deepEqual(
      [found?.profile, found?.variable.note],
      ["CORP", "server.scep.profiles.<name>.clientCas"],
    );
    assert.equal(profileVariable("CERTCTL_EST_PROFILE_A-1_SERVERKEYGEN_ENABLED")?.profile, "A-1");
    assert.equal(profileVariable("CERTCTL_SCEP_PROFILE_MTLS_ENABLED"), undefined);
    assert.deepEqual(
      profileFamilies.map(({ argument }) => argument),
      ["server.est.profiles", "server.scep.profiles"],
    );
  });

  it("knows families of libraries by their prefix, but not the bare prefix", () => {
    assert.equal(findVariable("OTEL_EXPORTER_OTLP_ENDPOINT")?.status, "open");
    assert.equal(findVariable("AWS_REGION")?.status, "open");
    assert.equal(findVariable("AWS_SECRET_ACCESS_KEY")?.secret, true);
    assert.equal(findVariable("OTEL_"), undefined);
  });
});

describe("the check of a variable's value", () => {
  const check = (name: string, value: string): string[] =>
    variableIssues({ name, source: "env", path: "", value }).map(({ message }) => message);

  it("accepts what certctl reads as it is written", () => {
    for (const [name, values] of Object.entries({
      CERTCTL_HEALTH_CHECK_ENABLED: ["true", "1", "yes", "false", "0", "no"],
      CERTCTL_HEALTH_CHECK_MAX_CONCURRENT: ["1", "+20", "0020"],
      CERTCTL_HEALTH_CHECK_INTERVAL: ["1s", "1h30m", "1.5h", "1000ms"],
      CERTCTL_SESSION_SAMESITE: ["Lax", "Strict"],
      CERTCTL_VAULT_ADDR: ["https://vault.example.com:8200", "http://vault/ui"],
      CERTCTL_CERT_EXPORT_RATE_LIMIT_PER_ACTOR_HR: ["0"],
    })) {
      for (const value of values) assert.deepEqual(check(name, value), [], `${name}=${value}`);
    }
  });

  it("refuses what certctl would take for something else", () => {
    for (const [name, values] of Object.entries({
      CERTCTL_HEALTH_CHECK_ENABLED: ["True", "on", "y", "2", " true", ""],
      CERTCTL_HEALTH_CHECK_MAX_CONCURRENT: ["1.0", "1e3", "0x10", " 1", "ten", "0", "-1", "9".repeat(20)],
      CERTCTL_HEALTH_CHECK_INTERVAL: ["60", "1d", "-5m", "1 h", "0s", "h"],
      CERTCTL_SESSION_SAMESITE: ["lax", "None"],
      CERTCTL_VAULT_ADDR: ["vault.example.com", "https://", "ftp://vault"],
      CERTCTL_GCP_SM_CREDENTIALS: ["key.json"],
    })) {
      for (const value of values) assert.equal(check(name, value).length, 1, `${name}=${value}`);
    }
  });
});
