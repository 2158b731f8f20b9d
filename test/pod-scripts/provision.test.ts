import assert from "node:assert/strict";
import type { ApiKeys } from "../../src/secrets/secrets-args";
import { LocalInstance } from "../support/instance";
import type { ScriptAnswer } from "../support/instance";
import { podSpec, manifestOf } from "../support/pods";

describe("the provisioning Job's script, against the stand-in for certctl on a real PostgreSQL,", function () {
  this.timeout(300_000);
  let instance: LocalInstance;

  before(async () => {
    instance = await LocalInstance.start();
    await instance.startServer();
  });

  after(async () => {
    await instance.stop();
  });

  it("finds agents without rights at first", async () => {
    assert.equal(await register("before"), 403);
  });

  it("grants the least roles, removes the demo grant, and finds every issuer loaded", async () => {
    const answer = provision();
    assert.equal(answer.status, 0, answer.stdout + answer.stderr);
    assert.match(answer.stdout, /key enroll was granted role/);
    assert.match(answer.stdout, /key fleet was granted role r-agent/);
    assert.match(answer.stdout, /issuer iss-local is loaded/);
    assert.match(answer.stdout, /provisioned\n$/);
    assert.equal(await register("after"), 201);
    const keys = JSON.parse(
      (await instance.call("/api/v1/auth/keys", { key: keyOf("admin") })).body,
    ) as unknown;
    assert.ok(!JSON.stringify(keys).includes("actor-demo-anon"));
  });

  it("changes nothing when it runs again", () => {
    const answer = provision();
    assert.equal(answer.status, 0, answer.stdout + answer.stderr);
    assert.match(answer.stdout, /key fleet has role r-agent/);
    assert.doesNotMatch(answer.stdout, /was granted/);
  });

  it("leaves the enroll and fleet keys without administration", async () => {
    for (const duty of ["enroll", "fleet", "metrics"] as const) {
      const body = JSON.stringify({ role_id: "r-admin" });
      assert.equal(
        await instance.get(`/api/v1/auth/keys/${duty}/roles`, { key: keyOf(duty), method: "POST", body }),
        403,
        duty,
      );
    }
  });

  it("prints no key", () => {
    const { stdout, stderr } = provision();
    for (const duty of ["admin", "enroll", "fleet", "metrics"] as const)
      assert.ok(!(stdout + stderr).includes(keyOf(duty)));
  });

  it("fails and names the cause when the encryption key is not the one that the database was made with", async () => {
    await instance.stopServer();
    await instance.startServer({
      CERTCTL_CONFIG_ENCRYPTION_KEY: "another key of more than thirty-two bytes",
    });
    assert.equal(await instance.get("/ready"), 200);
    const answer = provision();
    assert.equal(answer.status, 1);
    assert.match(
      answer.stderr,
      /provisioning: not loaded: .*iss-local.*Is the encryption key \(CERTCTL_CONFIG_ENCRYPTION_KEY\) the one this database was made with\?/,
    );
  });

  function provision(): ScriptAnswer {
    const job = manifestOf(instance.manifests, "Job", "certctl-provision");
    const [, , script = ""] = podSpec(job).containers[0]?.command ?? [];
    return instance.runScript(
      script,
      "certctl-provision",
      instance.environment("Job", "certctl-provision", "provision"),
    );
  }

  function register(name: string): Promise<number> {
    return instance.get("/api/v1/agents", {
      key: keyOf("enroll"),
      method: "POST",
      body: JSON.stringify({ name, hostname: name }),
    });
  }

  function keyOf(duty: keyof ApiKeys): string {
    return (instance.args.apiKeys as Record<keyof ApiKeys, string>)[duty];
  }
});
