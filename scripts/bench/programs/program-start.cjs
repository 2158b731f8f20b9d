// The stack program without an engine: prints the seconds from the start of the process until everything is
// registered.
"use strict";
const { readFileSync } = require("node:fs");
const pulumi = require("@pulumi/pulumi");

/** @type {[string, { value: string, secret: boolean }][]} */
const config = Object.entries(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")));
/** @param {import("@pulumi/pulumi").runtime.MockResourceArgs} resource */
const keep = ({ name, inputs }) => ({ id: name, state: inputs });
pulumi.runtime
  .setMocks({ newResource: keep, call: ({ inputs }) => inputs }, "certctl", "dev")
  .then(async () => {
    const secretKeys = config.filter(([, { secret }]) => secret).map(([key]) => key);
    pulumi.runtime.setAllConfig(
      Object.fromEntries(config.map(([key, { value }]) => [key, value])),
      secretKeys,
    );
    require("../../../src/main");
    await pulumi.runtime.disconnect();
    process.stdout.write(`${performance.now() / 1000}\n`);
  });
