import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import "reflect-metadata";
import { certificatesOf, createServerCertificate, trustBundle } from "../../scripts/secrets/certificates";
import { serverDnsNames } from "../../src/tls/dns-names";
import { eventually, fingerprint, stackNames, useInstance, withBothStacks } from "./support/node-instance";
import type { NodeInstance } from "./support/node-instance";
import { assertServedAll, describeLoad } from "./support/load";
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

describe("a rotated server certificate, under a steady load of 50 requests a second, with real pods,", function () {
  this.timeout(1_200_000);
  const rotationOf = withBothStacks(async (instance) => {
    await instance.settled();
    return rotate(instance);
  });

  for (const stackName of stackNames) {
    it(`is served by each pod of ${stackName} within two minutes, with no restart`, async () => {
      const { seconds, podsBefore, podsAfter, restarts, report } = await rotationOf(stackName);
      console.log(`      ${stackName}: ${seconds.toFixed(0)} s; ${describeLoad(report)}`);
      assert.ok(seconds <= 120, `${seconds.toFixed(0)} s`);
      assert.equal(report.certificates.length, 2);
      assert.deepEqual(podsAfter, podsBefore);
      assert.equal(restarts, 0);
    });

    it(`fails no request to ${stackName}`, async () => {
      const { report } = await rotationOf(stackName);
      assertServedAll(report);
      assert.ok(report.sent > 50 * 20, `${String(report.sent)} requests`);
    });

    it(`lets agents of ${stackName} connect with the new trust`, async () => {
      await rotationOf(stackName);
      const instance = await useInstance(stackName);
      await instance.settled();
      const [now = ""] = await instance.sql("select now()");
      await eventually(60, async () => {
        assert.deepEqual(
          await instance.sql(`select name from agents where last_heartbeat_at < '${now}'`),
          [],
        );
      });
    });
  }
});

async function rotate(instance: NodeInstance): Promise<Rotation> {
  const { stack, namespace } = instance;
  const { extraDnsNames = [] } = stack.config()["certctl:tls"] as { extraDnsNames?: string[] };
  const made = await createServerCertificate([
    ...new Set([...serverDnsNames("certctl", namespace), ...extraDnsNames]),
  ]);
  const wanted = fingerprint(made.certificate);
  // Clients trust the new root and the old one.
  const known = certificatesOf(String(stack.config()["certctl:tlsCaCertificate"]));
  stack.configure({ "certctl:tlsCaCertificate": trustBundle(made.caCertificate, known) });
  await stack.setSecret("certctl:tlsCertificate", made.certificate);
  await stack.setSecret("certctl:tlsPrivateKey", made.privateKey);

  const podsBefore = await instance.podUids("server");
  const restarts = await instance.restarts("server");
  const { report, result: seconds } = await instance.underLoad(async () => {
    await delay(5_000);
    await stack.up();
    const since = Date.now();
    await eventually(150, async () => {
      for (const pod of await instance.pods("server")) {
        const served = await instance.exec(
          pod,
          "server",
          "curl -sk --max-time 3 -o /dev/null -w '%{certs}' https://127.0.0.1:8443/health",
        );
        assert.equal(
          fingerprint(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/.exec(served)?.[0] ?? ""),
          wanted,
        );
      }
    });
    const taken = (Date.now() - since) / 1000;
    // Keep-alive connections outlive the change, too.
    await delay(5_000);
    return taken;
  });
  return {
    report,
    seconds,
    podsBefore,
    podsAfter: await instance.podUids("server"),
    restarts: (await instance.restarts("server")) - restarts,
  };
}
