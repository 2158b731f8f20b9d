import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Manifest } from "../../scripts/render/capture";
import { renderArgs } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { buildContract } from "./contract";
import { localContainer, manifestOf } from "./pods";
import type { LocalContainer } from "./pods";
import { LocalPostgres, freePort } from "./postgres";
import { generateSecrets } from "./secrets";
import { makeUserland } from "./userland";

/** What a script answered. */
export interface ScriptAnswer {
  status: number | null;
  stdout: string;
  stderr: string;
}

const serverName = "certctl-server.certctl.svc";

/**
 * The rendered instance on this machine: a real PostgreSQL, the stand-in for certctl's server, and the pods'
 * own scripts.
 */
export class LocalInstance {
  private server: ChildProcess | undefined;

  private constructor(
    readonly folder: string,
    readonly port: number,
    readonly args: CertctlArgs,
    public manifests: Manifest[],
    private readonly postgres: LocalPostgres,
  ) {}

  /** Renders an instance with generated secrets, starts its database, and migrates it. */
  static async start(given: CertctlArgs = {}): Promise<LocalInstance> {
    const folder = mkdtempSync(join(tmpdir(), "certctl-instance-"));
    const [port, databasePort] = [await freePort(), await freePort()];
    const args = {
      ...(await generateSecrets()),
      ...given,
      server: { port, ...given.server },
      database: { bundled: { port: databasePort } },
    };
    const manifests = await renderArgs(args);
    const database = localContainer(
      manifests,
      manifestOf(manifests, "StatefulSet", "certctl-postgres"),
      "postgres",
      join(folder, "postgres"),
    );
    const postgres = await LocalPostgres.start(database.env, database.args, databasePort);
    const instance = new LocalInstance(folder, port, args, manifests, postgres);
    const migrated = spawnSync(buildContract().server, ["--migrate-only"], {
      env: instance.environment("Job", "certctl-migrate", "migrate"),
      encoding: "utf8",
    });
    assert.equal(migrated.status, 0, migrated.stdout);
    return instance;
  }

  /** Starts the server as the Deployment would, and waits until it is ready. */
  async startServer(changed: Record<string, string> = {}): Promise<ChildProcess> {
    const env = {
      ...this.environment("Deployment", "certctl-server", "server"),
      CERTCTL_SERVER_HOST: "127.0.0.1",
      ...changed,
    };
    const log: string[] = [];
    const server = spawn(buildContract().server, [], { env, stdio: ["ignore", "pipe", "pipe"] });
    server.stdout.on("data", (chunk: Buffer) => log.push(chunk.toString()));
    this.server = server;
    for (let left = 150; (await this.get("/ready").catch(() => 0)) !== 200; left -= 1) {
      assert.ok(left > 0 && server.exitCode === null, `the server is not ready: ${log.join("")}`);
      await delay(100);
    }
    return server;
  }

  async stopServer(): Promise<void> {
    const { server } = this;
    if (server?.exitCode !== null) return;
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    await ended;
  }

  async stop(): Promise<void> {
    await this.stopServer();
    await this.postgres.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Environment of a rendered container, with the database's Service name standing for this machine. */
  environment(kind: string, workload: string, name: string): Record<string, string> {
    const { env } = this.container(kind, workload, name);
    return Object.fromEntries(
      Object.entries(env).map(([key, value]) => [
        key,
        value.replaceAll("certctl-postgres.certctl.svc", "127.0.0.1"),
      ]),
    );
  }

  /** A rendered container, with its files on this machine. */
  container(kind: string, workload: string, name: string): LocalContainer {
    return localContainer(
      this.manifests,
      manifestOf(this.manifests, kind, workload),
      name,
      join(this.folder, workload),
    );
  }

  /**
   * Runs a pod's script as it is, but for the paths of its files, with the programs of its image. Its curl
   * finds the server's Service on this machine.
   */
  runScript(text: string, workload: string, env: Record<string, string>): ScriptAnswer {
    const home = join(this.folder, "home");
    const files = join(this.folder, workload);
    mkdirSync(home, { recursive: true });
    mkdirSync(join(files, "tmp"), { recursive: true });
    writeFileSync(join(home, ".curlrc"), `resolve = "${serverName}:${String(this.port)}:127.0.0.1"\n`);
    const script = text.replaceAll(/\/(?:etc\/certctl|tmp)\//g, (path) => files + path);
    return spawnSync("sh", ["-c", script], {
      env: { PATH: this.path, CURL_HOME: home, ...env },
      encoding: "utf8",
      timeout: 60_000,
    });
  }

  /** What PATH finds in containers of the server and of agents. */
  get path(): string {
    return makeUserland("server", join(this.folder, "system"));
  }

  /** The status that the server answers. With a key and a body, a call of its API. */
  async get(path: string, options: { key?: string; method?: string; body?: string } = {}): Promise<number> {
    return (await this.call(path, options)).status;
  }

  async call(
    path: string,
    options: { key?: string; method?: string; body?: string } = {},
  ): Promise<{ status: number; body: string }> {
    const headers = {
      ...(options.key !== undefined && { Authorization: `Bearer ${options.key}` }),
      "Content-Type": "application/json",
    };
    const agent = new Agent({ ca: this.args.tlsCaCertificate as string, servername: serverName });
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host: "127.0.0.1",
          port: this.port,
          path,
          method: options.method ?? "GET",
          headers,
          agent,
          timeout: 5000,
        },
        (answer) => {
          let body = "";
          answer.on("data", (chunk: Buffer) => (body += chunk.toString()));
          answer.on("end", () => {
            resolve({ status: answer.statusCode ?? 0, body });
          });
        },
      );
      sent.on("error", reject);
      sent.end(options.body);
    });
  }
}
