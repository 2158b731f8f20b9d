// @peculiar/x509 needs the polyfill to be there first.
import "reflect-metadata";
import { KeyObject, randomBytes, webcrypto } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";
import { readTextIfPresent, writeFileAtomic } from "../../scripts/lib/files.mjs";
import { clusterDomain, nodeName } from "./instance.mjs";

/** @typedef {import("./instance.mjs").Addresses} Addresses */

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const years = 10;

/**
 * @param {string} stateDir
 * @param {Addresses} addresses
 */
function leaves(stateDir, { node, apiService }) {
  const folder = join(stateDir, "credentials");
  const files = (/** @type {string} */ name) => ({
    certificate: join(folder, `${name}.crt`),
    key: join(folder, `${name}.key`),
  });
  const service = [
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    `kubernetes.default.svc.${clusterDomain}`,
  ];
  return {
    /** What every part of the control plane serves HTTPS with. */
    server: {
      ...files("server"),
      commonName: "kube-apiserver",
      names: ["localhost", ...service],
      addresses: ["127.0.0.1", node, apiService],
    },
    kubelet: {
      ...files("kubelet"),
      commonName: `system:node:${nodeName}`,
      organization: "system:nodes",
      names: [nodeName],
      addresses: [node],
    },
    kubeProxy: { ...files("kube-proxy"), commonName: "system:kube-proxy" },
    /** The API server, as kubelet knows it. */
    kubeletClient: {
      ...files("apiserver-kubelet-client"),
      commonName: "apiserver-kubelet-client",
      organization: "system:masters",
    },
  };
}

/** @typedef {{ certificate: string, key: string }} CertificateFiles */
/** @typedef {Record<keyof ReturnType<typeof leaves>, CertificateFiles> & { authority: string }} Certificates */

/**
 * One authority for the whole node, and a certificate for each part that serves or logs in with one. Those
 * that exist are kept.
 * @param {string} stateDir
 * @param {Addresses} addresses
 * @returns {Promise<Certificates>} paths of PEM files
 */
export async function ensureCertificates(stateDir, addresses) {
  const folder = join(stateDir, "credentials");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const authority = join(folder, "ca.crt");
  const wanted = leaves(stateDir, addresses);
  // The authority is written last: when it is there, everything is. Its key is not kept.
  if (readTextIfPresent(authority) === undefined) {
    const keys = await newKeys();
    const name = [{ CN: ["certctl test node"] }];
    const root = await x509.X509CertificateGenerator.createSelfSigned({
      ...serialAndDates(),
      name,
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      ],
    });
    for (const leaf of Object.values(wanted)) await writeLeaf(leaf, name, keys);
    writeFileAtomic(authority, `${root.toString("pem")}\n`);
  }
  return { ...wanted, authority };
}

/**
 * @param {CertificateFiles & { commonName: string, organization?: string, names?: string[], addresses?:
 * string[] }} leaf
 * @param {x509.JsonName} issuer
 * @param {webcrypto.CryptoKeyPair} issuerKeys
 */
async function writeLeaf(
  { certificate, key, commonName, organization, names = [], addresses = [] },
  issuer,
  issuerKeys,
) {
  const keys = await newKeys();
  const isServer = addresses.length > 0;
  const signed = await x509.X509CertificateGenerator.create({
    ...serialAndDates(),
    subject: [...(organization === undefined ? [] : [{ O: [organization] }]), { CN: [commonName] }],
    issuer,
    publicKey: keys.publicKey,
    signingKey: issuerKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([
        x509.ExtendedKeyUsage.clientAuth,
        ...(isServer ? [x509.ExtendedKeyUsage.serverAuth] : []),
      ]),
      ...(isServer
        ? [
            new x509.SubjectAlternativeNameExtension([
              ...names.map((value) => /** @type {const} */ ({ type: "dns", value })),
              ...addresses.map((value) => /** @type {const} */ ({ type: "ip", value })),
            ]),
          ]
        : []),
    ],
  });
  writeFileAtomic(certificate, `${signed.toString("pem")}\n`);
  writeFileAtomic(
    key,
    KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }).toString(),
    0o600,
  );
}

function newKeys() {
  return /** @type {Promise<webcrypto.CryptoKeyPair>} */ (
    webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])
  );
}

function serialAndDates() {
  const hour = 3_600_000;
  return {
    serialNumber: randomBytes(16).toString("hex").replace(/^./, "1"),
    notBefore: new Date(Date.now() - hour),
    notAfter: new Date(Date.now() + years * 365 * 24 * hour),
  };
}
