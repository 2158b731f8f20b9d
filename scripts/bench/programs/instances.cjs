// A stack of so many instances as CERTCTL_BENCH_INSTANCES says, besides a namespace that is always there.
"use strict";
const { createHash } = require("node:crypto");
require("../../register-typescript.cjs");
const k8s = require("@pulumi/kubernetes");
const { Certctl } = require("../../../src/certctl.ts");

const key = (duty) => createHash("sha256").update(duty).digest("hex");

new k8s.core.v1.Namespace("bench", { metadata: { name: "bench" } });
for (let index = 0; index < Number(process.env.CERTCTL_BENCH_INSTANCES); index++) {
  new Certctl(`bench-${index}`, {
    namespace: `bench-${index}`,
    databasePassword: key("database"),
    encryptionKey: key("encryption"),
    apiKeys: { admin: key("admin"), enroll: key("enroll"), fleet: key("fleet"), metrics: key("metrics") },
    tls: { mode: "existingSecret", existingSecret: { name: "tls" } },
  });
}
