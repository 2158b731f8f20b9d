import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ApiKeys } from "../../src/secrets/secrets-args";
import { LocalInstance } from "../support/instance";
import type { ScriptAnswer } from "../support/instance";
import { manifestOf, podSpec } from "../support/pods";

describe("the script that enrolls an agent, against the stand-in for certctl on a real PostgreSQL,", function () {
  this.timeout(300_000);
  let instance: LocalInstance;
  let idFile: string;
  let first: string;

  before(async () => {
    instance = await LocalInstance.start();
    await instance.startServer();
    const provision =
      podSpec(manifestOf(instance.manifests, "Job", "certctl-provision")).containers[0]?.command?.[2] ?? "";
    const provisioned = instance.runScript(
      provision,
      "certctl-provision",
      instance.environment("Job", "certctl-provision", "provision"),
    );
    assert.equal(provisioned.status, 0, provisioned.stderr);
    idFile = join(instance.folder, "certctl-agents", "var/lib/certctl/agent-id");
  });

  after(async () => {
    await instance.stop();
  });

  it("registers a new agent once, and keeps its ID for nobody else to read", async () => {
    const answer = enroll("certctl-agents-0");
    assert.equal(answer.status, 0, answer.stdout + answer.stderr);
    first = readFileSync(idFile, "utf8");
    assert.match(answer.stdout, new RegExp(`agent certctl-agents-0 is ${first} \\(registered\\)`));
    assert.equal(statSync(idFile).mode & 0o077, 0);
    assert.deepEqual(await agents(), ["certctl-agents-0"]);
  });

  it("asks nobody at a later start", async () => {
    await instance.stopServer();
    const answer = enroll("certctl-agents-0");
    assert.equal(answer.status, 0, answer.stderr);
    assert.equal(readFileSync(idFile, "utf8"), first);
    await instance.startServer();
  });

  it("finds a lost ID again by the agent's name, without a second agent", async () => {
    rmSync(idFile);
    const answer = enroll("certctl-agents-0");
    assert.equal(answer.status, 0, answer.stdout + answer.stderr);
    assert.match(answer.stdout, /found by name/);
    assert.equal(readFileSync(idFile, "utf8"), first);
    assert.deepEqual(await agents(), ["certctl-agents-0"]);
  });

  it("fails with the server's own words, and keeps no ID, when the key has no right to register", () => {
    rmSync(idFile);
    const answer = enroll("certctl-agents-1", "fleet");
    assert.equal(answer.status, 1);
    assert.match(answer.stderr, /enroll: registering certctl-agents-1 answered 40[13]: /);
    assert.ok(!existsSync(idFile));
  });

  it("fails when nobody answers", async () => {
    await instance.stopServer();
    const answer = enroll("certctl-agents-2");
    assert.equal(answer.status, 1);
    assert.match(answer.stderr, /enroll: no answer from https:\/\/certctl-server\.certctl\.svc/);
    await instance.startServer();
  });

  function enroll(name: string, duty: keyof ApiKeys = "enroll"): ScriptAnswer {
    const env = instance.environment("StatefulSet", "certctl-agents", "enroll");
    const path = join(instance.folder, "certctl-agents", "scripts", "enroll.sh");
    const script = readFileSync(path, "utf8").replace(
      "/keys/enroll",
      duty === "enroll" ? "/keys/enroll" : "/keys/none",
    );
    const text = duty === "enroll" ? script : script.replace("$(cat /etc/certctl/keys/none)", keyOf(duty));
    return instance.runScript(text, "certctl-agents", { ...env, AGENT_NAME: name });
  }

  async function agents(): Promise<string[]> {
    const { body } = await instance.call("/api/v1/agents", { key: keyOf("admin") });
    return (JSON.parse(body) as { data: { name: string }[] }).data
      .map(({ name }) => name)
      .filter((name) => name.startsWith("certctl-agents"));
  }

  function keyOf(duty: keyof ApiKeys): string {
    return (instance.args.apiKeys as Record<keyof ApiKeys, string>)[duty];
  }
});
