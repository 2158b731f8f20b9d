// A stack of so many instances as CERTCTL_BENCH_INSTANCES says, each configured as the stack
// CERTCTL_BENCH_STACK, besides a namespace that is always there. A preview needs no secret, so placeholders
// do.
"use strict";
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const k8s = require("@pulumi/kubernetes");
const { parse } = require("yaml");
const { Certctl } = require("../../../src/certctl");
const { withPlaceholders } = require("../../../src/checks/placeholders");
const { placeholderArgs } = require("../../render/render-stack");

const stackFile = join(__dirname, "../../..", `Pulumi.${process.env.CERTCTL_BENCH_STACK}.yaml`);
const args = placeholderArgs(parse(readFileSync(stackFile, "utf8")).config);

new k8s.core.v1.Namespace("bench", { metadata: { name: "bench" } });
for (let index = 0; index < Number(process.env.CERTCTL_BENCH_INSTANCES); index++) {
  withPlaceholders(() => new Certctl(`bench-${index}`, { ...args, namespace: `bench-${index}` }));
}
