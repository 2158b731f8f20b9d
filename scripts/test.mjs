import { requireNode } from "./lib/node-version.mjs";

requireNode();
// Loaded only now: an old Node.js cannot even link these.
const { runCommand } = await import("./lib/command.cjs");
const { main } = await import("./test/main.mjs");
await runCommand(main);
