import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:https";
import type { ApiKeys } from "../../src/secrets/secrets-args";
import { clientCertificate, guideCaddyfile, startGateway } from "../support/gateway";
import { LocalInstance } from "../support/instance";
import type { ScriptAnswer } from "../support/instance";
import { manifestOf, podSpec } from "../support/pods";
import { freePort } from "../support/postgres";

describe("the guide's gateway, a real Caddy before the stand-in for certctl with authentication none,", function () {
  this.timeout(300_000);
  let instance: LocalInstance;
  let gateway: ChildProcess;
  let upstreamPort: number;
  let person: { certificate: string; privateKey: string };
  let files: Record<string, string>;

  before(async () => {
    upstreamPort = await freePort();
    const settings = {
      image: "registry.example.com/gateway:2",
      args: ["caddy", "run", "--config", "/etc/gateway/Caddyfile", "--adapter", "caddyfile"],
      env: { XDG_DATA_HOME: "/tmp", XDG_CONFIG_HOME: "/tmp" },
      mounts: [{ mountPath: "/etc/gateway", configMap: "gateway" }],
      upstreamPort,
    };
    instance = await LocalInstance.start({ server: { auth: { type: "none", gateway: settings } } });
    person = await clientCertificate("someone");
    files = {
      "people-ca.crt": person.certificate,
      "server-ca.crt": instance.args.tlsCaCertificate as string,
    };
    gateway = await startGateway(instance, guideCaddyfile(), files);
    await instance.startServer();
  });

  after(async () => {
    await ended(gateway);
    await instance.stop();
  });

  it("stands before a server that listens on loopback, and believes everybody there", async () => {
    const env = instance.environment("Deployment", "certctl-server", "server");
    assert.equal(env.CERTCTL_SERVER_HOST, "127.0.0.1");
    assert.equal(env.CERTCTL_SERVER_PORT, String(upstreamPort));
    assert.equal(
      instance.environment("Deployment", "certctl-server", "reload-tls").CERTCTL_SERVER_PORT,
      String(upstreamPort),
    );
    assert.equal(await call("/api/v1/auth/keys", { port: upstreamPort }), 200);
  });

  it("lets nobody in without a key of the instance, but for what certctl shows everybody", async () => {
    for (const path of ["/", "/api/v1/issuers", "/api/v1/agents", "/api/v1/metrics/prometheus"]) {
      assert.equal(await call(path), 401, path);
      assert.equal(await call(path, { key: "not-a-key" }), 401, path);
    }
    for (const path of ["/health", "/ready"]) assert.equal(await call(path), 200, path);
  });

  it("lets agents enroll and work, Prometheus scrape, and neither of them do more", async () => {
    const body = JSON.stringify({ name: "one", hostname: "one" });
    assert.equal(await call("/api/v1/agents", { key: keyOf("enroll"), method: "POST", body }), 201);
    const { body: list } = await instance.call("/api/v1/agents", { key: keyOf("enroll") });
    const [, id = ""] = /"id":"(agent-[^"]+)"/.exec(list) ?? [];
    assert.equal(
      await call(`/api/v1/agents/${id}/heartbeat`, { key: keyOf("fleet"), method: "POST", body: "{}" }),
      200,
    );
    assert.equal(await call("/api/v1/metrics/prometheus", { key: keyOf("metrics") }), 200);
    for (const duty of ["enroll", "fleet", "metrics"] as const) {
      assert.equal(await call("/api/v1/auth/keys", { key: keyOf(duty) }), 401, duty);
      assert.equal(await call(`/api/v1/agents/${id}`, { key: keyOf(duty), method: "DELETE" }), 401, duty);
    }
  });

  it("lets people in who show a certificate of their CA, and not those of another", async () => {
    assert.equal(
      await call("/api/v1/auth/keys", { cert: person.certificate, certKey: person.privateKey }),
      200,
    );
    const stranger = await clientCertificate("someone");
    await assert.rejects(
      call("/api/v1/auth/keys", { cert: stranger.certificate, certKey: stranger.privateKey }),
      /bad certificate|unknown/,
    );
  });

  it("passes the provisioning Job, which grants nothing and finds every issuer loaded", () => {
    const answer = provision();
    assert.equal(answer.status, 0, answer.stdout + answer.stderr);
    assert.match(answer.stdout, /^the gateway asks who calls\n(.*\n)*issuer iss-local is loaded/);
    assert.doesNotMatch(answer.stdout, /granted/);
  });

  it("has a server behind it whose probes ask from inside the pod", async () => {
    const server = podSpec(manifestOf(instance.manifests, "Deployment", "certctl-server")).containers.find(
      ({ name }) => name === "server",
    );
    const { readinessProbe } = server as unknown as {
      readinessProbe: { exec: { command: [string, ...string[]] } };
    };
    const [program, ...args] = readinessProbe.exec.command;
    const ask = (): number | null => spawnSync(program, args).status;
    assert.equal(ask(), 0);
    await instance.stopServer();
    assert.notEqual(ask(), 0);
    await instance.startServer();
  });

  it("fails the provisioning Job when it lets everybody in", async () => {
    await ended(gateway);
    const open = guideCaddyfile().replace('respond "who are you?" 401', "import certctl");
    gateway = await startGateway(instance, open, files);
    const answer = provision();
    assert.equal(answer.status, 1);
    assert.match(
      answer.stderr,
      /the gateway does not ask who calls: without a key of this instance it answers 200/,
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

  interface Call {
    key?: string;
    method?: string;
    body?: string;
    port?: number;
    cert?: string;
    certKey?: string;
  }

  /** The status that a caller gets. */
  function call(
    path: string,
    { key, method = "GET", body, port = instance.port, cert, certKey }: Call = {},
  ): Promise<number> {
    const agent = new Agent({
      ca: instance.args.tlsCaCertificate as string,
      servername: "certctl-server.certctl.svc",
      cert,
      key: certKey,
    });
    const headers = {
      ...(key !== undefined && { Authorization: `Bearer ${key}` }),
      "Content-Type": "application/json",
    };
    return new Promise((settle, fail) => {
      const sent = request(
        { host: "127.0.0.1", port, path, method, headers, agent, timeout: 5000 },
        (answer) => {
          answer.resume();
          answer.on("end", () => {
            settle(answer.statusCode ?? 0);
          });
        },
      );
      sent.on("error", fail);
      sent.end(body);
    });
  }

  function keyOf(duty: keyof ApiKeys): string {
    return (instance.args.apiKeys as Record<keyof ApiKeys, string>)[duty];
  }
});

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  await exit;
}
