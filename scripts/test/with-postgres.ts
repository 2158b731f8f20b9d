import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { freePort, LocalPostgres } from "../../test/support/postgres";

/**
 * Runs a command while a PostgreSQL 16 of its own is there for the Go tests of test/contract, which skip
 * those that need one otherwise. Ends with the command's exit code.
 */
async function main([program = "", ...args]: string[]): Promise<void> {
  const port = await freePort();
  const password = randomBytes(16).toString("hex");
  const image = {
    POSTGRES_USER: "certctl",
    POSTGRES_PASSWORD: password,
    POSTGRES_DB: "contract",
    POSTGRES_INITDB_ARGS: "--auth-host=scram-sha-256",
  };
  const postgres = await LocalPostgres.start(
    image,
    ["-c", `port=${port}`, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"],
    port,
  );
  try {
    const address = `postgres://certctl@127.0.0.1:${port}/postgres?sslmode=disable`;
    const env = { ...process.env, CONTRACT_TEST_DATABASE_URL: address, PGPASSWORD: password };
    const child = spawn(program, args, { env, stdio: "inherit" });
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
    process.exitCode = await new Promise<number>((resolve, reject) =>
      child.on("error", reject).on("close", (code) => resolve(code ?? 1)),
    );
  } finally {
    await postgres.stop();
  }
}

void main(process.argv.slice(2));
