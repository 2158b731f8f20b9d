import { X509Certificate, generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readTextIfPresent, writeFileAtomic } from "../lib/files.mjs";

/**
 * Files of the control plane's identity, all in one folder that only the user may read.
 * @param {string} folder
 */
export function credentialFiles(folder) {
  return {
    folder,
    /** Signs and checks service account tokens. */
    serviceAccountKey: join(folder, "service-account.key"),
    serviceAccountPublicKey: join(folder, "service-account.pub"),
    /** `token,user,uid,groups` for --token-auth-file. */
    tokens: join(folder, "tokens.csv"),
    /**
     * Written by the API server itself (--cert-dir): its certificate and, behind it, the authority that
     * signed it.
     */
    serverCertificate: join(folder, "apiserver.crt"),
    serverKey: join(folder, "apiserver.key"),
  };
}

/**
 * Makes what is missing and keeps the rest: objects in etcd were signed with these keys.
 * @param {ReturnType<typeof credentialFiles>} files
 */
export function ensureCredentials(files) {
  mkdirSync(files.folder, { recursive: true, mode: 0o700 });
  if (!existsSync(files.serviceAccountKey)) {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeFileAtomic(
      files.serviceAccountPublicKey,
      publicKey.export({ type: "spki", format: "pem" }).toString(),
    );
    writeFileAtomic(
      files.serviceAccountKey,
      privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      0o600,
    );
  }
  if (!existsSync(files.tokens)) {
    writeFileAtomic(
      files.tokens,
      `${randomBytes(24).toString("hex")},local-admin,local-admin,"system:masters"\n`,
      0o600,
    );
  }
}

/**
 * The API server makes its certificate for a year, uses the one it finds, and never renews it. So this does,
 * before it starts.
 * @param {ReturnType<typeof credentialFiles>} files
 */
export function dropExpiringCertificate(files) {
  const certificate = readTextIfPresent(files.serverCertificate);
  if (certificate === undefined) return;
  const monthAhead = Date.now() + 30 * 24 * 3600 * 1000;
  if (Date.parse(new X509Certificate(certificate).validTo) > monthAhead) return;
  rmSync(files.serverCertificate, { force: true });
  rmSync(files.serverKey, { force: true });
}

/**
 * @param {ReturnType<typeof credentialFiles>} files
 * @returns {{ token: string, certificateAuthority: string | undefined }} no authority before the API server's
 * first start
 */
export function readCredentials(files) {
  const token = readTextIfPresent(files.tokens)?.split(",")[0] ?? "";
  return { token, certificateAuthority: readTextIfPresent(files.serverCertificate) };
}

/**
 * @param {string} path
 * @param {{ server: string, token: string, certificateAuthority: string }} access
 */
export function writeKubeconfig(path, { server, token, certificateAuthority }) {
  const name = "certctl-local";
  const content = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name,
        cluster: {
          server,
          "certificate-authority-data": Buffer.from(certificateAuthority).toString("base64"),
        },
      },
    ],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  };
  // JSON is YAML, and kubectl reads it as such.
  const text = `${JSON.stringify(content, undefined, 2)}\n`;
  if (readTextIfPresent(path) !== text) writeFileAtomic(path, text, 0o600);
}
