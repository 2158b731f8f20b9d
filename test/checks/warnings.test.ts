import assert from "node:assert/strict";
import type { CertctlArgs } from "../../src/certctl-args";
import { certctlWarnings } from "../../src/instance/instance-warnings";
import type { StackArgs } from "../../src/stack/stack-args";
import { createServerCertificate, serverCertificateDays } from "../../scripts/secrets/certificates";
import { stackWarnings } from "../../src/stack/stack-warnings";
import { serverDnsNames } from "../../src/tls/dns-names";
import { generateSecrets } from "../support/secrets";

const day = 24 * 60 * 60 * 1000;

describe("a risky but legal configuration warns, in one line with the fix", () => {
  let secrets: CertctlArgs;

  before(async () => {
    secrets = await generateSecrets();
  });

  const warnings = (args: CertctlArgs): string[] => certctlWarnings({ ...secrets, ...args });

  it("not at all, when nothing is risky", () => {
    assert.deepEqual(warnings({}), []);
    assert.deepEqual(
      warnings({
        server: {
          replicas: 3,
          rateLimiting: { backend: "postgres" },
          service: { sessionAffinity: "ClientIP" },
        },
      }),
      [],
    );
  });

  it("of several replicas that count requests, and serve clients, each for itself", () => {
    assert.deepEqual(warnings({ server: { replicas: 2 } }), [
      "server.replicas is 2, and each counts requests for itself: set server.rateLimiting.backend: postgres",
      "server.replicas is 2, and clients change between them: set server.service.sessionAffinity: ClientIP",
    ]);
  });

  it("of alerts that are off without kube-state-metrics", () => {
    assert.deepEqual(warnings({ monitoring: { enabled: true, rules: { kubeStateMetrics: false } } }), [
      "monitoring.rules.kubeStateMetrics is false, so nothing tells of a failed Job, a stuck rollout or the database: install kube-state-metrics",
    ]);
    assert.deepEqual(warnings({ monitoring: { enabled: false, rules: { kubeStateMetrics: false } } }), []);
  });

  it("of as many pods as an autoscaler may make", () => {
    const [first] = warnings({ server: { autoscaling: { minReplicas: 1, maxReplicas: 4 } } });
    assert.match(first ?? "", /^server\.autoscaling\.maxReplicas is 4, and each counts requests for itself/);
  });

  it("of pools that an external database may not accept, unless it is known to", () => {
    const several = { fleetSize: "medium" } as const;
    const external = { host: "db.example.com" };
    assert.deepEqual(warnings({ ...several, database: { mode: "external", external } }), [
      "server.replicas is 3, and together they may open 300 connections: set database.external.maxConnections to what the server accepts",
    ]);
    assert.deepEqual(
      warnings({
        ...several,
        database: { mode: "external", external: { ...external, maxConnections: 320 } },
      }),
      [],
    );
    assert.deepEqual(warnings({ database: { mode: "external", external } }), []);
  });

  it("of a load balancer that admits every address", () => {
    assert.deepEqual(warnings({ server: { service: { type: "LoadBalancer" } } }), [
      "the load balancer admits every address: set server.service.sourceRanges",
    ]);
    const service = { type: "LoadBalancer" as const, sourceRanges: ["192.0.2.0/24"] };
    assert.deepEqual(warnings({ server: { service: { ...service, externalTrafficPolicy: "Local" } } }), []);
  });

  it("of callers whom network policies cannot tell from others, or guess at", () => {
    const service = { type: "LoadBalancer" as const, sourceRanges: ["192.0.2.0/24"] };
    assert.deepEqual(warnings({ server: { service } }), [
      "network policies cannot tell the load balancer's callers from others, because nodes replace addresses: set server.service.externalTrafficPolicy: Local",
    ]);
    const gateway = { listener: { gateway: "public" }, hosts: ["certctl.example.com"] };
    const behind = (more: object): CertctlArgs => ({
      server: { rateLimiting: { rps: 500 } },
      exposure: { mode: "gateway", gateway: { ...gateway, ...more } },
    });
    assert.deepEqual(warnings(behind({})), [
      "the pods of the Gateway are taken for those with the label gateway.networking.k8s.io/gateway-name: public in its namespace: name them in exposure.gateway.callers",
    ]);
    assert.deepEqual(warnings(behind({ callers: [{ podLabels: { app: "envoy" } }] })), []);
    const open =
      "there are no network policies, so any pod of the cluster may connect to the server and the database: remove network.enabled: false";
    assert.deepEqual(warnings({ server: { service }, network: { enabled: false } }), [open]);
    assert.deepEqual(warnings({ ...behind({}), network: { enabled: false } }), [open]);
  });

  it("of what a way in that ends TLS brings with it", () => {
    const ingress: CertctlArgs["exposure"] = { mode: "ingress", ingress: { hosts: ["certctl.example.com"] } };
    assert.deepEqual(warnings({ exposure: ingress }), [
      "everybody behind the ingress shares one rate limit: set server.rateLimiting.rps for all of them together",
    ]);
    const rateLimiting = { rps: 500 };
    assert.deepEqual(warnings({ exposure: ingress, server: { rateLimiting } }), []);
    const corp = {
      issuerId: "iss-local",
      authModes: ["mtls"],
      clientCas: { secret: "cas", key: "ca.crt" },
    } as const;
    const est = { profiles: { corp: { ...corp, authModes: [...corp.authModes] } } };
    assert.deepEqual(warnings({ exposure: ingress, server: { rateLimiting, est } }), [
      "clients that show certificates cannot come through the ingress, which ends TLS: use exposure.gateway.passthrough or a load balancer",
    ]);
    const trust = { mode: "systemRoots" } as const;
    assert.deepEqual(
      warnings({ exposure: ingress, server: { rateLimiting }, tlsCaCertificate: undefined, tls: { trust } }),
      [
        "nginx does not verify the server's certificate, because it reads CA certificates from a Secret only: set tlsCaCertificate",
      ],
    );
  });

  it("of an EST that asks nobody who they are", () => {
    assert.deepEqual(warnings({ server: { est: { open: {} } } }), [
      "server.est.open gives certificates to everybody who reaches the server: use server.est.profiles",
    ]);
  });

  it("of a server that authenticates nobody itself", () => {
    const gateway = { image: "registry.example.com/gateway:1" };
    assert.deepEqual(warnings({ server: { auth: { type: "none", gateway } } }), [
      "everybody behind the gateway shares one rate limit: set server.rateLimiting.rps for all of them together",
      "server.auth.type is none, so everybody whom the gateway lets in is one administrator, and audit events name nobody: use api-key or oidc where they suffice",
    ]);
  });

  it("of a missing issuing CA, unless it is in the cluster", () => {
    const without = { caCertificate: undefined, caPrivateKey: undefined };
    assert.deepEqual(warnings(without), [
      "there is no issuing CA, so iss-local makes a new one at each restart and in each pod: npm run secrets -- <stack> makes a pair",
    ]);
    assert.deepEqual(warnings({ ...without, existingSecrets: { issuingCa: "certctl-ca" } }), []);
  });

  it("of a server certificate that ends within 30 days", async () => {
    const endsIn = async (days: number): Promise<string> => {
      const issued = new Date(Date.now() - (serverCertificateDays - days) * day + 2 * 60 * 60 * 1000);
      return (await createServerCertificate(serverDnsNames("certctl", "certctl"), issued)).certificate;
    };
    assert.deepEqual(warnings({ tlsCertificate: await endsIn(29) }), [
      "tlsCertificate expires in 29 days: npm run secrets -- <stack> --renew-tls",
    ]);
    assert.deepEqual(warnings({ tlsCertificate: await endsIn(1) }), [
      "tlsCertificate expires in 1 day: npm run secrets -- <stack> --renew-tls",
    ]);
    assert.deepEqual(warnings({ tlsCertificate: await endsIn(30) }), []);
    const elsewhere = warnings({
      tlsCertificate: await endsIn(5),
      tls: { mode: "existingSecret", existingSecret: { name: "a" } },
    });
    assert.doesNotMatch(elsewhere.join("\n"), /expires/);
  });

  it("of a connection to an external database that is not encrypted", () => {
    const external = { host: "db.example.com", sslMode: "disable" } as const;
    assert.deepEqual(warnings({ database: { mode: "external", external } }), [
      "the connection to db.example.com is not encrypted: set database.external.sslMode: verify-full",
    ]);
  });

  it("of certificates that nothing uses any more", () => {
    assert.deepEqual(warnings({ tls: { mode: "certManager", trust: { mode: "systemRoots" } } }), [
      "tlsCertificate is not used, because tls.mode is certManager: pulumi config rm certctl:tlsCertificate",
      "tlsPrivateKey is not used, because tls.mode is certManager: pulumi config rm certctl:tlsPrivateKey",
      "tlsCaCertificate is not used, because tls.trust.mode is systemRoots: pulumi config rm certctl:tlsCaCertificate",
    ]);
  });

  it("of a cluster-wide open door, when network policies are off", () => {
    assert.deepEqual(warnings({ network: { enabled: false } }), [
      "there are no network policies, so any pod of the cluster may connect to the server and the database: remove network.enabled: false",
    ]);
  });

  it("of a scan of networks that the server may not reach", () => {
    const server = { networkScan: { enabled: true } };
    assert.deepEqual(warnings({ server }), [
      "server.networkScan is on, and the server may reach no private network: list what it scans in network.serverDestinations",
    ]);
    assert.deepEqual(warnings({ server, network: { serverDestinations: [{ cidr: "10.20.0.0/16" }] } }), []);
  });

  it("of backups in a bucket that others keep clean, see, or may change", () => {
    const roles = {
      roleArn: "arn:aws:iam::123456789012:role/backup",
      restoreRoleArn: "arn:aws:iam::123456789012:role/restore",
    };
    const keys = { mode: "accessKeys", accessKeys: { secretName: "keys" } } as const;
    const ofSink = (s3: NonNullable<NonNullable<CertctlArgs["backup"]>["sink"]>["s3"]): string[] =>
      warnings({
        backup: {
          enabled: true,
          sink: { mode: "s3", s3: { bucket: "backups", region: "eu-central-1", ...s3 } },
        },
      });
    const kept =
      "backups stay in the bucket backups until its own lifecycle removes them: see that it has one, or use backupBucket";
    assert.deepEqual(ofSink({ identity: { irsa: roles } }), [kept]);
    assert.deepEqual(ofSink({ identity: { mode: "podIdentity" } }), [kept]);
    assert.deepEqual(ofSink({ identity: { irsa: { roleArn: roles.roleArn } } }), [
      kept,
      "backup.sink.s3.identity.irsa.restoreRoleArn is missing, so drill and restore take the role that writes: name one that only reads",
    ]);
    assert.deepEqual(ofSink({ identity: keys }), [
      kept,
      "backup.sink.s3.identity.mode is accessKeys, whose keys never expire: use irsa or podIdentity on AWS",
    ]);
    assert.deepEqual(ofSink({ identity: keys, endpoint: "https://minio.example.com" }), [kept]);
    assert.deepEqual(ofSink({ identity: keys, endpoint: "http://minio.example.com" }), [
      kept,
      "backup.sink.s3.endpoint is not encrypted, so whoever sees the network sees the backups: use https",
    ]);
    assert.deepEqual(ofSink({ identity: { irsa: roles }, endpoint: "https://minio.example.com" }), [
      kept,
      "backup.sink.s3.endpoint is outside AWS, where nobody knows its roles: set backup.sink.s3.identity.mode: accessKeys",
    ]);
    assert.deepEqual(
      ofSink({
        identity: { irsa: roles },
        endpoint: "https://bucket.vpce-0a1b.s3.eu-central-1.vpce.amazonaws.com",
      }),
      [kept],
    );
  });

  it("of a bucket of the stack's own only where it keeps its settings", () => {
    const stack = (backupBucket: StackArgs["backupBucket"]): string[] =>
      stackWarnings({ ...secrets, backupBucket, backup: { enabled: true, sink: { mode: "s3" } } });
    assert.deepEqual(stack({}), []);
    assert.deepEqual(stack({ mode: "existing", existing: { bucket: "company", manageSettings: true } }), []);
    assert.deepEqual(stack({ mode: "existing", existing: { bucket: "company" } }), [
      "backups stay in the bucket company until its own lifecycle removes them: give it one, or set backupBucket.existing.manageSettings: true",
    ]);
  });

  it("of room that is too small for a database that fills its volume", () => {
    const database: CertctlArgs["database"] = { bundled: { storage: { size: "50Gi" } } };
    const inBucket = {
      enabled: true,
      sink: { mode: "s3", s3: { identity: { mode: "podIdentity" } } },
    } as const;
    const drill =
      "backup.drill.storageSize is 10Gi, less than the database's volume, 50Gi: the drill of a full one fails; set it to 50Gi";
    const scratch =
      "backup.scratchSize is 10Gi, less than the database's volume, 50Gi: the backup of a full one fails; set it to 50Gi";
    assert.deepEqual(warnings({ database, backup: { enabled: true } }), [drill]);
    assert.deepEqual(warnings({ database, backup: inBucket }), [scratch, drill]);
    assert.deepEqual(
      warnings({ database, backup: { ...inBucket, scratchSize: "50Gi", drill: { enabled: false } } }),
      [],
    );
    assert.deepEqual(warnings({ database, backup: { enabled: false } }), []);
    const external = { mode: "external", external: { host: "db.example.com" } } as const;
    assert.deepEqual(warnings({ database: external, backup: inBucket }), []);
  });

  it("of earlier keys that still work", () => {
    assert.deepEqual(warnings({ previousApiKeys: { fleet: "x" } }), [
      "previousApiKeys still work: when no client uses them any more, pulumi config rm certctl:previousApiKeys",
    ]);
    assert.deepEqual(warnings({ previousApiKeys: {} }), []);
  });
});
