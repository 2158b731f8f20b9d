import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connect } from "node:tls";
import { createServerCertificate } from "../../scripts/secrets/certificates";
import { serverDnsNames } from "../../src/tls/dns-names";
import { LocalInstance } from "../support/instance";

describe("the sidecar that reloads TLS files, beside the stand-in for certctl,", function () {
  this.timeout(300_000);
  let instance: LocalInstance;
  let server: ChildProcess;
  let sidecar: ChildProcess;
  let said = "";

  before(async () => {
    instance = await LocalInstance.start();
    server = await instance.startServer();
    sidecar = startSidecar();
  });

  after(async () => {
    sidecar.kill("SIGTERM");
    await instance.stop();
  });

  it("signals nobody while the certificate on disk is the one served", async () => {
    await delay(7000);
    assert.equal(said, "");
  });

  it("lets a rotated certificate be served, without a restart", async () => {
    const before = await servedFingerprint();
    const rotated = await createServerCertificate(serverDnsNames("certctl", "certctl"));
    writeTlsFiles(rotated.certificate, rotated.privateKey);
    for (let left = 150; (await servedFingerprint()) === before; left -= 1) {
      assert.ok(left > 0, `still the old certificate; the sidecar said: ${said}`);
      await delay(100);
    }
    assert.match(said, /the certificate on disk is not the one served: sent SIGHUP/);
    assert.equal(server.exitCode, null);
  });

  it("leaves the old certificate in service when the new pair does not match, and heals with the right one", async () => {
    const before = await servedFingerprint();
    const rotated = await createServerCertificate(serverDnsNames("certctl", "certctl"));
    const other = await createServerCertificate(serverDnsNames("certctl", "certctl"));
    writeTlsFiles(rotated.certificate, other.privateKey);
    await delay(8000);
    assert.equal(await servedFingerprint(), before);
    writeTlsFiles(rotated.certificate, rotated.privateKey);
    for (let left = 150; (await servedFingerprint()) === before; left -= 1) {
      assert.ok(left > 0);
      await delay(100);
    }
    assert.equal(server.exitCode, null);
  });

  function startSidecar(): ChildProcess {
    const { env, command } = instance.container("Deployment", "certctl-server", "reload-tls");
    // In the pod the server is the one process of its name; on this machine there may be others.
    const bin = join(instance.folder, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "pidof"), `#!/bin/sh\necho ${String(server.pid)}\n`);
    chmodSync(join(bin, "pidof"), 0o755);
    const child = spawn("sh", [command[1] ?? ""], {
      env: { ...env, PATH: `${bin}:${instance.path}` },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    return child;
  }

  function writeTlsFiles(certificate: string, privateKey: string): void {
    const folder = join(instance.folder, "certctl-server/etc/certctl/tls");
    for (const [file, text] of [
      ["tls.crt", certificate],
      ["tls.key", privateKey],
    ] as const) {
      chmodSync(join(folder, file), 0o640);
      writeFileSync(join(folder, file), text);
    }
  }

  function servedFingerprint(): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port: instance.port, rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate().fingerprint256);
        socket.end();
      });
      socket.on("error", reject);
    });
  }
});
