import "reflect-metadata";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { KeyObject, webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connect } from "node:tls";
import * as x509 from "@peculiar/x509";
import { debianProgram } from "./debian-program";
import type { LocalInstance } from "./instance";

const guide = resolve(__dirname, "../../docs/authenticating-gateway.md");

/** The Caddyfile of the guide. */
export function guideCaddyfile(): string {
  const [, text] = /^```caddyfile\n(.*?)^```$/ms.exec(readFileSync(guide, "utf8")) ?? [];
  assert.ok(text !== undefined, "the guide has no Caddyfile");
  return text;
}

/**
 * A real Caddy, started as the gateway's container would be: its files and environment are those of the
 * rendered pod.
 */
export async function startGateway(
  instance: LocalInstance,
  caddyfile: string,
  files: Record<string, string>,
): Promise<ChildProcess> {
  const folder = join(instance.folder, "certctl-server");
  const local = caddyfile.replaceAll(/\/etc\/(?=certctl|gateway)/g, (path) => folder + path);
  const others = instance.manifests.filter(({ metadata }) => metadata.name !== "gateway");
  const configMap = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "gateway" },
    data: { Caddyfile: local, ...files },
  };
  instance.manifests = [...others, configMap];
  const { env, args } = instance.container("Deployment", "certctl-server", "gateway");
  const [, ...rest] = args.map((one) => one.replace("/etc/gateway", `${folder}/etc/gateway`));
  const gateway = spawn(debianProgram("caddy"), rest, { env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  gateway.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  for (let left = 150; !(await listens(instance.port)); left -= 1) {
    assert.ok(left > 0 && gateway.exitCode === null, `the gateway does not listen: ${said}`);
    await delay(100);
  }
  return gateway;
}

/** A certificate to show to servers, which is its own CA. */
export async function clientCertificate(name: string): Promise<{ certificate: string; privateKey: string }> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])],
  });
  const privateKey = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }).toString();
  return { certificate: certificate.toString("pem"), privateKey };
}

function listens(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
      socket.end();
      settle(true);
    });
    socket.on("error", () => {
      settle(false);
    });
  });
}
