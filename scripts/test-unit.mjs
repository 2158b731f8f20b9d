import { requireNode } from "./lib/node-version.mjs";

requireNode();
const { runCommand } = await import("./lib/command.cjs");
const { mainUnit } = await import("./test/main.mjs");
await runCommand(mainUnit);
