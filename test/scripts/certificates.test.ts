import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import {
  certificatesOf,
  createIssuingCa,
  createServerCertificate,
  isTransportCa,
  trustBundle,
} from "../../scripts/secrets/certificates";

const day = 24 * 60 * 60 * 1000;
const names = [
  "certctl-server",
  "certctl-server.certctl",
  "certctl-server.certctl.svc",
  "certctl-server.certctl.svc.cluster.local",
];

function daysLeft(certificate: X509Certificate): number {
  return Math.round((new Date(certificate.validTo).getTime() - Date.now()) / day);
}

describe("certificates of npm run secrets", () => {
  it("the issuing CA is a CA with its own ECDSA key, good for ten years", async () => {
    const pair = await createIssuingCa();
    const certificate = new X509Certificate(pair.certificate);
    assert.equal(certificate.ca, true);
    assert.equal(certificate.checkPrivateKey(createPrivateKey(pair.privateKey)), true);
    assert.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
    assert.equal(certificate.verify(certificate.publicKey), true);
    assert.equal(daysLeft(certificate), 3650);
  });

  it("the server's certificate is good for each DNS name, for 397 days, and signed by its root", async () => {
    const pair = await createServerCertificate(names);
    const certificate = new X509Certificate(pair.certificate);
    const root = new X509Certificate(pair.caCertificate);
    for (const name of names) assert.equal(certificate.checkHost(name), name);
    assert.equal(certificate.checkHost("other.certctl.svc"), undefined);
    assert.equal(certificate.ca, false);
    assert.deepEqual(certificate.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
    assert.equal(daysLeft(certificate), 397);
    assert.equal(certificate.checkPrivateKey(createPrivateKey(pair.privateKey)), true);
    assert.equal(certificate.checkIssued(root) && certificate.verify(root.publicKey), true);
    assert.ok(new Date(root.validTo) >= new Date(certificate.validTo));
  });

  it("two roots have different names, and are recognised as made here", async () => {
    const roots = await Promise.all([createServerCertificate(names), createServerCertificate(names)]);
    const [first, second] = roots.map(({ caCertificate }) => new X509Certificate(caCertificate));
    assert.notEqual(first?.subject, second?.subject);
    assert.ok(first !== undefined && isTransportCa(first));
    assert.equal(isTransportCa(new X509Certificate((await createIssuingCa()).certificate)), false);
  });

  it("a trust bundle begins with the new root and keeps only previous roots that are in date", async () => {
    const expired = await createServerCertificate(names, new Date(Date.now() - 400 * day));
    const previous = await createServerCertificate(names, new Date(Date.now() - 300 * day));
    const current = await createServerCertificate(names);
    const bundle = trustBundle(
      current.caCertificate,
      certificatesOf(expired.caCertificate + previous.caCertificate),
    );
    assert.equal(bundle, current.caCertificate + previous.caCertificate);
  });
});
