import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { pythonPackages } from "../python/packages.mjs";

/**
 * A simulator of the AWS APIs, and what programs need to know of it.
 * @typedef {object} Moto
 * @property {string} endpoint base URL of every API
 * @property {Record<string, string>} env AWS_* variables with which SDKs and the CLI talk to it, with all rights
 * @property {() => Promise<void>} enforceIam from now on, signatures and identity policies are checked; make users and roles before
 * @property {() => Promise<void>} stop
 */

/**
 * @typedef {object} MotoOptions
 * @property {boolean} [conditions] evaluate the conditions of policies, and the trust policies of roles for web identities
 * @property {string} [host] address to listen on
 * @property {{ certificate: string, privateKey: string }} [tls] serve HTTPS with this PEM pair
 */

/**
 * @param {MotoOptions} [options]
 * @returns {Promise<Moto>}
 */
export async function startMoto({ conditions = false, host = "127.0.0.1", tls } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "certctl-moto-"));
  const port = await freePort(host);
  const program = fileURLToPath(new URL("moto_server.py", import.meta.url));
  const args = ["-H", host, "-p", String(port), ...(conditions ? ["--conditions"] : [])];
  if (tls !== undefined) {
    const [certificate, privateKey] = [join(folder, "tls.crt"), join(folder, "tls.key")];
    writeFileSync(certificate, tls.certificate);
    writeFileSync(privateKey, tls.privateKey, { mode: 0o600 });
    args.push("-c", certificate, "-k", privateKey);
  }
  const env = {
    ...process.env,
    PYTHONPATH: pythonPackages("moto"),
    PYTHONUNBUFFERED: "1",
    MOTO_S3_CUSTOM_ENDPOINTS: undefined,
  };
  const server = spawn("python3", [program, ...args], { env, stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  server.stderr.setEncoding("utf8").on("data", (text) => (log = (log + text).slice(-20_000)));
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const stop = async () => {
    server.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };

  const endpoint = `${tls === undefined ? "http" : "https"}://${host}:${String(port)}`;
  // Whatever its certificate says: only whether it answers is asked.
  for (const deadline = Date.now() + 60_000; !/Running on/.test(log); await delay(100)) {
    if (server.exitCode === null && Date.now() < deadline) continue;
    await stop();
    throw new Error(`moto did not start:\n${log}`);
  }
  return {
    endpoint,
    env: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    },
    enforceIam: async () => {
      const answer = await fetch(`${endpoint}/moto-api/reset-auth`, {
        method: "POST",
        body: "0",
        headers: { "content-type": "text/plain" },
      });
      if (!answer.ok) throw new Error(`moto does not enforce IAM: ${String(answer.status)}`);
    },
    stop,
  };
}

/**
 * @param {string} host
 * @returns {Promise<number>}
 */
async function freePort(host) {
  const server = createServer();
  await new Promise((resolve, reject) =>
    server.once("error", reject).listen(0, host, () => resolve(undefined)),
  );
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
