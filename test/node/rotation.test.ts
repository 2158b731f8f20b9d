import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import "reflect-metadata";
import { certificatesOf, createServerCertificate, trustBundle } from "../../scripts/secrets/certificates";
import { serverDnsNames } from "../../src/tls/dns-names";
import { eventually, fingerprint, stackNames, useInstance } from "./support/node-instance";
import type { NodeInstance } from "./support/node-instance";
import { describeLoad } from "./support/load";
import type { LoadReport } from "./support/load";

/** What a rotation brought about. */
interface Rotation {
  report: LoadReport;
  /** Seconds from the end of `pulumi up` until the last server pod served the new certificate. */
  seconds: number;
  podsBefore: string[];
  podsAfter: string[];
  restarts: number;
}

describe("a rotated server certificate, under a steady load of 50 requests a second, with real pods", function () {
  this.timeout(360_000);
  const rotations = new Map<string, Promise<Rotation>>();

  before(async () => {
    // Both wait for the kubelet most of the time, so they do it side by side.
    for (const stackName of stackNames) {
      const instance = await useInstance(stackName);
      await instance.settled();
      rotations.set(stackName, rotate(instance));
    }
    await Promise.allSettled(rotations.values());
  });

  for (const stackName of stackNames) {
    it(`is served by each pod of ${stackName} within two minutes, with no restart`, async () => {
      const { seconds, podsBefore, podsAfter, restarts, report } = await rotated(stackName);
      console.log(`      ${stackName}: ${seconds.toFixed(0)} s; ${describeLoad(report)}`);
      assert.ok(seconds <= 120, `${seconds.toFixed(0)} s`);
      assert.equal(report.certificates.length, 2);
      assert.deepEqual(podsAfter, podsBefore);
      assert.equal(restarts, 0);
    });

    it(`fails no request to ${stackName}`, async () => {
      const { report } = await rotated(stackName);
      assert.deepEqual(report.failed, []);
      assert.deepEqual(Object.keys(report.answers), ["200"]);
      assert.ok(report.sent > 50 * 20, `${String(report.sent)} requests`);
    });

    it(`lets agents of ${stackName} connect with the new trust`, async () => {
      const instance = await useInstance(stackName);
      await rotated(stackName);
      await instance.settled();
      const [now = ""] = await instance.sql("select now()");
      await eventually(60, async () => {
        assert.deepEqual(await instance.sql(`select name from agents where last_heartbeat_at < '${now}'`), []);
      });
    });
  }

  async function rotated(stackName: string): Promise<Rotation> {
    const rotation = await rotations.get(stackName);
    assert.ok(rotation);
    return rotation;
  }
});

async function rotate(instance: NodeInstance): Promise<Rotation> {
  const { stack, namespace } = instance;
  const { extraDnsNames = [] } = stack.config()["certctl:tls"] as { extraDnsNames?: string[] };
  const made = await createServerCertificate([...new Set([...serverDnsNames("certctl", namespace), ...extraDnsNames])]);
  const wanted = fingerprint(made.certificate);
  // Clients trust the new root and the old one.
  const known = certificatesOf(String(stack.config()["certctl:tlsCaCertificate"]));
  stack.configure({ "certctl:tlsCaCertificate": trustBundle(made.caCertificate, known) });
  await stack.setSecret("certctl:tlsCertificate", made.certificate);
  await stack.setSecret("certctl:tlsPrivateKey", made.privateKey);

  const podsBefore = await serverPods(instance);
  const restarts = await instance.restarts("server");
  const { report, result: seconds } = await instance.underLoad(async () => {
    await delay(5_000);
    await stack.up();
    const since = Date.now();
    await eventually(150, async () => {
      for (const pod of await instance.pods("server")) {
        const served = await instance.exec(pod, "server", "curl -sk --max-time 3 -o /dev/null -w '%{certs}' https://127.0.0.1:8443/health");
        assert.equal(fingerprint(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/.exec(served)?.[0] ?? ""), wanted);
      }
    });
    const taken = (Date.now() - since) / 1000;
    // Keep-alive connections outlive the change, too.
    await delay(5_000);
    return taken;
  });
  return { report, seconds, podsBefore, podsAfter: await serverPods(instance), restarts: (await instance.restarts("server")) - restarts };
}

async function serverPods(instance: NodeInstance): Promise<string[]> {
  return (await instance.pods("server")).map(({ metadata }) => metadata.uid).sort();
}
