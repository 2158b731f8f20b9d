// Required into the programs that Pulumi runs: at its end, each writes down the most memory it had, in MB.
"use strict";
const { writeFileSync } = require("node:fs");
const { join } = require("node:path");

const folder = process.env.CERTCTL_BENCH_MEMORY;
if (
  folder !== undefined &&
  process.argv.some((argument) => /@pulumi[/\\]pulumi[/\\]cmd[/\\]run/.test(argument))
) {
  process.on("exit", () => {
    const megabytes = process.resourceUsage().maxRSS / 1024;
    writeFileSync(join(folder, String(process.pid)), String(megabytes));
  });
}
