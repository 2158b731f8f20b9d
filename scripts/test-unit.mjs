import { requireNode } from "./lib/node-version.mjs";

requireNode();
const { runCommand } = await import("./lib/user-error.mjs");
const { mainUnit } = await import("./test/main.mjs");
await runCommand(() => mainUnit(process.argv.slice(2)));
