import assert from "node:assert/strict";
import type { CertctlArgs } from "../../src/certctl-args";
import type { PodComponent } from "../../src/kubernetes/labels";
import { tcp } from "../../src/network/edges";
import { dns, everyInternetAddress, pods, rules } from "./policies";

describe("the network policy lets backup, restore and drill connect to", () => {
  const s3 = {
    bucket: "backups",
    region: "eu-central-1",
    identity: { irsa: { roleArn: "arn:aws:iam::123456789012:role/backup" } },
  };
  const egress = (given: object, part: PodComponent = "drill", network = {}): unknown => {
    const args: CertctlArgs = {
      backup: { enabled: true, sink: { mode: "s3", s3: { ...s3, ...given } } },
      network,
    };
    const all = rules(args, part).egress as unknown[];
    return all.filter(
      (rule) => ![dns, toDatabase].some((usual) => JSON.stringify(rule) === JSON.stringify(usual)),
    );
  };
  const toDatabase = { to: [pods("database")], ports: tcp(5432) };
  const publicHttps = { to: everyInternetAddress, ports: tcp(443) };
  const keys = { identity: { mode: "accessKeys", accessKeys: { secretName: "keys" } } };

  it("S3 and STS, which are somewhere in the internet", () => {
    for (const part of ["backup", "restore", "drill"] as const)
      assert.deepEqual(egress({}, part), [publicHttps], part);
  });

  it("the agent of EKS Pod Identity on the node", () => {
    const agent = [{ ipBlock: { cidr: "169.254.170.23/32" } }, { ipBlock: { cidr: "fd00:ec2::23/128" } }];
    assert.deepEqual(egress({ identity: { mode: "podIdentity" } }), [
      publicHttps,
      { to: agent, ports: tcp(80) },
    ]);
  });

  it("a store, at its address, or on its port where only its name is known", () => {
    assert.deepEqual(egress({ ...keys, endpoint: "https://10.0.0.9:9000" }), [
      { to: [{ ipBlock: { cidr: "10.0.0.9/32" } }], ports: tcp(9000) },
    ]);
    assert.deepEqual(egress({ ...keys, endpoint: "https://[fd00::9]" }), [
      { to: [{ ipBlock: { cidr: "fd00::9/128" } }], ports: tcp(443) },
    ]);
    assert.deepEqual(egress({ ...keys, endpoint: "http://minio.example.com" }), [{ ports: tcp(80) }]);
  });

  it("an endpoint of S3, and STS besides", () => {
    assert.deepEqual(egress({ endpoint: "https://10.0.0.9" }), [
      { to: [{ ipBlock: { cidr: "10.0.0.9/32" } }, ...everyInternetAddress], ports: tcp(443) },
    ]);
  });

  it("the places that are named, and to no other", () => {
    const network = {
      bucketDestinations: [{ cidr: "10.50.0.0/24" }, { podLabels: { app: "minio" }, ports: [9000] }],
    };
    assert.deepEqual(egress({}, "backup", network), [
      { to: [{ ipBlock: { cidr: "10.50.0.0/24" } }], ports: tcp(443) },
      { to: [{ podSelector: { matchLabels: { app: "minio" } } }], ports: tcp(9000) },
    ]);
  });
});

it("lets backup and drill connect to the Pushgateway that is told of them", () => {
  const args: CertctlArgs = {
    backup: { enabled: true, pushgateway: { url: "http://pushgateway.monitoring.svc:9091" } },
  };
  assert.deepEqual(rules(args, "drill").egress, [{ ports: tcp(9091) }, dns]);
  assert.deepEqual(rules(args, "backup").egress, [
    { to: [pods("database")], ports: tcp(5432) },
    { ports: tcp(9091) },
    dns,
  ]);
  assert.deepEqual(rules(args, "restore").egress, [{ to: [pods("database")], ports: tcp(5432) }, dns]);
});
